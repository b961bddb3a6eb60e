"""Install the locked dependencies into ``.venv``; what the launcher calls when the locks changed.

Runs on the bare Python that was found on the machine, so it uses the standard library alone.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


class Failed(Exception):
    """Stop with one sentence."""


def main(root: Path, kind: str, wanted: str) -> None:
    """Bring root/.venv to the wanted state. Two launchers at once: the second waits, then leaves.

    kind: "runtime" or "development". wanted: the stamp to leave once everything is installed.
    """
    venv = root / ".venv"
    stamp = venv / f"installed-{kind}"
    with (root / ".venv.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another installation is going on; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        install(root, venv, kind)
        stamp.write_text(wanted)


def install(root: Path, venv: Path, kind: str) -> None:
    """Make the environment and install into it.

    A marker stands while this runs: an environment that still bears one was interrupted, and one
    made for another folder has the old path in its scripts. Both are made anew.
    """
    marker = venv / "unfinished"
    place = venv / "place"
    python = venv / "bin" / "python"
    moved = place.exists() and place.read_text() != str(root)
    if marker.exists() or moved or not works(python):
        say("making a Python environment in .venv")
        shutil.rmtree(venv, ignore_errors=True)
        venv.mkdir()
        marker.touch()
        run([sys.executable, "-m", "venv", str(venv)], "could not make a Python environment")
    marker.touch()
    place.write_text(str(root))
    add_source(root, python)
    locks = [root / "requirements.lock"]
    if kind == "development":
        locks.append(root / "requirements-dev.lock")
    say("installing the locked dependencies")
    files = [argument for lock in locks for argument in ("-r", str(lock))]
    installer = uv(root, python) or [*pip(python), "install"]
    run([*installer, "--require-hashes", *files], "could not install the dependencies")
    marker.unlink()


def works(python: Path) -> bool:
    """Tell whether an environment's Python starts and has pip."""
    try:
        return subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0
    except OSError:
        return False


def add_source(root: Path, python: Path) -> None:
    """Make the package importable: an editable install that needs no build and no network."""
    place = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    (Path(place.stdout.strip()) / "vitrine.pth").write_text(f"{root / 'src'}\n")


def uv(root: Path, python: Path) -> list[str] | None:
    """Install uv with pip, at the version and hashes of the lock. None: pip has to do it all."""
    lines = (root / "requirements.lock").read_text().splitlines()
    start = next((index for index, line in enumerate(lines) if line.startswith("uv==")), None)
    if start is None:
        return None
    end = next(index for index in range(start, len(lines)) if not lines[index].endswith("\\"))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as requirement:
        requirement.write("\n".join(lines[start : end + 1]))
        requirement.flush()
        command = [*pip(python), "install", "--quiet", "--require-hashes", "-r", requirement.name]
        if subprocess.run(command, capture_output=True).returncode != 0:
            return None
    return [str(python.with_name("uv")), "pip", "install", "--python", str(python)]


def pip(python: Path) -> list[str]:
    """Return the command of the environment's own pip."""
    return [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def run(command: list[str], complaint: str) -> None:
    """Run a command whose output the operator sees. Raises: Failed."""
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        raise Failed(f"{complaint}; the reason is above. Run this again once it is put right.")


def say(sentence: str) -> None:
    """Write a line for the operator."""
    sys.stderr.write(f"vitrine: {sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    os.umask(0o022)  # root's Postgres runs as another user, who has to read its programs
    try:
        main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
    except Failed as failed:
        say(str(failed))
        sys.exit(1)
    except OSError as error:
        say(f"cannot install: {error.strerror or error} ({error.filename})")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
