"""All invariants of all packages, asked of the live database."""

from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules
from rich.console import Console
from rich.table import Table

from vitrine.kernel.invariants import REGISTER, Finding, Invariant

SHOWN = 5
"""Violations printed of each invariant; the count says how many there are."""


def check() -> int:
    """Print each invariant with what it looked at, and return how many are broken."""
    findings = look()
    table = Table(box=None, pad_edge=False)
    table.add_column("", style="bold")
    table.add_column("Invariant")
    table.add_column("Checked", justify="right")
    table.add_column("Broken", justify="right")
    for invariant, finding in findings:
        table.add_row(
            invariant.code,
            invariant.sentence,
            f"{finding.checked:,}",
            f"[red]{len(finding.violations):,}[/red]" if finding.violations else "0",
        )
    console = Console(soft_wrap=True)
    console.print(table)
    broken = [(invariant, finding) for invariant, finding in findings if finding.violations]
    for invariant, finding in broken:
        for violation in finding.violations[:SHOWN]:
            console.print(f"{invariant.code}: {violation}", markup=False)
        if len(finding.violations) > SHOWN:
            console.print(f"{invariant.code}: and {len(finding.violations) - SHOWN:,} more")
    console.print(
        f"{len(broken)} of {len(findings)} invariants are broken."
        if broken
        else f"All {len(findings)} invariants hold."
    )
    return len(broken)


def look() -> list[tuple[Invariant, Finding]]:
    """Ask every invariant, all of the same moment: one snapshot, in which nothing can be written.

    A cell may be selling meanwhile; each check alone would see another state of the books.
    """
    autodiscover_modules("invariants")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return [
            (invariant, invariant.check())
            for invariant in sorted(REGISTER, key=lambda invariant: invariant.code)
        ]
