"""Suspend a merchant at the desk, warn it, or let it sell again: a case that is decided at once."""

from datetime import datetime

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.kernel.errors import Refusal
from vitrine.safety import judging
from vitrine.safety.models import Case, Decision, Origin
from vitrine.safety.policy import Measure
from vitrine.safety.things import Thing

MEASURES = (Measure.WARN, Measure.SHUT, Measure.LIFT)


class StandsSo(Refusal):
    """The shop is suspended already, or is not."""

    code = "stands_so"
    message = "The shop stands so already. Somebody else was faster."


@transaction.atomic
def decide(
    merchant: Merchant, *, by: Person, reason: str, measure: Measure, words: str, at: datetime
) -> Decision:
    """Decide about a shop without a report. An open case about it is what is decided then.

    Raises: StandsSo, and what ``judging.decide`` raises.
    Locks: the case's row, then the merchant's.
    """
    case = Case.open_on(Thing.of(merchant), reason=reason, at=at, origin=Origin.OPENED)
    held = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    if measure in (Measure.SHUT, Measure.LIFT) and held.is_suspended is (measure is Measure.SHUT):
        raise StandsSo
    return judging.decide(case, by=by, reason=reason, measure=measure, words=words, at=at)
