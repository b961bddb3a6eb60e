"""``vitrine createstaff``: somebody joins the operator's staff."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from vitrine.ops import inside, options

app = options.command_app()


@app.command()
def createstaff(
    email: Annotated[str, typer.Argument(help="E-mail address they sign in with.")],
    handle: Annotated[str, typer.Option(help="Handle, for somebody without an account.")] = "",
    data: options.Data = options.DEFAULT_DATA,
) -> None:
    """Make a person a member of the operator's staff; make the person first if need be.

    The password of a new person is asked for, or read from standard input if that is no terminal.
    """
    with inside.cell(data, migrated=True):
        if inside.call("vitrine.ops.staff.promote", email):
            Console().print(f"{email} is now on the staff.")
            return
        name = handle or typer.prompt("Handle")
        password = (
            typer.prompt("Password", hide_input=True, confirmation_prompt=True)
            if sys.stdin.isatty()
            else sys.stdin.readline().rstrip("\n")
        )
        inside.call("vitrine.ops.staff.hire", email, handle=name, password=password)
        Console().print(f"{email} is now on the staff, as @{name.lower()}.")
