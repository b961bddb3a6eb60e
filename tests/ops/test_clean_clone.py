"""A fresh clone, with nothing installed yet, answers after one command, whoever runs it.

Whoever runs the tests has cells up all over them; so where root does, this is somebody else.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from bench import cells
from bench.startup import clone

pytestmark = pytest.mark.machine
SOMEBODY = "nobody"
MODERN = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"


@pytest.fixture
def place() -> Iterator[Path]:
    """Return an empty folder that other users can reach, as a test's own folder is not."""
    with cells.scratch() as folder:
        folder.chmod(0o755)
        yield folder


def test_a_clean_clone_comes_up(place: Path) -> None:
    somebody = SOMEBODY if os.geteuid() == 0 and python_for(SOMEBODY) else None
    clone(place / "checkout")
    if somebody:
        give(place, somebody)

    with cells.up(place / "data", "--no-demo", command=launcher(place), user=somebody) as cell:
        assert serves(cell)
        supervisor = cell.running.supervisor.process()
        assert supervisor is not None
        owners = {child.username() for child in supervisor.children(recursive=True)}

    if somebody:
        assert owners == {somebody}
    check = [*launcher(place), "check", "--data", str(place / "data")]
    assert subprocess.run(check, user=somebody, env=cells.clean_environment()).returncode == 0


def launcher(place: Path) -> tuple[str, ...]:
    """Return the clone's command, with a home of its own: nothing cached, nothing configured."""
    return ("env", f"HOME={place}", str(place / "checkout" / "vitrine"))


def serves(cell: cells.Cell) -> bool:
    """Tell whether the feed's page is served."""
    with urlopen(cell.url.replace("localhost", "127.0.0.1"), timeout=30) as answer:
        return answer.status == 200 and b"<main" in answer.read()


def python_for(user: str) -> bool:
    """Tell whether a user finds a Python that the launcher can use."""
    for name in ("python3.13", "python3.12", "python3.11", "python3"):
        for folder in os.get_exec_path():
            try:
                command = [str(Path(folder) / name), "-c", MODERN]
                if subprocess.run(command, user=user, capture_output=True).returncode == 0:
                    return True
            except OSError:
                continue
    return False


def give(folder: Path, user: str) -> None:
    """Make a folder and all in it a user's own."""
    owner = pwd.getpwnam(user)
    for path in [folder, *folder.rglob("*")]:
        shutil.chown(path, owner.pw_uid, owner.pw_gid)
