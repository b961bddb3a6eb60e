"""What the potter sells."""

from vitrine.ops.demo.drawing.film import Look, Subject
from vitrine.ops.demo.drawing.matter import (
    BLACK_CLAY,
    BRASS,
    OAK,
    PORCELAIN,
    STONEWARE,
    WALNUT,
    Matter,
    dipped,
    speckled,
)
from vitrine.ops.demo.objects import clay, garden
from vitrine.ops.demo.shelves.item import Item, Shop

CHALK = PORCELAIN.but(paint=speckled("#e9dfcd", "#4a3524"))
INK = PORCELAIN.but(paint=speckled("#1f2c36", "#c9b48a", amount=0.25))
CELADON = Matter("#86a892", coat=1)
OXBLOOD = Matter("#6e1f1a", coat=1, paint=dipped("#3f0f0d", "#8a2a20", height=0.5, soft=0.5))
TIDE = PORCELAIN.but(paint=dipped("#c19a6c", "#2b4c60", height=0.45))
SAND = PORCELAIN.but(paint=dipped("#8a6a48", "#e0cfae", height=0.5, wave=0.08))
TERRACOTTA = Matter("#b5603d", rough=0.9, bump=(40, 0.15))
STRAW = Matter("#c9a35e", rough=0.9)
NIGHT = Matter("#1d2a33", coat=1, paint=clay.kintsugi("#1c2b36"))
SNOW = Matter("#efe8da", coat=1, paint=clay.kintsugi("#ece4d4"))


_SIZE = (("Size", ("Small", "Medium", "Large")),)
_JAR = Look(target=0.66, wide=2.0, start=-35.0)
_VASE = Look(target=0.84, wide=2.2)
_MUG = Look(target=0.52, wide=1.75, start=-30.0)
_POT = Look(target=0.66, wide=2.05, start=-20.0)
_BOWL = Look(target=0.58, wide=2.1, start=-15.0)
_PLANT = Look(target=0.66, wide=2.15)

