"""Run benches: ``python -m bench [NAME] [--json]``."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, NotMeasurable

TAKES = {"recommend": {"data", "dataset"}, "pacing": {"data"}}
"""What may be named for some benches."""


def names() -> list[str]:
    """Return the names of all benches, as they are typed: the modules that have a ``run()``."""
    modules = sorted(Path(__file__).parent.glob("*.py"))
    benches = [
        path.stem
        for path in modules
        if path.stem != "__main__" and "\ndef run(" in path.read_text()
    ]
    return [name.replace("_", "-") for name in benches]


def main() -> None:
    """Print each figure of the chosen benches. Exit 1 only if a bench itself fails."""
    parser = argparse.ArgumentParser(prog="vitrine bench")
    parser.add_argument("name", nargs="?", choices=names())
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="recommend, pacing: a folder of data sets")
    parser.add_argument("--dataset", help="recommend: the one to measure")
    wanted = parser.parse_args()
    given = {key: vars(wanted)[key] for key in ("data", "dataset") if vars(wanted)[key]}
    if given.keys() - TAKES.get(wanted.name, set()):
        parser.error("--data is for recommend and pacing, --dataset for recommend")
    failed = [
        name
        for name in ([wanted.name] if wanted.name else names())
        if not run(name, wanted.json, **given)
    ]
    sys.exit(1 if failed else 0)


def run(name: str, as_json: bool, **given: object) -> bool:
    """Print the figures of one bench as they come. Returns whether it went through."""
    figures: Callable[..., Iterable[Figure]] = import_module(f"bench.{name.replace('-', '_')}").run
    errors = Console(stderr=True)
    shown: list[Figure] = []
    try:
        with errors.status(f"Measuring {name}"):
            for figure in figures(**given):
                shown.append(figure)
                if as_json:
                    print(json.dumps(figure.line(name)), flush=True)
    except NotMeasurable as missing:
        errors.print(f"bench {name}: {missing}", highlight=False)
        return False
    except Exception:  # noqa: BLE001  (the other benches still run; the exit status tells)
        errors.print_exception()
        return False
    finally:
        if not as_json and shown:
            Console().print(table(name, shown))
    return True


def table(name: str, figures: list[Figure]) -> Table:
    """Return a bench's figures as people read them."""
    result = Table(title=f"bench {name}", title_justify="left", box=None, padding=(0, 3, 0, 0))
    for column in ("Figure", "Value", "Reference", "Ratio", "Goal", ""):
        result.add_column(column, justify="left" if column in {"Figure", "Reference"} else "right")
    for figure in figures:
        line = figure.line(name)
        result.add_row(
            figure.metric,
            f"{line['value']:g} {figure.unit}",
            f"{figure.reference}: {line['reference_value']:g}" if figure.reference else "",
            f"{line['ratio']:g}" if figure.ratio is not None else "",
            figure.goal,
            {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}[figure.ok],
        )
    return result


if __name__ == "__main__":
    main()
