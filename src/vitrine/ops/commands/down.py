"""``vitrine down``: stop a cell that is up."""

import signal
import time

import psutil
from rich.console import Console

from vitrine.ops import options
from vitrine.ops.datadir import DataDir
from vitrine.ops.trouble import Trouble

app = options.command_app()

WAIT_SECONDS = 120


@app.command()
def down(data: options.Data = options.DEFAULT_DATA) -> None:
    """Stop a cell that is up, and wait until it has stopped."""
    directory = DataDir(data)
    directory.cell()
    running = directory.running()
    supervisor = running.supervisor.process() if running else None
    if supervisor is None or not directory.is_held():
        raise Trouble(f"Nothing is up in {directory.path}.")
    supervisor.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + WAIT_SECONDS
    while directory.is_held() or running_still(supervisor):
        if time.monotonic() > deadline:
            raise Trouble(f"Process {supervisor.pid} has not stopped in {WAIT_SECONDS} s.")
        time.sleep(0.05)
    Console().print("Stopped.")


def running_still(process: psutil.Process) -> bool:
    """Tell whether a process has more to do; one that only waits to be reaped has not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
