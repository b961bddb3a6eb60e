"""Six weeks of three shops and five creators, with stores, vouchers, gift cards, a cancellation,
refunds, a dispute, rates that change and a payout that comes back: every figure is worked out by
hand here, and everybody adds up to it.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from tests import make
from tests.fakes.stripe import Bank, disputes
from tests.ledger.test_export import added_up
from tests.market.selling import signed_in, url
from tests.orders.cards import bought, code_in_mail, press, selling
from tests.orders.money import balances
from tests.orders.payouts.creators import Creator, by_clip, due_at, reckoned, troupe
from tests.orders.payouts.work import DAY, agreed, banked, holds, payee, refunded, shipped, sold
from tests.orders.test_stripe import buy, kept_card
from vitrine.accounts.models import Person
from vitrine.catalog.models import LocationKind, Merchant
from vitrine.commission import delivered, reckoning
from vitrine.commission import invariants as commission_invariants
from vitrine.kernel.invariants import REGISTER
from vitrine.ledger import accounts, chain, closing, export
from vitrine.ledger import invariants as ledger_invariants
from vitrine.ledger.models import Account
from vitrine.orders import codes, handing_over, moving, offering, quote, refunding
from vitrine.orders import disputes as arguing
from vitrine.orders import invariants as orders_invariants
from vitrine.orders.charges import moving as charge_moving
from vitrine.orders.giftcards import buying, giving_back, letters
from vitrine.orders.models import Dispute, Order, Payout, PayoutState, Purse, Statement
from vitrine.orders.offering import Terms
from vitrine.orders.payouts import entries, files, paying, planning, releasing, statements
from vitrine.orders.payouts import invariants as payout_invariants
from vitrine.orders.payouts.formats.batch import Payer
from vitrine.orders.promoting import Gift
from vitrine.orders.wanted import Wanted

pytestmark = pytest.mark.django_db
ASKED = (commission_invariants, ledger_invariants, orders_invariants)
"""Imported for what they register."""
MINUTE = timedelta(minutes=1)
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def day(of_december: int, hour: int = 12) -> datetime:
    """Return an hour of a day of December, or, from 1 down, of November."""
    return datetime(2026, 12, 1, hour, tzinfo=UTC) + (of_december - 1) * DAY


def collected(shop: Merchant, cents: int) -> None:
    """Sell something that is collected in a store of the shop."""
    thing = make.variant(make.product(shop), price_minor=cents)
    store = make.location(shop, LocationKind.STORE)
    make.stocked(thing, 1, at=store)
    order = make.purchase(thing, store=store).group.orders.get()
    clerk = make.person()
    handing_over.make_ready(order, by=clerk, at=make.NOON)
    key = handing_over.collect(order, codes.of_order(order), by=clerk, at=make.NOON)
    moving.make(key, at=make.NOON)


def by_voucher(shop: Merchant, cents: int, code: str, who: Creator) -> Order:
    """Sell something by a creator's clip with a code, delivery 4.95."""
    thing = make.variant(make.product(shop), stock=1, price_minor=cents)
    shown = quote.build(
        [Wanted(thing, 1)], choices={}, region="NY", voucher=code, at=make.NOON
    ).total_minor
    return by_clip(who, thing, voucher=code, shown_total_minor=shown)


def cards_bought(shop: Merchant, *cents: int, given_back: int) -> list[str]:
    """Sell gift cards of a shop, and take one back; return their codes."""
    selling(shop, least_minor=100, amounts_minor=[])
    codes_told = []
    for amount in cents:
        sale = buying.buy(press(shop, amount_minor=amount), at=make.NOON)
        letters.send_code(sale.pk, at=make.NOON)
        codes_told.append(code_in_mail())
        if amount == given_back:
            then = make.NOON + 2 * DAY
            charge_moving.make(giving_back.give_back(sale, at=then), at=then)
    return codes_told


def cards_hold(shop: Merchant, *cents: int) -> dict[str, int]:
    """Return what the cards of a shop hold, in the order in which they were sold."""
    left = Purse.objects.issued_by(shop).filter(put_minor__gt=F("spent_minor")).order_by("pk")
    return dict(zip((one.account for one in left), cents, strict=True))


