"""``vitrine createstaff``: somebody joins the operator's staff, or the moderators."""

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
    moderator: Annotated[
        bool, typer.Option("--moderator", help="A moderator at /desk/, not one of the staff.")
    ] = False,
    data: options.Data = options.DEFAULT_DATA,
) -> None:
    """Make a person a member of the operator's staff, or a moderator; make them first if need be.

    The password of a new person is asked for, or read from standard input if that is no terminal.
    """
    with inside.cell(data, migrated=True):
        role = "is_moderator" if moderator else "is_staff"
        joined = "is now a moderator" if moderator else "is now on the staff"
        if inside.call("vitrine.ops.staff.promote", email, role=role):
            Console().print(f"{email} {joined}.")
            return
        name = handle or typer.prompt("Handle")
        password = (
            typer.prompt("Password", hide_input=True, confirmation_prompt=True)
            if sys.stdin.isatty()
            else sys.stdin.readline().rstrip("\n")
        )
        inside.call("vitrine.ops.staff.hire", email, handle=name, password=password, role=role)
        Console().print(f"{email} {joined}, as @{name.lower()}.")
