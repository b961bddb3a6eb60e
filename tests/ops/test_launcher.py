"""The launcher, in a copy of the checkout whose path has a space in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("vitrine", "requirements.lock", "requirements-dev.lock")
TOOLS = ("sh", "dirname", "cat", "cksum")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the launcher, the locks and the installer, but no environment."""
    checkout = tmp_path / "a checkout"
    (checkout / "src" / "vitrine" / "ops").mkdir(parents=True)
    for name in NEEDED:
        shutil.copy2(ROOT / name, checkout / name)
    installer = Path("src/vitrine/ops/installing.py")
    shutil.copy2(ROOT / installer, checkout / installer)
    return checkout


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Return a folder that holds the tools a launcher needs, and no Python."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    return tools


def script(path: Path, body: str) -> None:
    """Write an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def launch(checkout: Path, tools: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the launcher with nothing but these tools on the path."""
    return subprocess.run(
        [str(checkout / "vitrine"), *arguments],
        env={"PATH": str(tools), "HOME": str(tools)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def stamp(checkout: Path, *locks: str) -> str:
    """Return what the launcher expects of an environment made from these locks."""
    sums = [
        subprocess.run(
            ["cksum"], input=(checkout / lock).read_bytes(), capture_output=True, check=True
        )
        .stdout.decode()
        .strip()
        for lock in locks
    ]
    return "\n".join([str(checkout.resolve()), *sums])


def test_without_python_it_says_so_in_one_sentence(checkout: Path, tools: Path) -> None:
    done = launch(checkout, tools, "up")

    assert done.returncode == 1
    assert done.stderr == (
        "vitrine: Python 3.11 or newer is needed and was not found: "
        "install it and run this again.\n"
    )


def test_an_old_python_is_passed_over(checkout: Path, tools: Path) -> None:
    script(tools / "python3", "exit 1")  # what an old Python answers to the question of its age

    done = launch(checkout, tools, "up")

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr


def test_a_python_without_venv_is_named_with_the_package_to_install(
    checkout: Path, tools: Path
) -> None:
    script(tools / "python3.12", 'case "$2" in *ensurepip*) exit 1;; esac')

    done = launch(checkout, tools, "up")

    assert done.returncode == 1
    assert "install the package python3.12-venv" in done.stderr


def test_a_finished_environment_is_used_at_once(checkout: Path, tools: Path) -> None:
    script(checkout / ".venv" / "bin" / "python", 'echo "ran: $*"')
    (checkout / ".venv" / "installed-runtime").write_text(stamp(checkout, "requirements.lock"))

    done = launch(checkout, tools, "status", "--data", "some where")

    assert done.stdout == "ran: -m vitrine.ops status --data some where\n"
    assert done.stderr == ""


@pytest.mark.parametrize("changed", ["requirements.lock", "requirements-dev.lock"])
def test_a_changed_lock_is_installed_before_anything_runs(
    checkout: Path, tools: Path, changed: str
) -> None:
    script(checkout / ".venv" / "bin" / "python", "echo ran")
    script(tools / "python3", 'case "$*" in *installing.py*) echo "installs $4"; exit 3;; esac')
    both = ("requirements.lock", "requirements-dev.lock")
    (checkout / ".venv" / "installed-runtime").write_text(stamp(checkout, *both[:1]))
    (checkout / ".venv" / "installed-development").write_text(stamp(checkout, *both))
    with (checkout / changed).open("a") as lock:
        lock.write("# another\n")

    done = launch(checkout, tools, "test")

    assert done.returncode == 1
    assert done.stdout == "installs development\n"


def install(checkout: Path) -> "subprocess.Popen[str]":
    """Start the installer with the interpreter of this test run."""
    return subprocess.Popen(
        [
            *(sys.executable, "-I", str(checkout / "src" / "vitrine" / "ops" / "installing.py")),
            *(str(checkout), "runtime", "wanted"),
        ],
        env={**os.environ, "PIP_NO_INDEX": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_installations_at_once_make_one(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("# nothing\n")

    said = [
        process.communicate(timeout=120)[1] for process in [install(checkout), install(checkout)]
    ]

    assert sum("making a Python environment" in words for words in said) == 1
    assert (checkout / ".venv" / "installed-runtime").read_text() == "wanted"
    assert not (checkout / ".venv" / "unfinished").exists()


def test_an_interrupted_installation_is_made_anew(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("# nothing\n")
    half_made = checkout / ".venv" / "half-made"
    half_made.mkdir(parents=True)
    (checkout / ".venv" / "unfinished").touch()

    install(checkout).communicate(timeout=120)

    assert not half_made.exists()
    assert (checkout / ".venv" / "installed-runtime").read_text() == "wanted"


def test_a_package_whose_hash_differs_is_refused(checkout: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "nothing-1.0-py3-none-any.whl"
    wheel.write_bytes(b"tampered with")
    (checkout / "requirements.lock").write_text(
        f"nothing @ {wheel.as_uri()} \\\n    --hash=sha256:{'0' * 64}\n"
    )

    process = install(checkout)
    _, said = process.communicate(timeout=120)

    assert process.returncode == 1
    assert "could not install the dependencies" in said
    assert not (checkout / ".venv" / "installed-runtime").exists()
