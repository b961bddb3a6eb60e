"""Pages that ask for ads, as tests play them."""

from typing import Any

from django.contrib.auth.models import AnonymousUser

from tests import make
from vitrine.accounts.models import Person
from vitrine.ads import serving
from vitrine.ads.serving import Shown
from vitrine.ads.viewing import Asking


def ads_for(viewer: Person | None = None, *, at: Any = make.NOON, **asked: Any) -> list[Shown]:
    """Ask for a page from the fifth clip on: an ad may stand after the sixth and the twelfth."""
    clips = [-n for n in range(asked.pop("size", 10))]  # of which nothing is known
    usual = {"key": "v_somebody", "language": "en", "first": 5, "clips": clips}
    fields: dict[str, Any] = usual | asked
    if viewer is not None:
        fields["key"] = viewer.public_id
    return serving.ads_for(Asking(viewer=viewer or AnonymousUser(), **fields), at=at)
