"""Share the building of tables out among the processes of a Ray cluster: the extra ``ray``.

The cluster is that of the cell: what is handed to it is who watched what. Ray's own reports to its
makers are switched off.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from vitrine.recommend.engine import Engine, Work, stretches

ADDRESS = "RAY_ADDRESS"
"""Where a cluster of Ray's is. Not set: one is made on this machine, and ends with the building."""
EACH = 4
"""Stretches for each processor: some rows take longer than others."""


def is_there() -> bool:
    """Tell whether Ray is installed."""
    return find_spec("ray") is not None


@contextmanager
def engine(*, processors: int | None = None) -> Iterator[Engine]:
    """Return what makes rows on a cluster.

    processors: of a cluster that is made here; None: all there are.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray = import_module("ray")
    own = {"num_cpus": processors, "_node_ip_address": "127.0.0.1", "include_dashboard": False}
    ray.init(
        **({} if os.environ.get(ADDRESS) else own),
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}},
    )
    try:
        make = ray.remote(num_cpus=1)(_made)
        count = EACH * int(ray.cluster_resources()["CPU"])

        def shared_out(work: Work, rows: int, shared: Sequence[Any]) -> list[Any]:
            placed = [ray.put(one) for one in shared]
            what = work.__module__, work.__name__  # type: ignore[attr-defined]
            asked = [make.remote(what, where, *placed) for where in stretches(rows, count)]
            made: list[Any] = ray.get(asked)
            return made

        yield shared_out
    finally:
        ray.shutdown()


def _made(what: tuple[str, str], where: tuple[int, int], *shared: Any) -> Any:
    """Make a stretch of rows, in one of the cluster's processes, on one of its processors."""
    import_module("numba").set_num_threads(1)
    module, name = what
    return getattr(import_module(module), name)(*shared, *where)
