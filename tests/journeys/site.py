"""A way to put things in place in a running cell before a journey begins."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from bench.cells import Cell
from tests import cells

_helpers: dict[str, "subprocess.Popen[str]"] = {}


@contextlib.contextmanager
def stage(cell: Cell) -> Iterator[None]:
    """Have one process at hand that works on a cell's data: starting it takes two seconds."""
    helper = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.inside"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **cells.settled(cell),
    )
    _helpers[cell.url] = helper
    try:
        yield
    finally:
        del _helpers[cell.url]
        helper.communicate()


def inside(cell: Cell, function: str, **arguments: Any) -> Any:
    """Call a function of tests.journeys.stage on the cell's data, in another process."""
    helper = _helpers[cell.url]
    assert helper.stdin is not None
    assert helper.stdout is not None
    helper.stdin.write(json.dumps([f"tests.journeys.stage.{function}", arguments]) + "\n")
    helper.stdin.flush()
    answer = json.loads(helper.stdout.readline() or '{"trouble": "The helper has ended."}')
    assert "trouble" not in answer, answer["trouble"]
    return answer["returned"]
