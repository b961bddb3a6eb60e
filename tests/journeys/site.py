"""A way to put things in place in a running cell before a journey begins."""

import json
import subprocess
import sys
from typing import Any

from bench import cells


def inside(cell: cells.Cell, function: str, **arguments: Any) -> Any:
    """Call a function of tests.journeys.stage in a process of its own, on the cell's data."""
    settings = cell.directory.environment(origin=cell.url)
    called = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.journeys.inside",
            f"tests.journeys.stage.{function}",
            json.dumps(arguments),
        ],
        env={
            **cells.clean_environment(),
            **settings,
            "PYTHONPATH": f"{cells.ROOT / 'src'}:{cells.ROOT}",
        },
        cwd=cells.ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert called.returncode == 0, called.stderr
    return json.loads(called.stdout.splitlines()[-1])
