"""What the lamp and hearth shop sells."""

from vitrine.ops.demo.drawing.film import Look, Subject
from vitrine.ops.demo.drawing.matter import (
    BRASS,
    COPPER,
    DARK_STEEL,
    GLASS,
    OAK,
    STEEL,
    WALNUT,
    Matter,
)
from vitrine.ops.demo.objects import glassware, hearth
from vitrine.ops.demo.shelves.item import Item, Shop

VERMILION = Matter("#a63d2a", coat=0.8)
BOTTLE_GREEN = Matter("#1f4a3a", coat=0.8)
CREAM = Matter("#e8dcc4", coat=0.7)

_LAMP = Look(target=0.78, wide=2.25)
_LANTERN = Look(target=0.82, wide=2.1, start=-28.0)
_CANDLE = Look(target=0.58, wide=1.8)
_KETTLE = Look(target=0.5, wide=2.2, start=-18.0)
_KNIFE = Look(target=0.84, wide=2.1, start=-32.0)
_STOOL = Look(target=0.56, wide=1.9)
_GLASS = Look(target=0.8, wide=2.1)

ITEMS = (
    Item(
        "dome-lamp-vermilion",
        "Dome Table Lamp, Vermilion",
        245,
        "Spun steel, enamelled by hand, on a brass stem. The inside is painted the colour of late "
        "afternoon, so the light is warm with any bulb. Takes E26, up to 9 W.",
        "Lighting / Table lamps",
        Subject(lambda: hearth.lamp(VERMILION), _LAMP),
        (("Flex", ("Black cloth", "Gold cloth")),),
        0,
        2600,
    ),
    Item(
        "dome-lamp-green",
        "Dome Table Lamp, Bottle Green",
        245,
        "The one that reading rooms order. Dimmer on the flex.",
        "Lighting / Table lamps",
        Subject(lambda: hearth.lamp(BOTTLE_GREEN), _LAMP),
        (("Flex", ("Black cloth", "Gold cloth")),),
        0,
        2600,
    ),
    Item(
        "dome-lamp-cream",
        "Dome Table Lamp, Cream",
        235,
        "Quiet by day. The stem is blackened steel instead of brass.",
        "Lighting / Table lamps",
        Subject(lambda: hearth.lamp(CREAM, DARK_STEEL), _LAMP),
        grams=2600,
    ),
    Item(
        "porch-lantern-brass",
        "Porch Lantern, Brass",
        155,
        "Four panes, one door, a roof that draws. For candles up to 20 cm. Unlacquered, so it "
        "turns the colour of old coins within a winter.",
        "Lighting / Lanterns",
        Subject(lambda: glassware.lantern(BRASS), _LANTERN),
        grams=1900,
    ),
    Item(
        "porch-lantern-black",
        "Porch Lantern, Black",
        145,
        "The same lantern in blackened steel, waxed against rain.",
        "Lighting / Lanterns",
        Subject(lambda: glassware.lantern(DARK_STEEL), _LANTERN),
        grams=1900,
    ),
    Item(
        "tumbler-candle-fig",
        "Tumbler Candle, Fig Leaf",
        42,
        "Rapeseed wax and beeswax in a tumbler that outlives it. About 55 hours. Trim the wick to "
        "5 mm and it will not smoke.",
        "Hearth / Candles",
        Subject(lambda: glassware.candle(GLASS, "#e9dfc4"), _CANDLE),
        (("Scent", ("Fig leaf", "Unscented")),),
        0,
        620,
    ),
    Item(
        "tumbler-candle-cedar",
        "Tumbler Candle, Cedar Smoke",
        42,
        "Dry wood, a little leather, no vanilla. About 55 hours.",
        "Hearth / Candles",
        Subject(
            lambda: glassware.candle(Matter("#d9b27a", rough=0.02, glass=0.16), "#b98d62"), _CANDLE
        ),
        grams=620,
    ),
    Item(
        "pour-kettle-steel",
        "Goose-Neck Kettle, Steel",
        119,
        "A slow, thin, obedient pour. 900 ml, walnut handle, works on gas and induction. No "
        "screen, no app, no beep.",
        "Kitchen / Kettles",
        Subject(lambda: hearth.kettle(STEEL, WALNUT), _KETTLE),
        grams=980,
    ),
    Item(
        "pour-kettle-copper",
        "Goose-Neck Kettle, Copper",
        164,
        "Copper outside, tin inside. Heats in half the time and asks to be polished twice a year.",
        "Kitchen / Kettles",
        Subject(lambda: hearth.kettle(COPPER, OAK), _KETTLE),
        grams=1050,
    ),
    Item(
        "pour-kettle-black",
        "Goose-Neck Kettle, Black",
        124,
        "Blackened steel that hides every fingerprint. 900 ml.",
        "Kitchen / Kettles",
        Subject(lambda: hearth.kettle(DARK_STEEL, WALNUT), _KETTLE),
        grams=980,
    ),
    Item(
        "cooks-knife-oak",
        "Cook's Knife in 67 Layers, Oak",
        189,
        "Folded steel around a hard core; the pattern is etched, not printed. 20 cm. Comes with "
        "its walnut block, and will be sharpened free of charge for as long as we are here.",
        "Kitchen / Knives",
        Subject(lambda: hearth.knife(OAK), _KNIFE),
        (("Hand", ("Right", "Left")),),
        0,
        780,
    ),
    Item(
        "cooks-knife-walnut",
        "Cook's Knife in 67 Layers, Walnut",
        199,
        "The same blade behind a darker handle. 20 cm.",
        "Kitchen / Knives",
        Subject(lambda: hearth.knife(WALNUT), _KNIFE),
        grams=780,
    ),
    Item(
        "ring-stool-oak",
        "Ring Stool, Oak",
        176,
        "Three legs never wobble. A dished seat, a brass ring for your heels, oil and no varnish. "
        "Stands 46 cm.",
        "Home / Seating",
        Subject(lambda: hearth.stool(OAK, OAK), _STOOL),
        grams=3900,
    ),
    Item(
        "ring-stool-walnut",
        "Ring Stool, Walnut",
        198,
        "The darker sister. Stands 46 cm and holds a stack of books or a person.",
        "Home / Seating",
        Subject(lambda: hearth.stool(WALNUT, WALNUT), _STOOL),
        grams=3900,
    ),
    Item(
        "half-hour-glass",
        "Half-Hour Glass",
        96,
        "Thirty minutes of river sand, give or take a minute; we print the true time of each one "
        "on its base. For phone-free half hours.",
        "Home / Objects",
        Subject(lambda: glassware.hourglass(DARK_STEEL), _GLASS),
        grams=1400,
    ),
)

SHOP = Shop(
    "Quillane Hearth",
    "halflight",
    "Lamps, kettles and the things people gather around. Made in small runs, repaired for ever.",
    ITEMS,
    True,
    "QH",
    (("Standard", 9, 150, 2, 5), ("Two people carry it in", 39, None, 4, 8)),
)
