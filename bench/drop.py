"""A drop: a thousand wait for one thing through HTTP, are let in in turn, and buy it.

Every waiting page asks where it stands as often as it is told to. Postgres, the web processes, the
worker and the thousand share the machine.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bench import cells
from bench.drop_crowd import Crowd
from bench.figures import Figure
from vitrine.ops import inside

OPTIONS = ("--no-demo", "--web-processes", "2")
WAITING = 1_000
STOCK = 400
RATE = 300
"""So many a second are let in: half as many again as the orders that are wanted, since each takes a
moment from hearing it to the press. It is what the checkout here can bear."""


def run() -> Iterator[Figure]:
    """Let a thousand come, let it begin, and look at what became of them."""
    environment = {"VITRINE_DROP_RATE": str(RATE)}
    with (
        cells.scratch() as folder,
        cells.up(folder / "data", *OPTIONS, environment=environment) as cell,
        inside.cell(folder / "data"),
    ):
        buyers: Sequence[Any] = inside.call("bench.drop_stage.buyers", WAITING)
        drop, thing = inside.call("bench.drop_stage.announce", STOCK)
        crowd = Crowd(cell.url, drop, thing, buyers)
        crowd.come()
        inside.call("bench.drop_stage.begin", drop)
        crowd.wait_and_buy()
        told = inside.call("bench.drop_stage.fairness", drop)
        if crowd.bought != STOCK or told["sold"] != STOCK:
            raise RuntimeError(f"{crowd.bought} bought, {told['sold']} sold, of {STOCK}.")
        yield Figure("waiting", float(told["came"]), "", goal=f">= {WAITING}")
        yield Figure("orders_per_s", crowd.orders_per_s, "1/s", goal=">= 200")
        yield Figure("p95_ms_standing", crowd.slowest_ms, "ms")
        yield Figure("told_sold_out_s", crowd.told_after_s, "s")
        yield Figure("out_of_turn", float(told["out_of_turn"]), "", goal="<= 0")
        yield Figure("lot_vs_coming", told["correlation"], "")
