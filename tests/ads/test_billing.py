"""What is billed: once, by whom it was shown to, in its time, within its lease."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.ads.serving import LATER, VIEWER, Worker, bill
from tests.races import losers, race, winners
from vitrine.ads import billing, disbelieving, leasing, tokens
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import Billed, Charge, Disbelief, Lease, Objective, Response
from vitrine.ads.tokens import Reason

pytestmark = pytest.mark.django_db


def shown(price_micros: int = 5_000, *, at: Any = make.NOON, **fields: Any) -> tuple[Worker, str]:
    one = Worker(making.ad(making.group(making.campaign(**fields))))
    one.take(at=at)
    text = one.serve(price_micros, at=at)
    assert text is not None
    return one, text


def test_a_view_is_billed_once_at_its_price() -> None:
    one, text = shown()

    assert bill(text, at=make.NOON + LATER) == [None]
    assert bill(text, at=make.NOON + LATER) == [Reason.REPLAYED]
    assert bill(text, text, at=make.NOON + LATER) == [Reason.REPLAYED] * 2

    charge = Charge.objects.get()
    assert (charge.ad, charge.price_micros, charge.billed) == (one.ad, 5_000, "view")
    assert Lease.objects.get().spent_micros == 5_000


def test_a_view_of_what_pays_for_clicks_is_counted_and_costs_nothing() -> None:
    _, text = shown(objective=Objective.CLICKS)

    assert bill(text, at=make.NOON + LATER) == [None]
    assert not Charge.objects.exists()
    assert bill(text, at=make.NOON + LATER, what=Billed.CLICK) == [None]
    assert bill(text, at=make.NOON + LATER) == [Reason.REPLAYED]

    assert Charge.objects.get().billed == "click"
    assert Response.objects.get().what == "view"


@pytest.mark.parametrize(
    "after, viewer, why",
    [
        (timedelta(seconds=1), VIEWER, Reason.TOO_EARLY),
        (timedelta(seconds=-9), VIEWER, Reason.TOO_EARLY),
        (timedelta(minutes=31), VIEWER, Reason.EXPIRED),
        (timedelta(seconds=3), "v_another", Reason.NOT_YOURS),
    ],
)
def test_what_comes_at_another_time_or_from_somebody_else_costs_nothing(
    after: timedelta, viewer: str, why: Reason
) -> None:
    _, text = shown()

    assert bill(text, at=make.NOON + after, viewer=viewer) == [why]
    assert not Charge.objects.exists()


def test_a_token_with_any_letter_changed_is_forged() -> None:
    _, text = shown()
    assert len(text) == tokens.LENGTH

    for place in range(len(text)):
        other = "A" if text[place] != "A" else "B"
        forged = text[:place] + other + text[place + 1 :]
        assert bill(forged, at=make.NOON + LATER) == [Reason.FORGED]
    for forged in ("", "é", text[:-4], text + "AAAA", "=" * 76):
        assert bill(forged, at=make.NOON + LATER) == [Reason.FORGED]


def test_what_comes_after_its_lease_was_closed_costs_nothing() -> None:
    _, text = shown()
    leasing.close_over(at=make.NOON + timedelta(hours=1))

    assert bill(text, at=make.NOON + LATER) == [Reason.LEASE_OVER]
    assert not Charge.objects.exists()


def test_what_does_not_fit_into_its_lease_any_more_is_free() -> None:
    one = Worker(making.ad(making.group(making.campaign(budget_minor=1))))
    one.take(at=make.NOON, least_micros=10_000)
    for _ in range(4):
        one.serve(4_000, at=make.NOON, chance=0.01)

    said = bill(*one.given, at=make.NOON + LATER)

    assert Counter(said) == {None: 2, Reason.LEASE_OVER: len(one.given) - 2}
    assert Lease.objects.get().spent_micros == 8_000


def test_a_charge_is_of_an_open_lease_of_its_campaign_and_never_changes() -> None:
    one, text = shown()
    bill(text, at=make.NOON + LATER)
    charge = Charge.objects.get()
    other = making.campaign(one.ad.group.campaign.advertiser)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Charge.objects.update(price_micros=0)
    charge.pk, charge.campaign = None, other
    charge.showing = "0" * 32
    with pytest.raises(IntegrityError, match="open lease of its campaign"), transaction.atomic():
        charge.save(force_insert=True)


def test_beacons_bill_and_count_what_they_refuse(client: Client) -> None:
    now = timezone.now()
    viewer = make.person()
    client.force_login(viewer)
    one = Worker(making.ad())
    one.take(at=now - LATER)
    assert one.promises is not None
    text, _ = tokens.made(
        lease=one.promises.lease,
        ad=one.ad.pk,
        price_micros=3_000,
        billed=Billed.VIEW,
        to=viewer.public_id,
        at=now - LATER,
    )

    said = client.post("/promoted/views", {"tokens": json.dumps([text, "nothing"])})
    again = client.post("/promoted/views", {"tokens": json.dumps([text])})
    followed = client.post("/promoted/clicks", {"tokens": json.dumps([text])})

    assert [said.status_code, again.status_code, followed.status_code] == [204, 204, 204]
    assert Charge.objects.get().price_micros == 3_000
    assert Response.objects.get().what == "click"
    disbelieving.batch.flush(at=now)
    counted = dict(Disbelief.objects.values_list("reason", "reports"))
    assert counted == {"forged": 1, "replayed": 1}


@pytest.mark.parametrize("text", ["{", "[1]", '["' + "A" * 77 + '"]', "[" + '"",' * 20 + '""]'])
def test_a_beacon_that_is_none_is_refused(client: Client, text: str) -> None:
    assert client.post("/promoted/views", {"tokens": text}).status_code == 422
    assert client.get("/promoted/views").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_eight_who_report_the_same_at_once_are_billed_once() -> None:
    _, text = shown()
    heard = billing.opened([text], Billed.VIEW, viewer=VIEWER, at=make.NOON + LATER)

    results = race(8, lambda _: billing.bill_all([heard.reports])[0][0])

    assert losers(results) == []
    assert Counter(winners(results)) == {None: 1, Reason.REPLAYED: 7}
    assert Charge.objects.count() == 1
    assert ads_cost_what_was_charged().violations == []


@pytest.mark.django_db(transaction=True)
def test_eight_who_report_more_than_a_lease_has_are_billed_what_it_has() -> None:
    one = Worker(making.ad(making.group(making.campaign(budget_minor=1))))
    one.take(at=make.NOON, least_micros=10_000)
    assert one.promises is not None
    one.promises.amount_micros = 10**9  # as if its process had forgotten what it has
    for _ in range(40):
        one.serve(1_000, at=make.NOON)

    results = race(8, lambda n: bill(*one.given[n * 5 : n * 5 + 5], at=make.NOON + LATER))

    assert losers(results) == []
    said = Counter(why for each in winners(results) for why in each)
    assert said == {None: 10, Reason.LEASE_OVER: 30}
    assert Lease.objects.get().spent_micros == 10_000
    assert ads_cost_what_was_charged().violations == []
