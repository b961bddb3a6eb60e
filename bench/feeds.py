"""A merchant's whole catalogue in and out, as files of both formats: how long, with what memory.

A file for Shopify is brought in as an operator does, the shop is written as a file for Google,
that is brought into another shop, which is written for Shopify again; with 10,000 products and
with ten times as many. Beside it Postgres copies the first file into a table without an index.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import cells
from bench.cells import ROOT, clean_environment
from bench.figures import Figure
from vitrine.ops import inside

FEW, MANY = 10_000, 100_000
STEPS = ("shopify_in", "google_out", "google_in", "shopify_out")


@dataclass(frozen=True)
class Took:
    """What one step took: time, its own process's CPU and most memory."""

    seconds: float
    cpu_seconds: float
    most_mb: float


def run() -> Iterator[Figure]:
    """Bring in and write out few products, then many; compare."""
    with (
        cells.scratch() as folder,
        cells.up(folder / "data", "--no-demo"),
        inside.cell(folder / "data"),
    ):
        few, _ = _there_and_back(folder, FEW)
        many, copied_s = _there_and_back(folder, MANY)
    for step in STEPS:
        took = many[step]
        yield Figure(
            f"{step}_s",
            took.seconds,
            "s",
            goal="<= 60" if step.endswith("_in") else "",
            reference="COPY into a bare table (s)",
            reference_value=copied_s,
            ratio=took.seconds / copied_s,
        )
        yield Figure(f"{step}_cpu_s", took.cpu_seconds, "s")
        yield Figure(
            f"{step}_mb",
            took.most_mb,
            "MiB",
            reference=f"{FEW:,} products (MiB)",
            reference_value=few[step].most_mb,
            ratio=took.most_mb / few[step].most_mb,
        )
        yield Figure(f"{step}_grows_mb", took.most_mb - few[step].most_mb, "MiB", goal="<= 16")


def _there_and_back(folder: Path, products: int) -> tuple[dict[str, Took], float]:
    """Return what each step took, and how long a copy of the first file takes."""
    feed = folder / f"{products}.csv"
    first, second = inside.call("bench.feeds_fill.write", str(feed), products)
    copied_s = inside.call("bench.feeds_fill.copied_s", str(feed))
    between, last = folder / f"{products}.tsv", folder / f"{products}-again.csv"
    data = ("--data", str(folder / "data"))
    bring = ("vitrine.ops", "import", "products")
    took = {
        "shopify_in": _run(*bring, str(feed), "--merchant", first, *data),
        "google_out": _run("bench.feeds_out", str(folder / "data"), first, str(between)),
        "google_in": _run(*bring, str(between), "--merchant", second, *data),
        "shopify_out": _run("bench.feeds_out", str(folder / "data"), second, str(last)),
    }
    for shop in (first, second):
        if (found := inside.call("bench.feeds_fill.products_of", shop)) != products:
            raise RuntimeError(f"{shop} has {found} products and not {products}.")
    return took, copied_s


def _run(*command: str) -> Took:
    """Run a module of Python as a process of its own."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=clean_environment() | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} failed.")
    return Took(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
