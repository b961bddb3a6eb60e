"""The people of the demo: six who make clips, and others who watch, buy and say things."""

from dataclasses import dataclass

from vitrine.ops.demo.objects.figures import Bust


@dataclass(frozen=True)
class Role:
    """Somebody made up. Creators have a bio that says what they show."""

    handle: str
    name: str
    bio: str
    bust: Bust
    wall: str = "umber"

    @property
    def email(self) -> str:
        """An address that can never receive mail."""
        return f"{self.handle}@demo.example"


CREATORS = (
    Role(
        "ines.fires",
        "Ines Okafor",
        "Potter. Three wheels, one wood kiln, no apprentices who listen. Marrowby Clay is mine.",
        Bust("#8a5636", "bun", "#1c1310", "#b5603d"),
        "oxblood",
    ),
    Role(
        "halflight",
        "Tomas Reed",
        "I light rooms for a living and switch things off for pleasure. Quillane Hearth.",
        Bust("#d8a98a", "short", "#5a3a22", "#27384f", has_beard=True),
        "umber",
    ),
    Role(
        "slowkitchen",
        "Mei Hartono",
        "Cooking at the speed of water. Tools I have used for at least a month, or not at all.",
        Bust("#e0b48c", "bob", "#17120f", "#3f6b4f"),
        "forest",
    ),
    Role(
        "joss.carries",
        "Joss Whitlock",
        "Bags, boards, boots. If it breaks I say so. Tarrowick Goods is my day job.",
        Bust("#c98f6a", "curls", "#7a3d1c", "#8a7a3a", has_glasses=True),
        "slate",
    ),
    Role(
        "amara.keeps.time",
        "Amara Delorme",
        "Watchmaker. Small screws, large magnifiers, quiet mornings. Vespermere.",
        Bust("#6e4429", "curls", "#120d0b", "#40284a"),
        "plum",
    ),
    Role(
        "quietobjects",
        "Sven Aldana",
        "One object at a time. Please look longer than you meant to.",
        Bust("#e6bfa2", "bald", "#8a8279", "#2a2c30", has_glasses=True),
        "ink",
    ),
)

VIEWERS = (
    Role("nell.ferris", "Nell Ferris", "", Bust("#e2b79a", "long", "#a5662f", "#27452f"), "forest"),
    Role("otis.brandt", "Otis Brandt", "", Bust("#94603e", "short", "#1a1210", "#5c221a"), "ink"),
    Role(
        "bea.lindqvist", "Bea Lindqvist", "", Bust("#edc8ae", "bob", "#d2a85f", "#3b3d40"), "slate"
    ),
    Role("theo.okonjo", "Theo Okonjo", "", Bust("#65402a", "hat", "#120d0b", "#94502e"), "umber"),
)

ROLES: dict[str, Role] = {role.handle: role for role in (*CREATORS, *VIEWERS)}
