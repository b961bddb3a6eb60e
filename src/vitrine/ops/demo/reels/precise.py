"""Clips of what a fine hand makes small."""

from vitrine.ops.demo.drawing import rigs
from vitrine.ops.demo.drawing.film import Film
from vitrine.ops.demo.reels.reel import (
    FROST,
    HUSH,
    LANTERN,
    LULLABY,
    MARKET,
    WORKSHOP,
    Reel,
)
from vitrine.ops.demo.shelves import ITEMS

REELS = (
    Reel(
        "hour-watch",
        "amara.keeps.time",
        "hour-watch-midnight",
        "Wind it, and the day belongs to you",
        "A watch with a midnight-blue dial rests on a cushion and sways through moving light.",
        Film(
            ITEMS["hour-watch-midnight"].subject,
            FROST,
            rigs.MOON,
            rigs.INK,
            turns=0,
            sway=44,
            seed=41,
        ),
        (
            "[glassy bells, a very large room]",
            "Thirty turns each morning. It is the only promise I always keep.",
            "The dial is blue. Then it is black. Then it is blue.",
        ),
        ("hour-watch-moss", "hour-watch-bone"),
        (
            ("halflight", "You lit this. Do not pretend you did not light this."),
            ("otis.brandt", "Hand-wound at this price is not normal. In a good way."),
            ("nell.ferris", "Bone dial on the black strap, please, for ever."),
        ),
    ),
    Reel(
        "claw-ring",
        "amara.keeps.time",
        "claw-ring-emerald",
        "Ten sides, six claws, one slow afternoon",
        "A gold ring with a green cut stone turns on marble, throwing sparks of light.",
        Film(
            ITEMS["claw-ring-emerald"].subject,
            LANTERN,
            rigs.SWEEP,
            rigs.FOREST,
            turns=0,
            sway=62,
            seed=42,
        ),
        (
            "[bells climbing, a chord underneath]",
            "The stone was grown, the gold was somebody's before.",
            "I only introduced them.",
        ),
        ("claw-ring-garnet", "claw-ring-smoke"),
        (
            ("bea.lindqvist", "She said yes. Thought you should know."),
            ("amara.keeps.time", "I am putting the loupe down to cry. Congratulations!"),
        ),
    ),
    Reel(
        "amber-room",
        "halflight",
        "flask-amber",
        "It smells of the inside of a violin case",
        "A square glass flask of amber perfume with a brass stopper turns in warm light.",
        Film(ITEMS["flask-amber"].subject, LULLABY, rigs.EMBER, rigs.UMBER, 7.0, seed=43),
        (
            "[plucked strings, close and warm]",
            "Resin, orange peel, dust. In a good order.",
        ),
        ("flask-rose", "flask-moss"),
        (
            ("slowkitchen", "Cold Moss is the one. Fight me gently."),
            ("theo.okonjo", "Refilled mine at the counter, same bottle since spring."),
        ),
    ),
    Reel(
        "arc-headphones",
        "quietobjects",
        "arc-headphones-black",
        "Put them on. Now read this again, slower",
        "Headphones with a brass arc hang from an oak stand and turn under two lights.",
        Film(
            ITEMS["arc-headphones-black"].subject,
            HUSH,
            rigs.DUSK,
            rigs.PLUM,
            turns=0,
            sway=60,
            seed=44,
        ),
        (
            "[a low chord you feel more than hear]",
            "They leave out nothing, including the mistakes.",
            "You can repair them with a screwdriver and a calm evening.",
        ),
        ("arc-headphones-ivory",),
        (
            ("amara.keeps.time", "Screws, not glue. We could be friends, this company and I."),
            ("joss.carries", "Three metres of cable is a lifestyle."),
        ),
    ),
    Reel(
        "kitchen-radio",
        "slowkitchen",
        "kitchen-radio-walnut",
        "Two knobs: where, and how loud",
        "A walnut radio with a lit dial and a round speaker turns on dark stone.",
        Film(
            ITEMS["kitchen-radio-walnut"].subject,
            MARKET,
            rigs.EMBER,
            rigs.UMBER,
            7.0,
            turns=0,
            sway=52,
            seed=45,
        ),
        (
            "[a cheerful tune on plucked strings]",
            "It is on from the first onion to the last plate.",
        ),
        ("kitchen-radio-oak",),
        (
            ("ines.fires", "Covered in slip within a day. Still sings."),
            ("nell.ferris", "Found a station from another country at midnight. Perfect machine."),
        ),
    ),
    Reel(
        "plain-camera",
        "joss.carries",
        "plain-camera-tan",
        "Thirty-six pictures and then you go home",
        "A film camera in tan leather turns; its lens mirrors the passing light.",
        Film(
            ITEMS["plain-camera-tan"].subject,
            WORKSHOP,
            rigs.DUSK,
            rigs.SLATE,
            turns=0,
            sway=58,
            seed=46,
        ),
        (
            "[a steady, curious groove]",
            "No screen. You look, you guess, you find out on Thursday.",
            "I have kept four this year. Best year so far.",
        ),
        ("plain-camera-black",),
        (
            ("otis.brandt", "The three dials feel like a good handshake."),
            ("quietobjects", "Four is a lot."),
        ),
    ),
)
