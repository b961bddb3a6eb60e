"""Pages of advertisers, as tests ask for them and read them."""

import re
from html import unescape
from typing import Any

from django.urls import reverse


def url(name: str, *args: object) -> str:
    """Return the address of a page."""
    return reverse(f"promote:{name}", args=args)


def planned(clip: str, **fields: Any) -> dict[str, Any]:
    """Return what is typed of a campaign."""
    usual = {"name": "Lamps", "objective": "views", "daily_minor": "5", "budget_minor": "20"}
    audience = {"most_shown": "3", "within_days": "1", "bid_minor": "", "interests": ""}
    shown = {"clip": clip, "product": "", "call": "more"}
    return usual | audience | shown | {"zone": "America/New_York"} | fields


def text(answer: Any) -> str:
    """Return a page without its line breaks."""
    return re.sub(r"\s+", " ", answer.content.decode())


def errors(answer: Any) -> dict[str, str]:
    """Return the sentences at the fields of a page, by the names of their fields."""
    assert answer.status_code == 422
    found = re.findall(r'<p class="error" id="[a-z]+-(\w+)_error">(.*?)</p>', text(answer))
    return {name: unescape(said) for name, said in found}
