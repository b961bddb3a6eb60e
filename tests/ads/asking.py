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
    fields: dict[str, Any] = {"key": "v_somebody", "language": "en", "first": 5, "size": 10} | asked
    if viewer is not None:
        fields["key"] = viewer.public_id
    return serving.ads_for(Asking(viewer=viewer or AnonymousUser(), **fields), at=at)