def told(whose: Merchant | Person, month: date) -> dict[str, int]:
    """Return what a shop's or a creator's statement says, without what is nothing."""
    found = Statement.objects.get(payee_id=whose.public_id, month=month)
    names = ("opening", *statements.COLUMNS, "closing")
    return {name: amount for name in names if (amount := getattr(found, f"{name}_minor"))}


def test_six_weeks_of_three_shops_and_five_creators_come_out_to_the_cent_wherever_they_are_added(
    bank: Bank, settings: Settings
) -> None:
    settings.VITRINE_BANK = Payer("Vitrine", "1234567890", "Bank", "021000021", "998877")
    staff = make.person(is_staff=True)
    owner = make.person()
    lamps = make.merchant("Lamps", owner=owner)
    mugs, rugs = make.merchant("Mugs"), make.merchant("Rugs")
    for shop in (lamps, mugs, rugs):
        agreed(shop, return_days=7, next_on=date(2026, 11, 23))
        banked(shop)
    agreed(rugs, reserve_percent=10, reserve_days=20, minimum_minor=1)
    offering.offer(
        Terms("Ours", Gift.PERCENT, percent=10, code="MUGS10"), merchant=mugs, at=make.NOON
    )
    offering.offer(
        Terms("Theirs", Gift.PERCENT, percent=20, code="ALL20"), merchant=None, at=make.NOON
    )

    cast = troupe(mugs, rugs)
    cup = make.variant(make.product(mugs), stock=9, price_minor=3_000)
    jug = make.variant(make.product(mugs), stock=9, price_minor=4_000)
    rug = make.variant(make.product(rugs), stock=9, price_minor=10_000)

    # 20 November. Lamps: 100.00 + 4.95 paid with a card at Stripe, and 40.00 in the store.
    # Mugs: 50.00 less 10 %, borne by Mugs. Rugs: 200.00 less 20 %, made good by the platform.
    # The fee is 6 % of the goods as paid: 6.00, 2.40, 2.70, 9.60. New York taxes goods and
    # delivery with 4 % (+4.20, 1.60, 2.00, 6.60), which the platform hands on.
    thing = make.variant(make.product(lamps), stock=1, price_minor=10_000)
    disputed = shipped(buy(thing, token=kept_card(bank)).group.orders.get())
    collected(lamps, 4_000)
    # Both were met on clips: of the 45.00 that were paid Cyd has 10 %, of the 160.00 Eve 8 %.
    mug = by_voucher(mugs, 5_000, "MUGS10", cast.cyd)
    of_eve = by_voucher(rugs, 20_000, "ALL20", cast.eve)
    assert holds(lamps) == {"pending": 9_895 + 3_760}
    assert holds(mugs) == {"pending": 4_725 - 450}
    assert holds(rugs) == {"pending": 19_535 - 1_280}

    # By clips alone: two cups of Ada's, 60.00 at 10 %; two jugs of Ben's, 80.00 at 10 %; of Dee's
    # 110.00 the cup is offered to her by nobody, the 80.00 of her own offer give 20 %.
    by_clip(cast.ada, cup, quantity=2)
    of_ben = by_clip(cast.ben, jug, quantity=2)
    by_clip(cast.dee, cast.gold, cup)
    assert holds(mugs) == {"pending": 4_275 + 5_535 + 7_215 + 9_235}
    assert cast.holds == [{"pending": due} for due in (600, 800, 450, 1_600, 1_280)]

    # Mugs sells three gift cards, of 50.00, 20.00 and 25.00; the last is given back two days later.
    # None of it is a sale of Mugs, nor money that it has.
    of_cards = cards_bought(mugs, 5_000, 2_000, 2_500, given_back=2_500)
    assert holds(mugs) == {"pending": 4_275 + 5_535 + 7_215 + 9_235}

    # Mugs: one is cancelled before it leaves, the other comes back.
    other = make.purchase(make.variant(make.product(mugs), stock=1)).group.orders.get()
    key = handing_over.cancel(other, by=make.person(), at=make.NOON + DAY, reason="Broken")
    moving.make(key, at=make.NOON + DAY)
    refunded(mug, at=make.NOON + 2 * DAY)
    reckoned(mug, at=make.NOON + 2 * DAY)
    assert (holds(mugs), cast.cyd.holds) == ({"pending": 21_985}, {})
    sold(lamps, 6_000, at=make.NOON + 3 * DAY)  # 61.35

    # 26 November: the cut of Mugs waited its 30 days, so a cup of 30.00 gives Ada 5 %. Rugs gives
    # 10 % since the 21st, at once: Eve has 10.00 of 100.00.
    late_ada = by_clip(cast.ada, cup, at=make.NOON + 6 * DAY)
    by_clip(cast.eve, rug, at=make.NOON + 6 * DAY)
    assert (cast.ada.holds, cast.eve.holds) == ({"pending": 750}, {"pending": 2_280})

    # 27 November: what was sold on the 20th matures. 30 November, a Monday: it is paid.
    releasing.release_due(at=make.NOON + 7 * DAY)
    assert holds(lamps) == {"pending": 6_135, "available": 13_655}
    assert holds(mugs) == {"pending": 3_165, "available": 21_985}
    assert holds(rugs) == {"pending": 8_895, "available": 16_430, "reserve": 1_825}
    planning.plan_due(at=day(0))
    first = files.make(by=staff, at=day(0))
    assert (first.payments, first.total_minor) == (3, 13_655 + 21_985 + 16_430)

    statements.close_due(at=day(1, 4))  # still November in New York
    assert not Statement.objects.exists()
    statements.close_due(at=day(1, 6))
    assert told(lamps, NOVEMBER) == {"sales": 20_990, "fees": -1_200, "closing": 19_790}
    assert told(mugs, NOVEMBER) == {
        "sales": 4_995 + 6_495 + 8_495 + 11_495 + 3_495, "refunds": -4_995,
        "fees": -360 - 480 - 660 - 180, "commissions": -600 - 800 - 1_600 - 150,
        "closing": 25_150,
    }  # fmt: skip
    assert told(rugs, NOVEMBER) == {
        "sales": 20_495 + 10_495, "fees": -960 - 600, "commissions": -1_280 - 1_000,
        "closing": 27_150,
    }  # fmt: skip
    earned = {one.person: told(one.person, NOVEMBER) for one in cast.all}
    assert [each.pop("closing", 0) for each in earned.values()] == [750, 800, 0, 1_600, 2_280]
    assert [each.pop("commissions", 0) for each in earned.values()] == [750, 800, 0, 1_600, 2_280]
    assert not any(earned.values())

    # 2 December: two arrive, one comes back. 3 December: the dispute is lost, with the fee.
    to_lamps, to_mugs, to_rugs = (
        Payout.objects.to(payee(shop)).get() for shop in (lamps, mugs, rugs)
    )
    paying.confirm(to_lamps, at=day(2))
    paying.confirm(to_mugs, at=day(2))
    paying.bounce(to_rugs, reason="No such account", at=day(2))
    made = disputes.raise_dispute(bank, disputed.group.payment.reference)
    arguing.hear("stripe", made["id"], at=day(2))
    made["balance_transactions"] = [disputes.balance_transaction(bank, made, fee=1_500)]
    disputes.decide(bank, made["id"], "lost")
    arguing.hear("stripe", made["id"], at=day(3))
    lost = Dispute.objects.get()
    assert (lost.amount_minor, lost.fee_minor) == (disputed.total_minor, 1_500) == (10_915, 1_500)
    assert holds(lamps) == {"pending": 6_135, "available": -12_415}

    # 4 December: Rugs names another account, Lamps sells 150.00. 7 December: Lamps is in debt.
    banked(rugs, at=day(4), number="987654321")
    sold(lamps, 15_000, at=day(4))
    releasing.release_due(at=day(7))
    assert holds(lamps) == {"pending": 14_595, "available": -6_280}
    of_mugs, again = planning.plan_due(at=day(7))
    assert (of_mugs.payee, of_mugs.amount_minor) == (payee(mugs), 3_165)
    assert (again.payee, again.amount_minor) == (payee(rugs), 16_430 + 8_006)
    files.make(by=staff, at=day(7))

    # 11 December: the last sale matures and makes up for the debt. 14 December: the rest is paid.
    releasing.release_due(at=day(11))
    paying.confirm_cleared(at=day(12))
    (rest,) = planning.plan_due(at=day(14))
    assert (rest.payee, rest.amount_minor) == (payee(lamps), 8_315)
    files.make(by=staff, at=day(14))

    # 16 December: 15 days after the parcels of 20 November were delivered, and no minute before,
    # their commissions can be paid out; those of the 26th have to wait.
    assert due_at(of_ben) == due_at(of_eve) == delivered.at(of_ben) + 15 * DAY == day(16, 5)
    reckoning.sweep(at=day(16, 5) - MINUTE)
    assert cast.holds == [{"pending": due} if due else {} for due in (750, 800, 0, 1_600, 2_280)]
    reckoning.sweep(at=day(16, 5))
    assert cast.ada.holds == {"pending": 150, "available": 600}
    assert cast.eve.holds == {"pending": 1_000, "available": 1_280}

    # 17 December: what was kept back first of Rugs is free. 21 December: it is paid, and the
    # creators are. 28 December: what was kept back last, and what Ada and Eve earned later.
    releasing.release_due(at=day(18))
    paid = {one.payee: one.amount_minor for one in planning.plan_due(at=day(21))}
    theirs = dict(zip(cast.all, (600, 800, 0, 1_600, 1_280), strict=True))
    assert paid == {payee(rugs): 1_825} | {one.payee: due for one, due in theirs.items() if due}
    files.make(by=staff, at=day(21))
    releasing.release_due(at=day(28))
    reckoning.sweep(at=day(28))
    assert day(16, 5) < due_at(late_ada) < day(28)
    last = {one.payee: one.amount_minor for one in planning.plan_due(at=day(28))}
    assert last == {payee(rugs): 889, cast.ada.payee: 150, cast.eve.payee: 1_000}
    files.make(by=staff, at=day(28))
    paying.confirm_cleared(at=day(26))
    for one in Payout.objects.filter(state=PayoutState.SENT):
        paying.confirm(one, at=day(31))
    assert [holds(shop) for shop in (lamps, mugs, rugs)] == [{}, {}, {}]
    assert cast.holds == [{}, {}, {}, {}, {}]

    # 31 December: one of Ben's two jugs was lost. Mugs gives 40.00 back with its tax, has 2.40 of
    # its fee back and 4.00 of Ben, who was paid: both owe it to what they sell next.
    wanted = {of_ben.lines.get().pk: 1}
    late = day(31, 23)
    key = refunding.goods(of_ben, wanted, key="lost", by=owner, at=late, reason="Lost")
    moving.make(key, at=late)
    reckoned(of_ben, at=late)
    assert holds(mugs) == {"available": -4_000 + 240 + 400}
    assert cast.holds == [{}, {"available": -400}, {}, {}, {}]

    # Of the cards of the 20th one pays a cup of 30.00 with delivery and tax, 36.35, whose fee is
    # 1.80; 13.65 are left on it. The third was never spent: it is no payee's, and in no payout.
    shipped(bought(cup, codes=(of_cards[0],), shown_asked_minor=0).group.orders.get(), at=late)
    assert holds(mugs) == {"available": -3_360, "pending": 3_495 - 180}

    statements.close_due(at=day(32, 6))
    assert told(lamps, DECEMBER) == {
        "opening": 19_790, "sales": 15_495, "fees": -900,
        "disputes": -12_415, "payouts": -13_655 - 8_315,
    }  # fmt: skip
    assert told(rugs, DECEMBER) == {"opening": 27_150, "payouts": -16_430 - 8_006 - 1_825 - 889}
    assert told(mugs, DECEMBER) == {
        "opening": 25_150, "sales": 3_495, "refunds": -4_000, "fees": 240 - 180,
        "commissions": 400, "payouts": -21_985 - 3_165, "closing": -3_360 + 3_315,
    }  # fmt: skip
    ada, ben, cyd, dee, eve = (told(one.person, DECEMBER) for one in cast.all)
    assert ada == {"opening": 750, "payouts": -600 - 150}
    assert ben == {"opening": 800, "commissions": -400, "payouts": -800, "closing": -400}
    assert (cyd, dee) == ({}, {"opening": 1_600, "payouts": -1_600})
    assert eve == {"opening": 2_280, "payouts": -1_280 - 1_000}

    stripe = 10_915 - 12_415
    at_bank = (13_655 + 8_315) + 25_150 + 27_150 + (750 + 800 + 1_600 + 2_280)
    tax = 420 + 160 + 660 + 260 + 620 + (260 + 340 + 460 + 140 + 420) - 160 + 140
    card = (4_000 + 160) + (16_495 + 660) + (6_495 + 260) + (15_495 + 620)
    card += (6_495 + 260) + (8_495 + 340) + (11_495 + 460) + (3_495 + 140) + (10_495 + 420)
    card += 5_000 + 2_000 - 4_000 - 160
    assert balances() == {
        "provider:stripe": -stripe,
        "provider:sandbox": -card,
        accounts.merchant(mugs.public_id).available: -3_360,
        accounts.merchant(mugs.public_id).pending: 3_315,
        **cards_hold(mugs, 5_000 - 3_635, 2_000),
        cast.ben.payee.available: -400,
        "platform:fees": 600 + 240 + 960 + 360 + 900 + (360 + 480 + 660 + 180 + 600) - 60,
        "platform:promotions": -4_000,
        "tax:US-NY": tax,
        "bank:operating": at_bank,
    }

    # Every balance again: from closed days, by somebody else's tool, from the lines of statements.
    chain.seal(at=day(32))
    closing.close(date(2026, 12, 31), at=day(32, 6))
    text = "\n".join(export.beancount(until=date(2027, 1, 2), currencies=["USD"]))
    ours = {
        (export.name(each.code), "USD"): held
        for each in Account.objects.all()
        if (held := each.balance_minor())
    }
    assert added_up(text) == ours
    for each in Statement.objects.all():
        since, until = entries.span(each.month)
        lines = list(entries.of(each.payee, since=since, until=until))
        assert each.opening_minor + sum(line.net_minor for line in lines) == each.closing_minor
    broken = [
        found for each in REGISTER if each.code[0] in "MKG" for found in each.check().violations
    ]
    assert broken == []
    _seen(signed_in(owner), lamps, mugs)
    assert _found_after_a_cent_was_added(lamps) == [
        f"the statement of {lamps.public_id} for 2026-11-01 is not the sum of what was posted",
        f"the statement of {lamps.public_id} for 2026-12-01 does not begin where the last one "
        "ended",
    ]


