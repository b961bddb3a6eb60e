"""``vitrine status``: what a cell is doing."""

import time

import psutil
from rich.console import Console
from rich.table import Table

from vitrine.ops import inside, options
from vitrine.ops.datadir import Child, DataDir, Running
from vitrine.ops.trouble import Trouble

app = options.command_app()

SAMPLE_SECONDS = 0.3


@app.command()
def status(data: options.Data = options.DEFAULT_DATA) -> None:
    """Show the processes, queues and clips of a cell."""
    directory = DataDir(data)
    cell = directory.cell()
    running = directory.running()
    if running is None or not directory.is_held():
        raise Trouble(f"The cell {cell!r} in {directory.path} is not up.")
    console = Console()
    console.print(f"The cell [bold]{cell}[/bold] is up at {running.origin}\n")
    console.print(_processes(running))
    with inside.cell(data):
        console.print(inside.call("vitrine.ops.reporting.work"))


def _processes(running: Running) -> Table:
    """Return the processes with what they use, their children added in."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for name in ("Process", "Number", "Memory", "CPU"):
        table.add_column(name, justify="left" if name == "Process" else "right")
    families = {
        child: _family(child, alone=child is running.supervisor)
        for child in (running.supervisor, *running.children)
    }
    before = {child: _cpu_seconds(family) for child, family in families.items()}
    time.sleep(SAMPLE_SECONDS)
    for child, family in families.items():
        share = (_cpu_seconds(family) - before[child]) / SAMPLE_SECONDS
        memory = sum(_resident_mb(process) for process in family)
        state = (f"{memory:.0f} MB", f"{share:.0%}") if family else ("-", "restarting")
        table.add_row(child.name, str(child.pid), *state)
    return table


def _family(child: Child, *, alone: bool) -> list[psutil.Process]:
    process = child.process()
    if process is None:
        return []
    return [process] if alone else [process, *process.children(recursive=True)]


def _cpu_seconds(family: list[psutil.Process]) -> float:
    seconds = 0.0
    for process in family:
        if process.is_running():
            times = process.cpu_times()
            seconds += times.user + times.system
    return seconds


def _resident_mb(process: psutil.Process) -> float:
    return process.memory_info().rss / 2**20 if process.is_running() else 0.0
