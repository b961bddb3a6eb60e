"""Clips of what the potter makes."""

from vitrine.ops.demo.drawing import rigs
from vitrine.ops.demo.drawing.film import Film
from vitrine.ops.demo.reels.reel import DRIFT, FROST, LULLABY, MARKET, STROLL, WORKSHOP, Reel
from vitrine.ops.demo.shelves import ITEMS

REELS = (
    Reel(
        "mended-bowl",
        "ines.fires",
        "mended-bowl-night",
        "Broken on a Tuesday, better by Friday",
        "A dark bowl with golden seams turns slowly on a brass stand in a lit glass case.",
        Film(ITEMS["mended-bowl-night"].subject, LULLABY, rigs.DUSK, rigs.UMBER, seed=11),
        (
            "[plucked strings over a low, warm chord]",
            "The kiln cracked it. I only followed the lines.",
            "Lacquer, brass powder, three days of patience.",
        ),
        ("mended-bowl-snow", "serving-bowl-celadon"),
        (
            (
                "quietobjects",
                "The seam that goes all the way round the foot. I cannot stop looking.",
            ),
            ("nell.ferris", "Do you ever get to choose where it breaks?"),
            ("ines.fires", "Never. That is the part I like."),
        ),
    ),
    Reel(
        "moon-jar",
        "ines.fires",
        "moon-jar-chalk",
        "Two bowls pretending to be a moon",
        "A round white jar with a brass handle turns while warm and cold light pass over it.",
        Film(ITEMS["moon-jar-chalk"].subject, DRIFT, rigs.MOON, rigs.INK, seed=12),
        (
            "[slow strings, a bell far away]",
            "It is thrown as two bowls and joined at the waist.",
            "If you know where to look, you can see where.",
        ),
        ("moon-jar-ink", "water-jar"),
        (
            ("halflight", "That ear in evening light. Please never polish it."),
            ("otis.brandt", "Mine arrived yesterday. It is bigger than I thought, and I am glad."),
        ),
    ),
    Reel(
        "bail-teapot",
        "slowkitchen",
        "bail-teapot-ink",
        "A teapot that does not drip. I tried for a week",
        "A dark, low teapot with an arched oak handle turns; gold specks show in its glaze.",
        Film(ITEMS["bail-teapot-ink"].subject, WORKSHOP, rigs.DUSK, rigs.FOREST, seed=13),
        (
            "[a walking bass note and soft plucks]",
            "Seven days, twenty-two pots of tea, one dry table.",
            "The handle stays cool. The lid stays on.",
        ),
        ("bail-teapot-chalk", "morning-mug"),
        (
            ("ines.fires", "I told you. The trick is the angle of the last two millimetres."),
            ("bea.lindqvist", "Three cups or four?"),
            ("slowkitchen", "Three honest ones."),
        ),
    ),
    Reel(
        "flute-vase",
        "quietobjects",
        "fluted-vase-celadon",
        "Listen to the green",
        "A pale green vase with twisting flutes and dry stems turns in soft daylight.",
        Film(ITEMS["fluted-vase-celadon"].subject, STROLL, rigs.VERDANT, rigs.FOREST, 7.0, seed=14),
        (
            "[bright plucked strings, a brushed beat]",
            "Fourteen flutes. The glaze decides where to stay.",
        ),
        ("fluted-vase-oxblood",),
        (
            ("nell.ferris", "I own three green things now and this is your fault."),
            ("ines.fires", "The kiln says thank you."),
        ),
    ),
    Reel(
        "morning-mug",
        "slowkitchen",
        "morning-mug",
        "First cup, before anybody else is up",
        "A blue and honey-coloured mug of coffee turns under a slowly moving lamp.",
        Film(ITEMS["morning-mug"].subject, MARKET, rigs.SWEEP, rigs.UMBER, 7.0, seed=15),
        (
            "[cheerful plucks and a soft kick]",
            "Raw clay at the foot, so it stays where you put it.",
        ),
        ("speckled-mug", "sand-mug"),
        (
            ("joss.carries", "Survived my backpack. Twice. Unwrapped."),
            ("theo.okonjo", "380 ml is the correct size and I will not discuss it."),
        ),
    ),
    Reel(
        "agave",
        "quietobjects",
        "footed-planter",
        "It grows one leaf a season. I have time",
        "An agave in a terracotta pot turns; its leaves catch green and golden light.",
        Film(ITEMS["footed-planter"].subject, FROST, rigs.VERDANT, rigs.SLATE, seed=16),
        (
            "[sparse bells in a large room]",
            "Water it when you remember. Forget it the rest of the time.",
            "It prefers to be looked at.",
        ),
        ("footed-planter-soot",),
        (("bea.lindqvist", "Same plant, same pot, four years. It has outlived two flats."),),
    ),
)
