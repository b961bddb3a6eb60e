"""Real files, pressed once a session."""

from functools import cache
from pathlib import Path

import pytest

from tests.videos.press import Pressed, Pressing, press


@pytest.fixture(scope="session")
def pressing(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Pressing:
    """Return a function that makes the ladder of a real file, remembering what it made."""

    @cache
    def once(name: str) -> Pressed:
        return press(shared / "media" / name, tmp_path_factory.mktemp("press") / "work")

    return once
