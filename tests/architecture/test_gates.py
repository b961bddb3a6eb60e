"""The tools that hold the house rules: each has to be content with the whole tree."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

LAYERS = "from importlinter.cli import lint_imports_command as main; main(['--no-cache'])"
MYPY = "import gc; gc.disable(); from mypy.__main__ import console_entry as main; main()"
"""Nearly all that mypy makes it keeps to its end: to look for what is dead took a quarter of it."""

GATES = {
    "ruff finds nothing": ["-m", "ruff", "check", "--quiet"],
    "ruff would format nothing": ["-m", "ruff", "format", "--check", "--quiet"],
    "mypy finds nothing": ["-c", MYPY, "--no-error-summary"],
    "layers hold": ["-c", LAYERS],
    "every model has its migration": ["-m", "django", "makemigrations", "--check", "--dry-run"],
    "django finds nothing": ["-m", "django", "check", "--fail-level", "WARNING"],
    "templates are clean": ["-m", "djlint", "--lint", "--quiet", "src/vitrine"],
}


@pytest.mark.parametrize("gate", GATES)
def test_gate(gate: str) -> None:
    done = subprocess.run(
        [sys.executable, *GATES[gate]],
        cwd=ROOT,
        env={**os.environ, "VITRINE_DEBUG": "1"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
