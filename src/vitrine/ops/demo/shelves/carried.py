"""What the outfitter sells."""

from vitrine.ops.demo.drawing.film import Look, Subject
from vitrine.ops.demo.drawing.matter import CANVAS, LEATHER, WOOL, striped
from vitrine.ops.demo.objects import carried, garden, worn
from vitrine.ops.demo.shelves.item import Item, Shop

DARK_LEATHER = LEATHER.but(colour="#3a2418")
FOREST = LEATHER.but(colour="#1f3b2c")

_SHOE = Look(target=0.36, wide=2.05, start=-28.0, above=16.0)
_PACK = Look(target=0.72, wide=2.1, start=-22.0)
_BOOK = Look(target=0.68, wide=2.15, start=62.0)
_SCARF = Look(target=0.78, wide=2.15, start=-20.0)
_DECK = Look(target=0.8, wide=2.1, start=-18.0, above=9.0)
_HAT = Look(target=0.62, wide=2.05)
_SHADE = Look(target=0.72, wide=2.2, start=-15.0, above=10.0)

_SHOE_SIZES = (("Size", ("38", "39", "40", "41", "42", "43", "44", "45")),)
_HAT_SIZES = (("Size", ("S", "M", "L")),)

ITEMS = (
    Item(
        "court-shoe-sand",
        "Low Court Shoe, Sand",
        118,
        "Washed canvas, a leather collar, a rubber sole that is stitched and can be stitched "
        "again. Runs true to size; between sizes, go up.",
        "Footwear",
        Subject(lambda: worn.sneaker(CANVAS.but(colour="#9a927a")), _SHOE),
        _SHOE_SIZES,
        0,
        860,
    ),
    Item(
        "court-shoe-navy",
        "Low Court Shoe, Navy",
        118,
        "The same last in a blue that is nearly black, with a white sole.",
        "Footwear",
        Subject(lambda: worn.sneaker(CANVAS.but(colour="#1f2c44"), "#f1ece2", DARK_LEATHER), _SHOE),
        _SHOE_SIZES,
        0,
        860,
    ),
    Item(
        "court-shoe-brick",
        "Low Court Shoe, Brick",
        118,
        "For people whose other shoes are all black.",
        "Footwear",
        Subject(lambda: worn.sneaker(CANVAS.but(colour="#8a3e2a"), "#eadfca"), _SHOE),
        _SHOE_SIZES,
        0,
        860,
    ),
    Item(
        "roll-pack-olive",
        "Roll-Top Pack, Olive",
        164,
        "22 litres, waxed canvas, bridle leather, brass buckles. A sleeve for a laptop, none for a "
        "bottle: it goes in the pocket. Re-waxed free after two winters.",
        "Bags / Backpacks",
        Subject(lambda: carried.backpack(CANVAS.but(colour="#6f7048")), _PACK),
        (("Strap", ("Regular", "Long")),),
        0,
        1250,
    ),
    Item(
        "roll-pack-charcoal",
        "Roll-Top Pack, Charcoal",
        164,
        "The city one. Same 22 litres, darker straps.",
        "Bags / Backpacks",
        Subject(lambda: carried.backpack(CANVAS.but(colour="#3b3d40"), DARK_LEATHER), _PACK),
        (("Strap", ("Regular", "Long")),),
        0,
        1250,
    ),
    Item(
        "roll-pack-rust",
        "Roll-Top Pack, Rust",
        168,
        "Dyed with madder in small lots, so yours will differ a little from the picture.",
        "Bags / Backpacks",
        Subject(lambda: carried.backpack(CANVAS.but(colour="#94502e"), DARK_LEATHER), _PACK),
        grams=1250,
    ),
    Item(
        "field-book-tan",
        "Field Book, Tan",
        46,
        "192 pages sewn flat, paper that takes a fountain pen, one ribbon. The leather learns the "
        "shape of your pocket.",
        "Paper / Notebooks",
        Subject(lambda: carried.notebook(LEATHER), _BOOK),
        (("Ruling", ("Plain", "Dotted", "Lined")),),
        0,
        410,
    ),
    Item(
        "field-book-forest",
        "Field Book, Forest",
        46,
        "Green leather, brass-coloured ribbon, the same 192 pages.",
        "Paper / Notebooks",
        Subject(lambda: carried.notebook(FOREST), _BOOK),
        (("Ruling", ("Plain", "Dotted", "Lined")),),
        0,
        410,
    ),
    Item(
        "long-scarf-madder",
        "Long Scarf, Madder",
        84,
        "Two metres of lambswool, woven loosely so that it is warm without being thick. Fringe "
        "twisted by hand.",
        "Clothing / Scarves",
        Subject(lambda: worn.scarf(WOOL), _SCARF),
        grams=260,
    ),
    Item(
        "long-scarf-harbour",
        "Long Scarf, Harbour Stripe",
        88,
        "Grey, white and a thin line of mustard: the harbour wall at six in the morning.",
        "Clothing / Scarves",
        Subject(
            lambda: worn.scarf(
                WOOL.but(paint=striped(["#4a525a", "#e6dfd0", "#4a525a", "#b98a2f"], width=0.075))
            ),
            _SCARF,
        ),
        grams=260,
    ),
    Item(
        "long-scarf-mustard",
        "Long Scarf, Mustard",
        84,
        "The one your friends will borrow. Lambswool, two metres.",
        "Clothing / Scarves",
        Subject(lambda: worn.scarf(WOOL.but(colour="#b98327")), _SCARF),
        grams=260,
    ),
    Item(
        "deck-first-light",
        "Complete Board, First Light",
        134,
        "Seven plies of maple, 8.25 inches, painted by hand under the lacquer. Soft wheels for bad "
        "pavements. Arrives assembled.",
        "Sport / Boards",
        Subject(
            lambda: carried.skateboard(carried.deck_paint("#1f3c4a", "#e8a23a", "#efe2c4")), _DECK
        ),
        (("Width", ("8.0 in", "8.25 in", "8.5 in")),),
        0,
        2300,
    ),
    Item(
        "deck-low-tide",
        "Complete Board, Low Tide",
        134,
        "A pale moon, a dark sea. Otherwise the same honest board.",
        "Sport / Boards",
        Subject(
            lambda: carried.skateboard(
                carried.deck_paint("#14161c", "#e9e2d0", "#6f8fa8"), "#c9503a"
            ),
            _DECK,
        ),
        (("Width", ("8.0 in", "8.25 in", "8.5 in")),),
        0,
        2300,
    ),
    Item(
        "walking-hat",
        "Walking Hat, Moss",
        98,
        "Felt that can be sat upon. Steam it back over a kettle; it has done this before.",
        "Clothing / Hats",
        Subject(lambda: worn.hat(WOOL.but(colour="#585a3e"), DARK_LEATHER), _HAT),
        _HAT_SIZES,
        0,
        190,
    ),
    Item(
        "garden-parasol",
        "Paper Parasol",
        72,
        "Oiled paper on eighteen ribs, for sun and for gentle rain. 84 cm across.",
        "Home / Garden",
        Subject(lambda: garden.parasol(striped(["#b8412f", "#efe2c4"], width=0.1)), _SHADE),
        grams=540,
    ),
)

SHOP = Shop(
    "Tarrowick Goods",
    "joss.carries",
    "Things to walk, write and roll with. Everything here can be mended, and we will do it.",
    ITEMS,
    False,
    "TG",
    (("Standard", 6, 100, 2, 4), ("Next day", 18, None, 1, 1)),
)
