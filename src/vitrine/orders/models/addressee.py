"""Whom an order is for, as far as its merchant may know it yet."""

from datetime import UTC, datetime

from django.db.models import Case, CharField, JSONField, Value, When
from django.db.models.functions import Coalesce, JSONObject

PERSONAL = ("name", "line1", "line2", "city", "postcode", "phone")
"""What of a purchase's recipient is withheld; the region is told at once."""
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Until when the address of an order is withheld that was cancelled while it was."""


def addressee(*, at: datetime) -> Case:
    """Return whom an order is for, empty while it is withheld: the database leaves it out.

    A destination of its own goes before where the purchase goes.
    """
    empty = Value("", output_field=CharField())
    told = {
        name: Coalesce(f"destination__{name}", f"group__{name}") for name in (*PERSONAL, "region")
    }
    withheld = told | dict.fromkeys(PERSONAL, empty)
    return Case(
        When(withheld_until__gt=at, then=JSONObject(**withheld)),
        default=JSONObject(**told),
        output_field=JSONField(),
    )
