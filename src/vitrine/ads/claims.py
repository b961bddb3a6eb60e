"""Mail about a deposit that a payer's bank claims back: to who keeps the money, and to the staff.

Leaves through the gate.
"""

from collections.abc import Mapping

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext

from vitrine.accounts import languages
from vitrine.accounts.models import Person
from vitrine.ads.models import AdRole, Advertiser
from vitrine.orders.models import DepositDispute
from vitrine.sovereignty import gate


def tell(dispute: DepositDispute) -> None:
    """Mail that a bank claims a deposit, or what it decided, as it stands now. Queries: 3."""
    deposit = dispute.deposit
    advertiser = Advertiser.objects.get(wallet=deposit.wallet_id)
    said: dict[str, object] = {"dispute": dispute, "deposit": deposit, "advertiser": advertiser}
    for person in advertiser.people((AdRole.OWNER, AdRole.MONEY)):
        link = f"{settings.VITRINE_ORIGIN}{deposit.get_absolute_url()}"
        _send(person, said | {"link": link})
    for person in Person.objects.filter(is_staff=True, is_active=True).order_by("pk"):
        _send(person, said)


def _send(person: Person, said: Mapping[str, object]) -> None:
    with languages.of(person):
        subject = gettext("A bank claims a deposit of {name}")
        name = str(said["advertiser"])
        gate.send_mail(
            to=person.email,
            subject=subject.format(name=name),
            text=render_to_string("ads/mail/claim.txt", dict(said)),
            purpose="receipt",
        )
