"""A cell made once for each worker of the test run, copied for each test."""

import subprocess
from pathlib import Path

import pytest

from bench import cells


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory that has been up once."""
    data = tmp_path_factory.mktemp("made") / "data"
    with cells.up(data, "--no-demo"):
        pass
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """Return a data directory of this test alone, owners kept."""
    copy = tmp_path / "data"
    subprocess.run(["cp", "-a", str(made), str(copy)], check=True)
    return copy
