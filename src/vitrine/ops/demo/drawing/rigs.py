"""Keep the lamps and rooms that the films and pictures are made under."""

from vitrine.ops.demo.drawing.light import SoftBox, Studio
from vitrine.ops.demo.drawing.stage import Room

_TOP = SoftBox(10, 80, (0.7, 0.7), "#fff1dd", 0.9, breath=0.3, phase=0.25)

DUSK = Studio(
    [
        SoftBox(-58, 40, (0.38, 0.8), "#ffe6c4", 2.5, sweep=32),
        SoftBox(132, 16, (0.16, 1.4), "#ffb765", 5.5, breath=0.5),
        SoftBox(-138, 20, (0.14, 1.4), "#a9c4ff", 4.2, breath=0.5, phase=0.5),
        _TOP,
        SoftBox(70, 5, (0.9, 1.2), "#6b4a26", 0.6),
    ]
)
EMBER = Studio(
    [
        SoftBox(52, 30, (0.34, 0.7), "#ffc98a", 2.6, sweep=24, breath=0.15),
        SoftBox(-136, 14, (0.2, 1.4), "#ff7a3d", 4.6, breath=0.55),
        SoftBox(140, 24, (0.12, 1.2), "#ffe2b0", 4.5, breath=0.4, phase=0.4),
        SoftBox(-70, 8, (0.9, 1.1), "#54271a", 0.8),
        _TOP,
    ],
    below="#22140a",
)
MOON = Studio(
    [
        SoftBox(-46, 46, (0.36, 0.9), "#dbe6ff", 2.3, sweep=40),
        SoftBox(134, 18, (0.14, 1.5), "#ffc27a", 6.0, breath=0.6, phase=0.3),
        SoftBox(-140, 16, (0.18, 1.4), "#7fa4ff", 4.6, breath=0.4),
        SoftBox(80, 0, (0.8, 1.0), "#33405a", 0.8),
        _TOP,
    ],
    above="#3a4150",
    below="#101218",
)
SWEEP = Studio(
    [
        SoftBox(0, 36, (0.3, 1.1), "#fff0d8", 3.1, sweep=88),
        SoftBox(148, 20, (0.12, 1.5), "#ffb765", 5.0),
        SoftBox(-148, 20, (0.12, 1.5), "#ffd9a0", 4.0),
        SoftBox(-80, 4, (0.8, 1.2), "#4a3a2a", 0.7),
        _TOP,
    ]
)
NOON = Studio(
    [
        SoftBox(-34, 58, (0.6, 0.6), "#fff6e8", 2.1, sweep=26),
        SoftBox(126, 26, (0.22, 1.2), "#ffe2b8", 4.2, breath=0.35),
        SoftBox(-126, 26, (0.22, 1.2), "#e6eeff", 3.2, breath=0.35, phase=0.5),
        SoftBox(60, 6, (1.0, 1.0), "#5c5348", 0.7),
        _TOP,
    ],
    above="#484a50",
)
VERDANT = Studio(
    [
        SoftBox(-52, 42, (0.36, 0.8), "#f3ffe2", 2.2, sweep=30),
        SoftBox(136, 16, (0.16, 1.4), "#ffcf7a", 5.2, breath=0.5),
        SoftBox(-136, 20, (0.16, 1.4), "#8fe0c4", 3.4, breath=0.5, phase=0.5),
        SoftBox(76, 2, (0.9, 1.1), "#2c4a38", 0.8),
        _TOP,
    ],
    below="#0e140e",
)

UMBER = Room()
INK = Room(wall="#27384f", pool="#e6ecff")
OXBLOOD = Room(wall="#5c221a", pool="#ffd0a0")
FOREST = Room(wall="#26452f", pool="#f6ffdc")
SLATE = Room(wall="#3c3f45", pool="#fff4e4", beam=0.075)
PLUM = Room(wall="#40284a", pool="#ffdcc8")

DAYLIGHT = Studio(
    [
        SoftBox(-48, 48, (0.75, 0.75), "#fff8ee", 0.95),
        SoftBox(100, 30, (0.5, 1.2), "#fff4e6", 0.58),
        SoftBox(-128, 22, (0.25, 1.3), "#f2f6ff", 0.75),
        SoftBox(10, 82, (0.9, 0.9), "#ffffff", 0.42),
    ],
    above="#b3b0aa",
    below="#c2baac",
)
PAPER = Room(
    wall="#fff6e6",
    deep="#e2dbcf",
    floor="#eee7db",
    pool="#fff3df",
    glow=0.16,
    lit=0.12,
    base=1.15,
    reach=1.3,
    mirror=0.07,
    half=0,
    beam=0,
    dust=0,
    shadow=0.36,
)
