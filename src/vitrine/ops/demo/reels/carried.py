"""Clips of what one wears, carries and rides."""

from vitrine.ops.demo.drawing import rigs
from vitrine.ops.demo.drawing.film import Film
from vitrine.ops.demo.reels.reel import (
    DRIFT,
    LANTERN,
    LULLABY,
    MARKET,
    STROLL,
    Reel,
)
from vitrine.ops.demo.shelves import ITEMS

REELS = (
    Reel(
        "roll-pack",
        "joss.carries",
        "roll-pack-olive",
        "One bag, nineteen days, two ferries",
        "An olive canvas backpack with leather straps and brass buckles turns all the way round.",
        Film(ITEMS["roll-pack-olive"].subject, STROLL, rigs.DUSK, rigs.FOREST, seed=31),
        (
            "[bright strings, a brushed beat]",
            "Twenty-two litres is enough if you stop packing for emergencies.",
            "The wax cracks where you fold it. That is the good part.",
        ),
        ("roll-pack-charcoal", "roll-pack-rust"),
        (
            ("bea.lindqvist", "Does it stand up by itself when half full?"),
            ("joss.carries", "Leans, like the rest of us."),
            ("otis.brandt", "Ordered the rust one because of this."),
        ),
    ),
    Reel(
        "first-light",
        "joss.carries",
        "deck-first-light",
        "Painted at five, ridden by seven",
        "The painted underside of a skateboard, a sun over waves, sways in a sweep of light.",
        Film(
            ITEMS["deck-first-light"].subject,
            MARKET,
            rigs.SWEEP,
            rigs.INK,
            7.0,
            turns=0,
            sway=58,
            seed=32,
        ),
        (
            "[a quick, light groove of plucks]",
            "Yes, I scratched it the same day. It is a board.",
        ),
        ("deck-low-tide",),
        (
            ("theo.okonjo", "Criminal to ride. Criminal not to."),
            ("nell.ferris", "Soft wheels?"),
            ("joss.carries", "Soft enough for cobbles. Barely."),
        ),
    ),
    Reel(
        "court-shoe",
        "joss.carries",
        "court-shoe-navy",
        "Resoled twice and still my first choice",
        "A navy canvas shoe with white laces turns on dark stone.",
        Film(ITEMS["court-shoe-navy"].subject, STROLL, rigs.NOON, rigs.SLATE, 7.0, seed=33),
        (
            "[walking-pace strings]",
            "Stitched, not glued. You can hear the difference at the cobbler.",
        ),
        ("court-shoe-sand", "court-shoe-brick"),
        (
            ("halflight", "Brick looks better muddy. Evidence on request."),
            ("bea.lindqvist", "Between 40 and 41, went up as told. Correct."),
        ),
    ),
    Reel(
        "long-scarf",
        "quietobjects",
        "long-scarf-madder",
        "The red that three plants agreed on",
        "A red woollen scarf hangs in folds from a wooden peg and sways in the light.",
        Film(
            ITEMS["long-scarf-madder"].subject,
            LULLABY,
            rigs.EMBER,
            rigs.PLUM,
            7.0,
            turns=0,
            sway=46,
            seed=34,
        ),
        (
            "[warm chords, slow plucks]",
            "Two metres. Enough to lend one end to somebody.",
        ),
        ("long-scarf-mustard", "long-scarf-harbour"),
        (("amara.keeps.time", "Lent one end. Did not get it back. No regrets."),),
    ),
    Reel(
        "field-book",
        "quietobjects",
        "field-book-tan",
        "A hundred and ninety-two empty rooms",
        "A leather notebook stands ajar; its ribbon and pages catch the moving lamp.",
        Film(ITEMS["field-book-tan"].subject, DRIFT, rigs.DUSK, rigs.UMBER, 7.0, seed=35),
        (
            "[a slow major chord, few notes]",
            "I never write on the first page. Start at the second. It helps.",
        ),
        ("field-book-forest",),
        (
            ("slowkitchen", "Page one of mine is a soup stain. Also helps."),
            ("nell.ferris", "Dotted, always dotted."),
        ),
    ),
    Reel(
        "parasol",
        "ines.fires",
        "garden-parasol",
        "Shade you can fold",
        "A striped paper parasol leans on its rim, and light glows through its skin.",
        Film(
            ITEMS["garden-parasol"].subject,
            LANTERN,
            rigs.NOON,
            rigs.OXBLOOD,
            7.0,
            turns=0,
            sway=40,
            seed=36,
        ),
        (
            "[bells like drops, a light pulse]",
            "Oiled paper, eighteen ribs. It sounds wonderful in the rain.",
        ),
        ("walking-hat",),
        (("theo.okonjo", "Gentle rain only. I have learned the meaning of gentle."),),
    ),
)
