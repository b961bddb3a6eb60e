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


def provide_browser() -> None:
    """Install Chromium where we may; say plainly what is skipped where we may not."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        console.print("Skipped: browser tests. No Chromium here, and only root may install it.")
        return
    console.print("Installing Chromium for the browser tests …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or ["no reason given"]
            console.print(f"Skipped: browser tests. Chromium could not be installed: {lines[-1]}")
            return
