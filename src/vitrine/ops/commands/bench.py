"""``vitrine bench``: what this version promises, measured."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from vitrine.ops import options, testing
from vitrine.ops.trouble import Trouble

app = options.command_app()


@app.command()
def bench(
    name: Annotated[str, typer.Argument(help="Which; all by default.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    data: Annotated[
        Path | None, typer.Option(help="For recommend and pacing: a folder of data sets.")
    ] = None,
    dataset: Annotated[str, typer.Option(help="For recommend: the one to measure.")] = "",
) -> None:
    """Measure what this version promises, each beside a reference from the same run."""
    if not (testing.ROOT / "bench").is_dir():
        raise Trouble("The benches are not installed: run ./vitrine bench in a checkout.")
    arguments = [*([name] if name else []), *(["--json"] if as_json else [])]
    arguments += ["--data", str(data.resolve())] if data else []
    arguments += ["--dataset", dataset] if dataset else []
    done = subprocess.run([sys.executable, "-m", "bench", *arguments], cwd=testing.ROOT)
    raise typer.Exit(done.returncode)
