"""Films for tests that only need some: real ones where they are, else drawn as the demo's are."""

from pathlib import Path

from tests.conftest import SHARED
from vitrine.ops.demo import draw

DRAWN = draw.Easel(width=360, height=640, seconds=3)


def real_or_drawn(name: str, slug: str, folder: Path) -> Path:
    """Return a real film by its name, or one of the demo's, drawn small into the folder."""
    real = SHARED / "media" / name
    return real if real.is_file() else draw.draw(f"film:{slug}", folder, DRAWN)
