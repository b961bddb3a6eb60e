"""What was typed on the stock page: a number for each row, and the number it stood on."""

import re
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext

from vitrine.catalog.feeds.cells import MAX_STOCK

KEY = re.compile(r"[A-Za-z0-9_]{1,40}\Z")


@dataclass
class Count:
    """One row as typed. seen: the number that the page showed. fault: why it was not saved."""

    variant_id: str
    text: str
    form_key: str
    on_hand: int = 0
    seen: int = 0
    fault: str = ""
    is_saved: bool = False


def counts_typed(typed: QueryDict) -> dict[str, Count]:
    """Read the rows by variant. A number that is none keeps its text and gets a fault."""
    form_key = typed.get("key", "")
    counts: dict[str, Count] = {}
    for name, value in typed.items():
        field, _, variant_id = name.partition("-")
        if field != "on_hand" or not KEY.match(form_key):
            continue
        seen = str(typed.get(f"seen-{variant_id}", "0"))
        text = str(value).strip()
        row = Count(variant_id, text, form_key)
        if _is_count(text) and _is_count(seen):
            row.on_hand, row.seen = int(text), int(seen)
        else:
            row.fault = _no_count()
        counts[variant_id] = row
    return counts


@dataclass
class Few:
    """From how few on a row is to be told. number: None for the shop's own figure."""

    text: str
    number: int | None = None
    fault: str = ""


def few_typed(typed: QueryDict) -> dict[str, Few]:
    """Read by variant from how few on is to be told; nothing typed is the shop's figure."""
    rows: dict[str, Few] = {}
    for name, value in typed.items():
        field, _, variant_id = name.partition("-")
        if field != "few":
            continue
        rows[variant_id] = row = Few(str(value).strip())
        if _is_count(row.text):
            row.number = int(row.text)
        elif row.text:
            row.fault = _no_count()
    return rows


def _no_count() -> str:
    said = gettext("Write a whole number from 0 to {most}.")
    return said.format(most=f"{MAX_STOCK:,}")


def _is_count(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,7}", text) is not None and int(text) <= MAX_STOCK