def _found_after_a_cent_was_added(shop: Merchant) -> list[str]:
    """Change a statement behind the guards' back, and return what the check says."""
    november = Statement.objects.filter(payee_id=shop.public_id, month=NOVEMBER)
    more = {name: F(name) + 1 for name in ("others_minor", "closing_minor", "available_minor")}
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        november.update(**more)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE orders_statement DISABLE TRIGGER USER")
    november.update(**more)
    return payout_invariants.statements_add_up().violations


def _seen(client: Client, shop: Merchant, others: Merchant) -> None:
    """Look at the pages and the file of a statement."""
    page = client.get(url("statement", shop, "2026-12")).content.decode()
    assert "$197.90" in page
    assert "Invoice" in page
    rows = b"".join(client.get(url("statement_lines", shop, "2026-12"))).decode().splitlines()
    assert rows[1] == ",opening,,,,,,197.90,USD"
    assert rows[2].startswith("2026-12-02,payouts,")
    assert rows[2].endswith(",-136.55,0.00,0.00,0.00,-136.55,USD")
    assert rows[-1] == ",closing,,,,,,0.00,USD"
    assert len(rows) == 2 + 4 + 1
    assert url("statement", shop, "2026-12") in client.get(url("money", shop)).content.decode()
    for month in ("2026-10", "2026-13", "x"):
        assert client.get(url("statement", shop, month)).status_code == 404
    assert client.get(url("statement", others, "2026-12")).status_code == 404
