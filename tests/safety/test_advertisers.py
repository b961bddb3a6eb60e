"""An advertiser that is suspended: what is shown and billed then, who is told, and lifting it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from tests import make
from tests.ads import making
from tests.ads.asking import ads_for
from tests.ads.serving import LATER, Worker, bill
from tests.market.selling import signed_in
from tests.races import losers, race
from tests.safety import judged
from vitrine.accounts.models import Notice, Person
from vitrine.ads import leasing, suspending
from vitrine.ads import standing as standing_ads
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import AdMember, AdRole, Advertiser, Charge, Lease
from vitrine.ads.tokens import Reason
from vitrine.orders import wallets
from vitrine.orders.deposits import giving_back
from vitrine.safety import judging, news, standing
from vitrine.safety.judging import NotForYou
from vitrine.safety.models import Case, Decision, Strike
from vitrine.safety.policy import Measure
from vitrine.safety.standing import StandsSo

pytestmark = pytest.mark.django_db
TEXT = "What our ads promise is on the label, here is a picture of it."


@pytest.fixture(autouse=True)
def _reads_anew(_without_ads: None) -> None:
    standing_ads.forget()


def decided(payer: Advertiser, **fields: Any) -> Decision:
    return standing.decide(
        payer, by=fields.pop("by", None) or judged.moderator(), reason="deceit",
        measure=fields.pop("measure", Measure.BAR), words="It promises gold.", at=make.NOON,
    )  # fmt: skip


def member(payer: Advertiser, role: AdRole, person: Person | None = None) -> Person:
    person = person or make.person()
    AdMember.objects.create(
        advertiser=payer, person=person, role=role, since_at=make.NOON, by=person
    )
    return person


def test_nothing_of_it_is_shown_or_billed_from_then_on_until_that_is_lifted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(standing_ads, "READ_EVERY", timedelta(seconds=10))
    payer = making.advertiser(put_minor=10_00)
    making.ad(making.group(making.campaign(payer)))
    seen, (late, *_) = ads_for(key="v_1"), ads_for(key="v_2")
    assert bill(seen[0].token, at=make.NOON + LATER, viewer="v_1") == [None]
    cost_micros = Charge.objects.get().price_micros

    decided(payer)

    assert ads_for(key="v_3") == []
    said = bill(late.token, at=make.NOON + LATER, viewer="v_2")
    assert said == [Reason.LEASE_OVER]
    payer.wallet.refresh_from_db()
    assert (payer.wallet.held_micros, payer.wallet.spent_micros) == (0, cost_micros)
    assert giving_back.most_minor(payer.wallet) == wallets.free_minor(payer.wallet) == 9_99
    assert ads_cost_what_was_charged().violations == []

    decided(payer, measure=Measure.ALLOW)
    at = make.NOON + standing_ads.READ_EVERY
    (again,) = ads_for(key="v_4", at=at)

    assert bill(again.token, at=at + LATER, viewer="v_4") == [None]
    assert ads_cost_what_was_charged().violations == []


def test_who_may_change_something_is_told_and_appeals_and_campaigns_say_why_they_rest() -> None:
    payer = making.advertiser()
    campaign = making.campaign(payer)
    owner, keeper = making.owner_of(payer), member(payer, AdRole.MONEY)
    reader = member(payer, AdRole.FIGURES)
    first, second = judged.moderator(), judged.moderator()
    inside = member(payer, AdRole.FIGURES, judged.moderator())

    decision = decided(payer, by=first)
    mail.outbox.clear()
    news.tell_author(decision)

    told = Notice.objects.filter(kind="decision").values_list("person", flat=True)
    assert set(told) == {owner.pk, keeper.pk}
    assert {letter.to[0] for letter in mail.outbox} == {owner.email, keeper.email}
    assert "It promises gold." in mail.outbox[0].body
    assert not Strike.objects.exists()
    link = decision.get_absolute_url()
    page_of_it = reverse("promote:campaign", args=[payer.public_id, campaign.public_id])
    pages = {
        person.pk: signed_in(person).get(page_of_it).content.decode() for person in (owner, reader)
    }
    assert all("Stopped by moderators" in page for page in pages.values())
    assert (link in pages[owner.pk], link in pages[reader.pk]) == (True, False)
    assert signed_in(reader).get(link).status_code == 404
    assert "A moderator saw it." in signed_in(keeper).get(link).content.decode()

    signed_in(keeper).post(f"{link}/appeal", {"text": TEXT})
    case = Case.objects.get(origin="appealed")
    for unfit in (first, inside):
        with pytest.raises(NotForYou):
            judging.decide(
                case, by=unfit, reason="deceit", measure=Measure.NONE, words="", at=make.NOON
            )
    page = signed_in(second).get(f"/desk/cases/{case.public_id}/").content.decode()
    judging.decide(case, by=second, reason="deceit", measure=Measure.NONE, words="", at=make.NOON)

    assert "What our ads promise" in page
    assert "Suspend the advertiser" in page
    assert "Remove and suspend" not in page
    payer.refresh_from_db()
    assert payer.suspended_at is None
    shown = signed_in(owner).get(page_of_it).content.decode()
    assert "Stopped by moderators" not in shown


def test_a_moderator_suspends_and_lifts_at_the_desk_and_never_their_own() -> None:
    moderator = judged.moderator()
    payer, own = making.advertiser(name="Lamps"), making.advertiser(moderator, name="Own")
    client = signed_in(moderator)
    typed = {"reason": "deceit", "measure": "bar", "words": "It promises gold."}
    page, mine = (f"/desk/advertisers/{one.public_id}/" for one in (payer, own))

    silent = client.post(page, typed | {"words": ""})
    client.post(page, typed)
    listed = client.get("/desk/advertisers/").content.decode()
    again = client.post(page, typed)
    client.post(page, typed | {"measure": "allow"})
    theirs = client.post(mine, typed)

    assert "Say to the owners why." in silent.content.decode()
    assert "Lamps" in listed
    assert "Lamps" in client.get("/desk/advertisers/?q=lamp").content.decode()
    assert (again.status_code, theirs.status_code) == (422, 409)
    measures = Decision.objects.order_by("pk").values_list("measure", flat=True)
    assert list(measures) == ["bar", "allow"]
    assert not Advertiser.objects.filter(suspended_at__isnull=False).exists()
    with pytest.raises(StandsSo):
        decided(payer, measure=Measure.ALLOW)


def test_the_database_keeps_who_acts_for_it_from_judging_it() -> None:
    payer = making.advertiser()
    inside = member(payer, AdRole.FIGURES, judged.moderator())
    case = judged.case(payer)

    with pytest.raises(IntegrityError, match="their own"), transaction.atomic():
        Decision.objects.create(
            case=case, by=inside, measure="none", reason="spam", thing="It", at=make.NOON
        )


def test_the_database_knows_no_open_lease_of_a_suspended_advertiser() -> None:
    one = Worker(making.ad())
    one.take(at=make.NOON)
    payer = one.ad.group.campaign.advertiser

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ads_advertiser_rests IMMEDIATE")
    with pytest.raises(IntegrityError, match="no open lease"), transaction.atomic():
        Advertiser.objects.update(suspended_at=make.NOON)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ads_advertiser_rests DEFERRED")
    suspending.suspend(payer, at=make.NOON)
    lease = Lease.objects.get()
    lease.pk, lease.closed_at, lease._state.adding = None, None, True
    with pytest.raises(IntegrityError, match="no open lease"), transaction.atomic():
        lease.save()


@pytest.mark.django_db(transaction=True)
def test_what_is_leased_and_billed_at_the_moment_of_a_suspension_is_before_it_or_refused() -> None:
    """Without the lock on the advertiser a lease is taken after all were closed, and refused."""
    payer = making.advertiser()
    ones = [Worker(making.ad(making.group(making.campaign(payer)))) for _ in range(7)]
    for round_no in range(4):
        at = make.NOON + timedelta(hours=round_no)

        def act(number: int, at: Any = at) -> None:
            if number == 7:
                suspending.suspend(payer, at=at)
                return
            for _ in range(4):
                if ones[number].take(at=at):
                    text = ones[number].serve(10_000, at=at)
                    bill(text or "", at=at + LATER)

        results = race(8, act)

        assert losers(results) == []
        assert not Lease.objects.filter(closed_at=None).exists()
        assert ads_cost_what_was_charged().violations == []
        for one in ones:
            assert not one.take(at=at)
        suspending.reinstate(payer)
    payer.wallet.refresh_from_db()
    assert payer.wallet.spent_micros == 10_000 * Charge.objects.count()
    assert payer.wallet.held_micros == 0
    assert leasing.close_over(at=make.NOON + timedelta(days=1)) == 0
