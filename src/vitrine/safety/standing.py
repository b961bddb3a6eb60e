"""Suspend a shop or an advertiser at the desk, warn it, or lift that: a case decided at once."""

from datetime import datetime
from typing import Any

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.ads.models import Advertiser
from vitrine.catalog.models import Merchant
from vitrine.kernel.errors import Refusal
from vitrine.safety import judging
from vitrine.safety.models import Case, Decision, Origin
from vitrine.safety.policy import STANDING, Kind, Measure
from vitrine.safety.things import Thing


class StandsSo(Refusal):
    """It is suspended already, or is not."""

    code = "stands_so"
    message = "It stands so already. Somebody else was faster."


def measures(kind: Kind, *, is_suspended: bool) -> tuple[Measure, ...]:
    """Return what can be decided about an account without a report, as it stands."""
    return Measure.WARN, STANDING[kind][is_suspended]


@transaction.atomic
def decide(
    account: Merchant | Advertiser,
    *,
    by: Person,
    reason: str,
    measure: Measure,
    words: str,
    at: datetime,
) -> Decision:
    """Decide about an account without a report. An open case about it is what is decided then.

    Raises: StandsSo, and what ``judging.decide`` raises.
    Locks: the case's row, then the account's.
    """
    thing = Thing.of(account)
    case = Case.open_on(thing, reason=reason, at=at, origin=Origin.OPENED)
    rows: Any = type(account).objects
    held = rows.select_for_update(no_key=True).get(pk=account.pk)
    if measure not in measures(thing.kind, is_suspended=held.suspended_at is not None):
        raise StandsSo
    return judging.decide(case, by=by, reason=reason, measure=measure, words=words, at=at)
