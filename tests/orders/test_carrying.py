"""What is plain is carried through together; the rest goes on alone from where it stands."""

import hashlib
from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.orders.test_invariants import CHECKS
from tests.orders.test_placing import draft
from vitrine.orders import carrying, charging, checkout
from vitrine.orders.models import GroupState, Payment, PaymentState
from vitrine.orders.payment import sandbox
from vitrine.orders.payment.bank import BankCharge
from vitrine.orders.placing import Draft, Left
from vitrine.sovereignty.models import Leaving

pytestmark = pytest.mark.django_db


def states(drafts: Sequence[Draft]) -> list[tuple[str, str]]:
    kept = {one.pk: one for one in Payment.objects.select_related("group")}
    found = [kept[one.payment.pk] for one in drafts if one.payment.pk]
    return [(one.state, one.group.state) for one in found]


def test_the_plain_are_charged_and_placed_together_and_the_others_are_left() -> None:
    lamp = make.variant(stock=4)
    tokens = (sandbox.SUCCEEDS, sandbox.DECLINES, sandbox.SUCCEEDS, sandbox.TIMES_OUT)
    drafts = [draft(lamp, token=token) for token in (*tokens, sandbox.SUCCEEDS)]

    with CaptureQueriesContext(connection) as captured:
        lefts = carrying._carry_all(drafts)

    assert lefts == [None, None, None, None, Left.SOLD_OUT]
    said = [one["sql"] for one in captured if "SAVEPOINT" not in one["sql"]]
    assert len(said) == 4  # shelves, rows with what leaves, bank, placing with its job
    placed = (PaymentState.AUTHORISED.value, GroupState.PLACED.value)
    held = (PaymentState.STARTED.value, GroupState.HELD.value)
    assert states(drafts) == [placed, held, placed, held]
    assert [one.payment.state for one in drafts[:4]] == [state for state, _ in states(drafts)]
    assert all(one.payment.reference for one in drafts if one.payment.state == placed[0])
    assert Leaving.objects.filter(purpose="authorise").count() == BankCharge.objects.count() == 2

    for one in drafts[1:4]:
        if one.payment.state == PaymentState.STARTED:
            checkout.charge(one.payment, at=make.NOON)

    assert [state for state, _ in states(drafts)] == [
        "authorised",
        "declined",
        "authorised",
        "unknown",
    ]
    assert [check().violations for check in CHECKS[:-1]] == [[]] * (len(CHECKS) - 1)


def test_a_bank_that_breaks_leaves_each_its_own_charge(monkeypatch: pytest.MonkeyPatch) -> None:
    lamp = make.variant(stock=2)
    drafts = [draft(lamp), draft(lamp)]
    with monkeypatch.context() as broken:
        broken.delattr(sandbox.Sandbox, "authorise_plain")
        assert carrying._carry_all(drafts) == [None, None]
    assert {state for state, _ in states(drafts)} == {"started"}

    for payment in Payment.objects.select_related("group"):
        checkout.charge(payment, at=make.NOON)

    assert {state for state, _ in states(drafts)} == {"authorised"}


def test_a_charge_whose_key_the_bank_has_seen_is_not_made_again() -> None:
    first = draft(make.variant(stock=2))
    assert carrying._carry_all([first]) == [None]
    charge = BankCharge.objects.get()
    asked = charging.of(first.payment)

    assert sandbox.PROVIDER.authorise_plain([asked]) == [None]
    assert sandbox.PROVIDER.authorise(asked).reference == charge.reference
    assert BankCharge.objects.count() == 1


def test_a_purchase_says_what_leaves_and_one_that_is_not_written_says_nothing() -> None:
    lamp = make.variant(stock=2)
    first, again = draft(lamp, key="one"), draft(lamp, key="one")

    lefts = carrying._carry_all([first, again])

    assert lefts == [None, Left.KEY_USED]
    said = f"{first.payment.key} {first.payment.asked_minor}".encode()
    (leaving,) = Leaving.objects.all()
    assert (leaving.destination, leaving.purpose) == ("payments:sandbox", "authorise")
    assert leaving.classes == ["MONEY", "SENSITIVE"]
    assert (bytes(leaving.digest), leaving.size) == (hashlib.sha256(said).digest(), len(said))
