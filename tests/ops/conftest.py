"""A cell for each test, as a first start leaves it."""

from pathlib import Path

import pytest

from tests import cells


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data directory of this test alone that has been up once."""
    return cells.like_new(tmp_path / "data")
