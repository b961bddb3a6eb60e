"""What the maker of small things sells."""

from vitrine.ops.demo.drawing.film import Look, Subject
from vitrine.ops.demo.drawing.matter import (
    BRASS,
    DARK_STEEL,
    GOLD,
    LEATHER,
    OAK,
    STEEL,
    WALNUT,
    Matter,
)
from vitrine.ops.demo.objects import devices, glassware, jewels
from vitrine.ops.demo.shelves.item import Item, Shop

BLACK_LEATHER = LEATHER.but(colour="#1d1a18")
CREAM_LEATHER = LEATHER.but(colour="#d8c8ac")
IVORY = Matter("#ece2cf", rough=0.4, coat=0.7)

_WATCH = Look(target=0.76, wide=1.95, start=-18.0, above=16.0)
_RING = Look(target=0.88, wide=2.15, start=-24.0)
_FLASK = Look(target=0.72, wide=1.9, start=-28.0)
_SOUND = Look(target=0.8, wide=2.05, start=-24.0)
_RADIO = Look(target=0.62, wide=2.2, start=-20.0)
_CAMERA = Look(target=0.44, wide=1.95, start=-22.0)

_RING_SIZES = (("Size", ("5", "6", "7", "8", "9")),)
_STRAPS = (("Strap", ("Tan", "Black")),)

ITEMS = (
    Item(
        "hour-watch-midnight",
        "Hour Watch, Midnight",
        420,
        "38 mm, wound by hand each morning, forty hours if you forget. A sunray dial that goes "
        "from navy to black as you turn it. Water resistant to 50 m.",
        "Watches",
        Subject(lambda: jewels.watch("#14263a"), _WATCH),
        _STRAPS,
        0,
        74,
    ),
    Item(
        "hour-watch-moss",
        "Hour Watch, Moss",
        420,
        "Green under lamplight, grey in rain. The same hand-wound movement.",
        "Watches",
        Subject(lambda: jewels.watch("#1f4a33", BRASS, BLACK_LEATHER), _WATCH),
        _STRAPS,
        0,
        74,
    ),
    Item(
        "hour-watch-bone",
        "Hour Watch, Bone",
        410,
        "A pale dial for people who read time rather than show it.",
        "Watches",
        Subject(lambda: jewels.watch("#d9cdb6", STEEL, BLACK_LEATHER), _WATCH),
        _STRAPS,
        0,
        74,
    ),
    Item(
        "claw-ring-emerald",
        "Six-Claw Ring, Green",
        560,
        "A grown stone in recycled gold: the green of an emerald without the mine. Ten-sided "
        "crown, cut in-house. Resized once, free.",
        "Jewellery / Rings",
        Subject(lambda: jewels.ring(GOLD, "#1f6f62"), _RING),
        _RING_SIZES,
        0,
        6,
    ),
    Item(
        "claw-ring-garnet",
        "Six-Claw Ring, Garnet",
        480,
        "A red that looks black until light finds it.",
        "Jewellery / Rings",
        Subject(lambda: jewels.ring(GOLD, "#8a1c2c"), _RING),
        _RING_SIZES,
        0,
        6,
    ),
    Item(
        "claw-ring-smoke",
        "Six-Claw Ring, Smoke",
        440,
        "Smoky quartz in silver-coloured steel. The quiet one.",
        "Jewellery / Rings",
        Subject(lambda: jewels.ring(STEEL, "#5a4636"), _RING),
        _RING_SIZES,
        0,
        6,
    ),
    Item(
        "flask-amber",
        "Eau de Parfum, Amber Room",
        128,
        "Resin, orange peel, the inside of a violin case. 50 ml in a flask that can be refilled at "
        "either of our counters.",
        "Fragrance",
        Subject(lambda: glassware.perfume("#c98a3a"), _FLASK),
        (("Volume", ("50 ml", "100 ml")),),
        62,
        340,
    ),
    Item(
        "flask-rose",
        "Eau de Parfum, Rose & Rust",
        128,
        "A rose that grew by a railway. 50 ml.",
        "Fragrance",
        Subject(lambda: glassware.perfume("#b4485a"), _FLASK),
        (("Volume", ("50 ml", "100 ml")),),
        62,
        340,
    ),
    Item(
        "flask-moss",
        "Eau de Parfum, Cold Moss",
        128,
        "Stone, fern, and the minute before snow. 50 ml.",
        "Fragrance",
        Subject(lambda: glassware.perfume("#5f8a4a", DARK_STEEL), _FLASK),
        (("Volume", ("50 ml", "100 ml")),),
        62,
        340,
    ),
    Item(
        "arc-headphones-black",
        "Arc Headphones, Black",
        269,
        "A brass arc, lambskin pads, a cable you can replace with a screwdriver. Closed back, 38 "
        "ohm. The stand is included.",
        "Sound / Headphones",
        Subject(lambda: devices.headphones(DARK_STEEL, LEATHER), _SOUND),
        (("Cable", ("1.2 m", "3 m")),),
        0,
        310,
    ),
    Item(
        "arc-headphones-ivory",
        "Arc Headphones, Ivory",
        279,
        "The same sound behind lacquered cups and pale pads.",
        "Sound / Headphones",
        Subject(lambda: devices.headphones(IVORY, CREAM_LEATHER), _SOUND),
        (("Cable", ("1.2 m", "3 m")),),
        0,
        310,
    ),
    Item(
        "kitchen-radio-walnut",
        "Kitchen Radio, Walnut",
        186,
        "Two knobs: where and how loud. FM and Bluetooth, a lit dial, eleven hours on a charge.",
        "Sound / Radios",
        Subject(lambda: devices.radio(WALNUT), _RADIO),
        grams=1600,
    ),
    Item(
        "kitchen-radio-oak",
        "Kitchen Radio, Oak",
        186,
        "For brighter kitchens. Same two knobs.",
        "Sound / Radios",
        Subject(lambda: devices.radio(OAK, "#8d8371"), _RADIO),
        grams=1600,
    ),
    Item(
        "plain-camera-tan",
        "Plain Camera, Tan",
        640,
        "35 mm film, one fixed 40 mm lens, three dials. No screen to look at instead of the world.",
        "Cameras",
        Subject(lambda: devices.camera(LEATHER, STEEL), _CAMERA),
        grams=520,
    ),
    Item(
        "plain-camera-black",
        "Plain Camera, Black",
        640,
        "The same camera for people who would rather not be noticed.",
        "Cameras",
        Subject(lambda: devices.camera(BLACK_LEATHER, DARK_STEEL), _CAMERA),
        grams=520,
    ),
)

SHOP = Shop(
    "Vespermere",
    "amara.keeps.time",
    "Watches, rings, scents and sound, made at one long bench. We answer letters.",
    ITEMS,
    False,
    "VM",
    (("Insured standard", 8, 200, 2, 4), ("Insured overnight", 24, None, 1, 1)),
)
