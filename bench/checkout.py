"""How many orders a second a shop takes through HTTP, beside pgbench on the same server.

Each order is a whole press of the button by a signed-in buyer: session, CSRF, quote, stock held,
order written, test bank asked, purchase placed, answer drawn. Postgres, the web processes, the
worker and the buyers share the machine.

Before anything is counted the crowds buy until the rate is steady: processes and connections do
everything once, then Postgres looks at the tables, as it does by itself within half a minute, and
plans anew. Plans that were made while a table held a handful of rows read all of it.
"""

import statistics
from collections.abc import Iterator, Sequence

from bench import cells
from bench.checkout_crowd import TPCB_CLIENTS, Crowd, Tpcb, mostly_hot
from bench.figures import Compared, Figure, interleaved
from vitrine.ops import inside

OPTIONS = ("--no-demo", "--web-processes", "2")
"""A web process for each core: Python runs one thread at a time."""
ROUNDS = 7
WARM_UP_S = 3
CROWDS = (8, 64)
MANY = 1_000_000
WALMART = ">= 332"
"""Orders a second: a year's sales of 2020, at 50 USD an order."""


def run() -> Iterator[Figure]:
    """Buy in several ways; check every invariant; buy once more with a million orders there."""
    with cells.scratch() as folder, cells.up(folder / "data", *OPTIONS) as cell:
        reference = Tpcb(cell.directory.cluster)
        with inside.cell(folder / "data"):
            things = inside.call("bench.checkout_buyers.shop")
            buyers = inside.call("bench.checkout_buyers.buyers", max(CROWDS))
            before = inside.call("bench.checkout_buyers.placed")
            few, many = (Crowd(cell.url, buyers[:count], things) for count in CROWDS)
            hot = Crowd(cell.url, few.buyers, things, choose=mostly_hot)
            _warm_up((few, many, hot))
            empty = interleaved(few.rate, reference.rate, rounds=ROUNDS)
            yield _rate(few, empty)
            yield _rate(many, interleaved(many.rate, reference.rate, rounds=ROUNDS))
            yield Figure("p95_ms_8", few.slowest_ms(), "ms", goal="<= 100")
            yield _hot(interleaved(hot.rate, few.rate, rounds=ROUNDS))
            yield from _statements()
            _agree(before, (few, many, hot))
            inside.call("bench.checkout_fill.fill", cell.directory.cluster, MANY)
            full = [(few.rate(), reference.rate()) for _ in range(ROUNDS)]
            yield _full(empty, [rate / other for rate, other in full])


def _warm_up(crowds: Sequence[Crowd]) -> None:
    for _ in range(2):
        for crowd in crowds:
            crowd.buy(seconds=WARM_UP_S)
            crowd.forget()
        inside.call("bench.checkout_buyers.analyse")


def _rate(crowd: Crowd, compared: Compared) -> Figure:
    return Figure(
        f"orders_per_s_{len(crowd.buyers)}",
        compared.value,
        "1/s",
        goal=WALMART,
        reference=f"pgbench tpc-b, {TPCB_CLIENTS} clients (1/s)",
        reference_value=compared.reference,
        ratio=compared.ratio,
    )


def _hot(compared: Compared) -> Figure:
    return Figure(
        "hot_vs_uniform",
        compared.ratio,
        "",
        goal=">= 0.7",
        reference="orders of any thing in the same rounds (1/s)",
        reference_value=compared.reference,
    )


def _statements() -> Iterator[Figure]:
    press, commits = inside.call("bench.checkout_buyers.statements_of_a_press")
    yield Figure("statements_per_order", press, "", goal="<= 15")
    yield Figure("commits_per_order", commits, "")
    guest = inside.call("bench.checkout_buyers.statements_of_a_guest")
    yield Figure("statements_per_guest", guest, "", goal="<= 40")


def _full(empty: Compared, ratios: Sequence[float]) -> Figure:
    """Compare by what pgbench did in the same rounds: a fill lies between the two."""
    return Figure("million_vs_empty", statistics.median(ratios) / empty.ratio, "", goal=">= 0.9")


def _agree(before: int, crowds: Sequence[Crowd]) -> None:
    """Fail the bench if an answered order is missing, or any invariant is broken."""
    answered = sum(crowd.answered for crowd in crowds)
    placed = inside.call("bench.checkout_buyers.placed") - before
    if placed < answered:
        raise RuntimeError(f"{answered} orders were answered, and only {placed} are placed.")
    broken = inside.call("bench.checkout_buyers.violations")
    if broken:
        raise RuntimeError(f"{len(broken)} violations, the first: {broken[0]}")
