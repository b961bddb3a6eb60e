"""What neither format has a column for: kept in one cell of its own, so that nothing is lost.

Other shops leave the column aside; we read it back. It is JSON, and whoever wrote it is a stranger.
"""

import re
from typing import Annotated

import msgspec
from django.utils.translation import gettext_noop

from vitrine.catalog.feeds.rows import Notebook
from vitrine.kernel import money

COLUMN = "Vitrine"
NEUTRALISED = re.compile(r"'+[=+\-@]")
_RISKY = re.compile(r"'*[=+\-@]")


class Extras(msgspec.Struct, frozen=True, omit_defaults=True, rename={"options": "o"}):
    """options: name and value of each. is_draft: not on sale.

    before_minor: a price that is crossed out, where the format has its column taken by a sale.
    """

    options: list[tuple[str, str]] = []
    is_draft: bool = False
    before_minor: Annotated[int, msgspec.Meta(ge=0, le=money.MAX_MINOR)] | None = None

    def written(self) -> str:
        """Return the cell; empty where there is nothing to say."""
        said = msgspec.json.encode(self).decode()
        return "" if said == "{}" else said


def read(cell: str, *, line: int, notes: Notebook) -> Extras:
    """Read the cell, or complain of it and go on without."""
    if not cell.strip():
        return Extras()
    try:
        found = msgspec.json.decode(cell, type=Extras)
        if len(found.options) <= 3:
            return found
    except msgspec.DecodeError:
        pass
    notes.note(
        line,
        COLUMN,
        gettext_noop("The cell is not what this shop's own export writes; it was left aside."),
        gettext_noop("Leave the column as it was exported."),
    )
    return Extras()


def neutral(cell: str) -> str:
    """Return text that no spreadsheet runs as a formula. ``restored`` undoes it exactly."""
    return f"'{cell}" if _RISKY.match(cell) else cell


def restored(cell: str) -> str:
    """Return the text as it was before ``neutral``."""
    return cell[1:] if NEUTRALISED.match(cell) else cell