ITEMS = (
    Item(
        "moon-jar-chalk",
        "Moon Jar with a Brass Ear",
        168,
        "Two bowls thrown apart and joined at the waist, so no two are quite round. Chalk glaze "
        "with iron specks; the ear is cast brass and will darken where you hold it. Watertight.",
        "Ceramics / Vases",
        Subject(lambda: clay.moon_vase(CHALK, BRASS), _JAR),
        _SIZE,
        60,
        2400,
    ),
    Item(
        "moon-jar-ink",
        "Moon Jar, Ink",
        176,
        "The same jar in our darkest glaze, with gold-coloured specks that only show in low sun. "
        "Fired twice, because once is never dark enough.",
        "Ceramics / Vases",
        Subject(lambda: clay.moon_vase(INK, BRASS), _JAR),
        _SIZE,
        60,
        2400,
    ),
    Item(
        "fluted-vase-celadon",
        "Twisted Flute Vase, Celadon",
        92,
        "Fourteen flutes pulled by thumb while the clay is still turning. The glaze pools in the "
        "valleys and thins on the ridges. Stems not included, but any will do.",
        "Ceramics / Vases",
        Subject(lambda: clay.fluted_vase(CELADON, STRAW), _VASE),
        grams=1300,
    ),
    Item(
        "fluted-vase-oxblood",
        "Twisted Flute Vase, Oxblood",
        98,
        "A copper red that the kiln decides. We keep about one in three; the others become test "
        "pieces for the shelf by the door.",
        "Ceramics / Vases",
        Subject(lambda: clay.fluted_vase(OXBLOOD, STRAW), _VASE),
        grams=1300,
    ),
    Item(
        "morning-mug",
        "Morning Mug",
        34,
        "Holds 380 ml and two fingers. The foot is left raw so that it grips a wet table. "
        "Dishwasher safe, though it likes a sink better.",
        "Ceramics / Mugs",
        Subject(lambda: clay.mug(TIDE, STONEWARE), _MUG),
        (("Colour", ("Tide", "Sand", "Soot")),),
        0,
        420,
    ),
    Item(
        "speckled-mug",
        "Speckled Mug",
        32,
        "Chalk glaze over a clay with iron in it; the specks come through by themselves. 380 ml.",
        "Ceramics / Mugs",
        Subject(lambda: clay.mug(CHALK, BLACK_CLAY), _MUG),
        grams=420,
    ),
    Item(
        "sand-mug",
        "Dune Mug",
        34,
        "Dipped once in honey and once in sand, at an angle, by a person in a hurry. 380 ml.",
        "Ceramics / Mugs",
        Subject(lambda: clay.mug(SAND, STONEWARE), _MUG),
        grams=420,
    ),
    Item(
        "bail-teapot-ink",
        "Bail-Handle Teapot, Ink",
        138,
        "A low pot for three cups, with a strainer thrown into the wall and an oak handle steamed "
        "into its arch. Pours without a drip; we test each one.",
        "Ceramics / Teapots",
        Subject(lambda: clay.teapot(INK, OAK), _POT),
        grams=1100,
    ),
    Item(
        "bail-teapot-chalk",
        "Bail-Handle Teapot, Chalk",
        132,
        "The same pot, with a walnut handle and a glaze that shows the tea's stain over the years.",
        "Ceramics / Teapots",
        Subject(lambda: clay.teapot(CHALK, WALNUT), _POT),
        grams=1100,
    ),
    Item(
        "mended-bowl-night",
        "Mended Bowl, Night",
        210,
        "Broken on purpose? No: kiln losses, kept and mended with lacquer and brass powder. Each "
        "seam runs where the clay wanted it. For fruit, not for soup.",
        "Ceramics / Bowls",
        Subject(lambda: clay.bowl(NIGHT), _BOWL),
        grams=900,
    ),
    Item(
        "mended-bowl-snow",
        "Mended Bowl, Snow",
        210,
        "White glaze, gold seams. The stand is brass and comes with it.",
        "Ceramics / Bowls",
        Subject(lambda: clay.bowl(SNOW), _BOWL),
        grams=900,
    ),
    Item(
        "serving-bowl-celadon",
        "Serving Bowl, Celadon",
        74,
        "Wide enough for a salad for six, shallow enough that nobody has to dig. Food safe.",
        "Ceramics / Bowls",
        Subject(lambda: clay.bowl(CELADON), _BOWL),
        grams=900,
    ),
    Item(
        "footed-planter",
        "Footed Planter with Agave",
        88,
        "Unglazed terracotta that breathes, with its plant. Water when the soil is dry to the "
        "first knuckle. Ships from the warehouse in a collar, upright.",
        "Ceramics / Planters",
        Subject(lambda: garden.planter(TERRACOTTA), _PLANT),
        _SIZE,
        22,
        3100,
    ),
    Item(
        "footed-planter-soot",
        "Footed Planter, Soot",
        92,
        "Black clay, smoked in sawdust. The agave is the same stubborn one.",
        "Ceramics / Planters",
        Subject(
            lambda: garden.planter(BLACK_CLAY, Matter("#6a8f7a", rough=0.5, coat=0.25)), _PLANT
        ),
        _SIZE,
        22,
        3100,
    ),
    Item(
        "water-jar",
        "Little Water Jar",
        58,
        "For the bedside. Terracotta keeps water cool by sweating a little: put a saucer under it.",
        "Ceramics / Jars",
        Subject(lambda: clay.moon_vase(TERRACOTTA, OAK), _JAR),
        grams=1500,
    ),
)

SHOP = Shop(
    "Marrowby Clay",
    "ines.fires",
    "A pottery of three wheels and one wood kiln. We throw on weekdays, fire on the new moon and "
    "sell what survives.",
    ITEMS,
    True,
    "MC",
    (("Standard, wrapped twice", 7, 90, 3, 6), ("Express", 16, None, 1, 2)),
)
