"""What every template knows."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from vitrine.accounts.models import Notice, Person
from vitrine.sovereignty.cell import this_cell

MOST_SHOWN = 99


def cell(request: HttpRequest) -> dict[str, Any]:
    """Give templates the cell: its country, currency and locale. Queries: 0."""
    return {"cell": this_cell()}


def news(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """Give the navigation how much the person was told and has not read. Queries: 0, 1 if shown."""

    def unread() -> str:
        person = getattr(request, "user", None)
        if not isinstance(person, Person):
            return ""
        waiting = Notice.objects.wanted_by(person).unread()[: MOST_SHOWN + 1].count()
        return f"{MOST_SHOWN}+" if waiting > MOST_SHOWN else str(waiting or "")

    return {"unread": unread}
