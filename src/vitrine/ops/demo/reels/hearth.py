"""Clips of what the lamp and hearth shop sells."""

from dataclasses import replace

from vitrine.ops.demo.drawing import rigs
from vitrine.ops.demo.drawing.film import Film
from vitrine.ops.demo.reels.reel import DRIFT, FROST, HUSH, LANTERN, WORKSHOP, Reel
from vitrine.ops.demo.shelves import ITEMS

LAMPLIT = replace(rigs.OXBLOOD, lit=2.6, pool="#ffb878")

REELS = (
    Reel(
        "porch-lantern",
        "halflight",
        "porch-lantern-brass",
        "Leave a light on",
        "A brass lantern with a burning candle turns; its panes throw reflections on the floor.",
        Film(ITEMS["porch-lantern-brass"].subject, LANTERN, rigs.EMBER, rigs.OXBLOOD, seed=21),
        (
            "[bells, and a chord that breathes]",
            "It gets darker every winter. The brass, I mean.",
            "Four panes, one flame. That is the whole machine.",
        ),
        ("porch-lantern-black", "tumbler-candle-cedar"),
        (
            ("amara.keeps.time", "The hinge. Who made that hinge?"),
            ("halflight", "A man called Per, who has made nothing else for thirty years."),
            ("nell.ferris", "Bought one for my father's steps."),
        ),
    ),
    Reel(
        "dome-lamp",
        "halflight",
        "dome-lamp-vermilion",
        "The inside is the colour of five in the afternoon",
        "A red dome lamp glows on a brass stem while cool light passes behind it.",
        Film(ITEMS["dome-lamp-vermilion"].subject, HUSH, rigs.MOON, LAMPLIT, 7.0, seed=22),
        (
            "[low strings, one slow beat]",
            "Enamelled three times. Sanded twice. Sworn at once.",
        ),
        ("dome-lamp-green", "dome-lamp-cream"),
        (
            ("quietobjects", "I would read a very long book under this."),
            ("otis.brandt", "Does the dimmer hum?"),
            ("halflight", "It does not. We returned the ones that did."),
        ),
    ),
    Reel(
        "goose-neck",
        "slowkitchen",
        "pour-kettle-copper",
        "A slow, thin, obedient pour",
        "A copper kettle with a goose neck turns, mirroring two strips of light.",
        Film(ITEMS["pour-kettle-copper"].subject, WORKSHOP, rigs.EMBER, rigs.UMBER, 7.0, seed=23),
        (
            "[plucked strings over a felt drum]",
            "No screen. No app. It boils water and then it stops.",
        ),
        ("pour-kettle-steel", "pour-kettle-black"),
        (
            ("theo.okonjo", "Finally a kettle that minds its own business."),
            ("bea.lindqvist", "Steel or copper for induction?"),
            ("slowkitchen", "Steel for induction. Copper for showing off."),
        ),
    ),
    Reel(
        "sixty-seven",
        "slowkitchen",
        "cooks-knife-oak",
        "Sixty-seven layers and one onion",
        "A cook's knife with flowing patterns stands in a walnut block and sways in the light.",
        Film(
            ITEMS["cooks-knife-oak"].subject,
            HUSH,
            rigs.SWEEP,
            rigs.SLATE,
            turns=0,
            sway=62,
            seed=24,
        ),
        (
            "[a quiet, dark chord; plucks]",
            "Folded, and folded, and folded again.",
            "They sharpen it for you. For ever. I asked twice.",
        ),
        ("cooks-knife-walnut",),
        (
            ("joss.carries", "Left-handed version exists! Rare courtesy."),
            ("ines.fires", "The water in that steel."),
        ),
    ),
    Reel(
        "fig-candle",
        "halflight",
        "tumbler-candle-fig",
        "Fifty-five hours, if you trim the wick",
        "A candle burns in a heavy glass tumbler; light runs along its rim.",
        Film(ITEMS["tumbler-candle-fig"].subject, DRIFT, rigs.EMBER, rigs.PLUM, 7.0, seed=25),
        (
            "[a slow major chord, strings far apart]",
            "When it is gone you have a very good glass.",
        ),
        ("tumbler-candle-cedar",),
        (("nell.ferris", "Cedar smoke smells like my grandfather's boat. Thank you for that."),),
    ),
    Reel(
        "half-hour",
        "amara.keeps.time",
        "half-hour-glass",
        "Thirty minutes, give or take the river",
        "Sand lies in the two bulbs of an hourglass in a dark frame with brass rods.",
        Film(ITEMS["half-hour-glass"].subject, FROST, rigs.NOON, rigs.INK, seed=26),
        (
            "[single bells, long echoes]",
            "I mend watches all day. This is what I look at afterwards.",
            "It is never right, and it is never late.",
        ),
        ("ring-stool-oak", "ring-stool-walnut"),
        (
            ("quietobjects", "A clock you can only ask one question."),
            ("theo.okonjo", "What is the true time of yours?"),
            ("amara.keeps.time", "Twenty-nine minutes and forty seconds. I am at peace with it."),
        ),
    ),
)
