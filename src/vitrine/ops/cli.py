"""The command line. Each command is a module in ``commands``, loaded only when it is called.

This is the one place that imports by name: ``vitrine status`` should not pay for the test runner,
nor ``vitrine --help`` for anything.
"""

import signal
import sys
from importlib import import_module

import typer
from rich.console import Console
from rich.table import Table

from vitrine.ops.trouble import Trouble

COMMANDS = {
    "up": "Run the whole cell on this machine until Ctrl-C.",
    "down": "Stop a cell that is up.",
    "status": "Show the processes, queues and clips of a cell.",
    "check": "Verify every invariant against the database.",
    "learn": "Build anew what the feed learnt from what was watched.",
    "simulate": "Say what the feed is worth to viewers who are made up.",
    "ledger": "Hand the books to other tools.",
    "import": "Bring in videos or products from files.",
    "createstaff": "Make a person a member of the operator's staff.",
    "pushkey": "Print a new key for Web Push.",
    "migrate": "Bring the database and the static files up to this version.",
    "web": "Run only the web processes.",
    "worker": "Run only a worker.",
    "messages": "Bring the translations' catalogues up to date.",
    "bench": "Measure what this version promises.",
    "test": "Run all checks and tests.",
}
INTERNAL = {"forkserver", "seed"}
"""What `up` calls and nobody types."""

MODULES = {"import": "bring_in"}
"""Commands whose name cannot be a module's."""


def main() -> None:
    """Run the command named by the first argument. Exit 1 with one sentence in trouble."""
    name, *arguments = sys.argv[1:] or ["--help"]
    if name in {"--help", "-h", "help"}:
        show_commands()
        return
    if name not in COMMANDS and name not in INTERNAL:
        Console(stderr=True).print(f"There is no command {name!r}; see vitrine --help.")
        sys.exit(2)
    try:
        app: typer.Typer = import_module(f"vitrine.ops.commands.{MODULES.get(name, name)}").app
        app(args=arguments, prog_name=f"vitrine {name}")
    except Trouble as trouble:
        Console(stderr=True, soft_wrap=True).print(str(trouble), style="red", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def show_commands() -> None:
    """Print what there is."""
    console = Console()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for name, sentence in COMMANDS.items():
        table.add_row(f"[bold]{name}[/bold]", sentence)
    console.print("\nVitrine: short videos you can buy from, in sovereign cells.\n")
    console.print(table)
    console.print("\n  [dim]vitrine COMMAND --help says more.[/dim]\n")
