"""A way to put things in place in a running cell before a journey begins."""

import json
from typing import Any

from bench.cells import Cell
from tests import cells


def inside(cell: Cell, function: str, **arguments: Any) -> Any:
    """Call a function of tests.journeys.stage in a process of its own, on the cell's data."""
    name = f"tests.journeys.stage.{function}"
    said = cells.python(cell, "-m", "tests.journeys.inside", name, json.dumps(arguments))
    return json.loads(said.splitlines()[-1])
