"""Run the tests of this checkout, with what they need from the machine."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from vitrine.ops.trouble import Trouble

ROOT = Path(__file__).resolve().parents[3]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HEADLESS = "chromium-headless-shell"
"""Chromium without the window that nobody sees, which is a fifth of its work. Tests prefer it."""
MOST_WORKERS = 8
WAITING = 1
"""Workers more than processors: what is killed, and what a browser is to show, is waited for."""

OF_TESTS = {"VITRINE_NIGHTLY", "VITRINE_FIRST_SEED", "VITRINE_KILL_SEED"}
"""How long the tests' storms are, and with which seed they begin: see CONTRIBUTING.md."""

console = Console(stderr=True, highlight=False, soft_wrap=True)


def run(arguments: list[str]) -> None:
    """Become pytest, whose closing line is then the last. Raises: Trouble."""
    if not (ROOT / "tests").is_dir():
        raise Trouble("The tests are not installed: run ./vitrine test in a checkout.")
    provide_browser()
    if not (ROOT.parent / "shared" / "data").is_dir():
        console.print("Skipped: tests on real clips and catalogues (no ../shared/data here).")
    workers = min((os.cpu_count() or 2) + WAITING, MOST_WORKERS)
    os.chdir(ROOT)
    argv = ["-m", "pytest", "-n", str(workers), "--dist", "worksteal", "-q", "-rs", *arguments]
    os.execve(sys.executable, [sys.executable, *argv], environment(os.environ))  # noqa: S606


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Return what the tests are to see of an environment: no settings of a cell that runs here."""
    return {
        name: value
        for name, value in ours.items()
        if not name.startswith("VITRINE_") or name in OF_TESTS
    }


def browser() -> str | None:
    """Return the system's browser that tests drive, the one with the least to do first."""
    return next(filter(None, map(shutil.which, (HEADLESS, *BROWSERS))), None)


def provide_browser() -> None:
    """Install Chromium where we may; say plainly what is skipped where we may not."""
    if shutil.which(HEADLESS):
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        if browser() is None:
            console.print("Skipped: browser tests. No Chromium here, and only root may install it.")
        return
    console.print("Installing Chromium for the browser tests …")
    trouble = _apt_get("update") or _apt_get("install", HEADLESS)
    if trouble and browser() is None:  # not every system has the one without a window
        trouble = _apt_get("install", BROWSERS[0])
        if trouble:
            console.print(f"Skipped: browser tests. Chromium could not be installed: {trouble}")


def _apt_get(command: str, *packages: str) -> str:
    """Return what apt-get said last if it failed, else nothing."""
    options = ["-y", "-qq", "--no-install-recommends"] if packages else ["-qq"]
    done = subprocess.run(
        ["apt-get", command, *options, *packages],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
    )
    lines = done.stderr.strip().splitlines() or ["no reason given"]
    return lines[-1] if done.returncode else ""
