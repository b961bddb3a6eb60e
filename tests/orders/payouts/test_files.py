"""Bank files: a payout is in one, a file is always the same, and what comes back is available."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests import make
from tests.market.selling import signed_in, sure
from tests.orders.payouts.work import DAY, agreed, banked, holds, sold
from vitrine.accounts.models import Notice
from vitrine.accounts.telling import Kind
from vitrine.catalog.models import Merchant
from vitrine.orders.models import BankAccount, Payout, PayoutFile, PayoutState
from vitrine.orders.payouts import files, invariants, planning, releasing
from vitrine.orders.payouts.formats.batch import Payer

pytestmark = pytest.mark.django_db
BANK = Payer("Vitrine Inc", "1234567890", "First Bank", "021000021", "9988776655")


def planned(*cents: int) -> list[Merchant]:
    """Make shops with a payout each that waits for the bank."""
    shops = [make.merchant() for _ in cents]
    for shop, each in zip(shops, cents, strict=True):
        agreed(shop, return_days=0, next_on=date(2026, 11, 20))
        banked(shop, at=make.NOON - 2 * DAY)
        sold(shop, each)
    releasing.release_due(at=make.NOON)
    planning.plan_due(at=make.NOON)
    return shops


def test_staff_make_a_file_fetch_it_twice_and_take_in_what_came_back(settings: Settings) -> None:
    lamps, mugs, rugs, shut, connected = planned(10_000, 5_000, 20_000, 900, 800)
    shut.suspend(at=make.NOON)
    elsewhere = BankAccount.objects.filter(payee_id=connected.public_id)
    elsewhere.update(method="stripe")
    staff = make.person(is_staff=True)
    client, there = sure(staff), reverse("desk:payouts")
    assert signed_in(make.person(is_moderator=True)).get(there).status_code == 404

    assert client.post(there).status_code == 409  # nobody said which bank pays
    settings.VITRINE_BANK = BANK
    made = client.post(there)
    file = PayoutFile.objects.get()
    page = reverse("desk:batch", args=[file.public_id])
    assert made.headers["Location"] == page
    assert client.post(there).status_code == 409
    assert (file.number, file.format, file.payments, file.by) == (1, "nacha", 3, staff)
    assert file.total_minor == 9_895 + 5_195 + 19_295
    assert file.pay_on is not None
    assert file.pay_on.weekday() < 5
    states = dict(Payout.objects.values_list("payee_id", "state"))
    assert states[lamps.public_id] == PayoutState.SENT
    assert states[shut.public_id] == PayoutState.PLANNED

    text = reverse("desk:batch_text", args=[file.public_id])
    asked = signed_in(staff).get(text)
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    first, settings.VITRINE_BANK = client.get(text), None
    again = client.get(text)
    assert first.content == again.content
    assert [one.by for one in file.readings.all()] == [staff, staff]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        file.readings.all().delete()
    assert client.get(page).content.decode().count(f"<li>@{staff.handle},") == 2
    assert first.headers["Content-Disposition"].endswith('"payouts-us-00001.ach"')
    assert len(first.content) % (96 * 10) == 0
    payout = Payout.objects.get(payee_id=lamps.public_id)
    assert files.reference(payout).encode() in first.content

    came_back = reverse("desk:bounce", args=[file.public_id, payout.public_id])
    assert client.post(came_back, {"reason": " "}).status_code == 422
    assert client.post(came_back, {"reason": "No such account"}).status_code == 302
    assert client.post(came_back, {"reason": "Again"}).status_code == 409
    assert holds(lamps) == {"available": 9_895}
    assert Notice.objects.filter(kind=Kind.PAYOUT).count() == 1
    shown = client.get(page).content.decode()
    assert "No such account" in shown
    assert "123456789" not in shown

    to_mugs, to_rugs = (Payout.objects.get(payee_id=one.public_id) for one in (mugs, rugs))
    rows = [f"{files.reference(to_mugs)},51.95,Closed", f"{files.reference(to_rugs)},192.96,Closed"]
    wrong = take(client, rows)
    assert wrong.status_code == 422
    assert b"Row 3: the payout is of another amount." in wrong.content
    assert holds(mugs) == {"transit": 5_195}
    twice = take(client, [rows[0], rows[0]])
    assert twice.status_code == 422
    assert b"Row 3: the payout is in row 2 already." in twice.content
    rows[1] = rows[1].replace("192.96", "192.95")
    for _ in range(2):
        assert take(client, rows).status_code == 302
    assert (holds(mugs), holds(rugs)) == ({"available": 5_195}, {"available": 19_295})
    assert b"Row 2: no payout that was sent is called" in take(client, ["X,1.00,"]).content
    assert invariants.payouts_add_up().violations == []


def take(client: Client, rows: list[str]) -> Any:
    body = "\n".join(["reference,amount,reason", *rows]).encode()
    sent = {"file": SimpleUploadedFile("returns.csv", body)}
    return client.post(reverse("desk:returns"), sent)


def test_a_payout_is_in_one_file_and_a_file_that_was_changed_is_not_sent(
    settings: Settings,
) -> None:
    settings.VITRINE_BANK = BANK
    planned(10_000)
    at: datetime = make.NOON + timedelta(hours=15)  # the same day in New York
    by = make.person()
    file = files.make(by=by, at=at)
    assert b"2611202200" in files.content(file).splitlines()[0]
    other = PayoutFile.objects.create(number=2, format="nacha", at=at, by=by)

    with pytest.raises(IntegrityError, match="in a file already"), transaction.atomic():
        Payout.objects.update(file=other)
    with pytest.raises(files.NothingWaits):
        files.make(by=by, at=at)

    file.payer = file.payer | {"name": "Somebody else"}  # type: ignore[operator]
    with pytest.raises(ValueError, match="not what it was"):
        files.content(file)


def test_banks_pay_on_the_next_day_that_they_work() -> None:
    friday_before_thanksgiving_week = date(2026, 11, 20)
    assert files.next_banking_day(friday_before_thanksgiving_week, "US") == date(2026, 11, 23)
    assert files.next_banking_day(date(2026, 11, 25), "US") == date(2026, 11, 27)
    assert files.next_banking_day(date(2026, 12, 24), "NZ") == date(2026, 12, 29)
