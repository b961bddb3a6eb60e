"""The fields of an offer before anybody has typed: alike for all visitors, and drawn once."""

from dataclasses import dataclass
from typing import Any

from vitrine.accounts.models import Person
from vitrine.orders.models import Address
from vitrine.orders.payment import providers
from vitrine.surfaces.shop.forms import PurchaseForm


@dataclass(frozen=True)
class Blank:
    """What such fields hang on, and all that their template asks of an offer."""

    country: str
    region: str
    provider: str
    needs_address: bool
    asks_postcode: bool

    saved = False
    address = None
    addresses = ()

    @property
    def form(self) -> PurchaseForm:
        return PurchaseForm(
            initial=initial(None, None, "", self.region),
            provider=providers.default(),
            collects=not self.needs_address,
        )


def initial(
    person: Person | None, address: Address | None, method: str, region: str
) -> dict[str, Any]:
    """Return what the fields hold at first. method: "" for none that was kept."""
    known = dict.fromkeys(("name", "line1", "city", "postcode", "phone"), "")
    if address is not None:
        known = {name: getattr(address, name) for name in known}
    first = providers.default().methods()[0].token
    return {
        **known,
        "region": region,
        "email": person.email if person else "",
        "card": method or first,
    }
