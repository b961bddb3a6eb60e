"""A provider's report beside the books: each line is borne out, differs, or waits for words."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from tests import make
from tests.fakes.stripe import Bank, disputes
from tests.market.selling import signed_in
from tests.orders.money import balances
from tests.orders.payouts.work import DAY, refunded, shipped, sold
from tests.orders.test_stripe import buy, kept_card
from vitrine.accounts.models import Person
from vitrine.ledger import posting
from vitrine.ledger.posting import Reason
from vitrine.orders import disputes as arguing
from vitrine.orders.models import BankMove, Dispute, ProviderReport, ReportLine
from vitrine.orders.reconciling import forms, reading, taking
from vitrine.orders.reconciling.reading import Fault
from vitrine.orders.reconciling.taking import BadReport, KnownReport

pytestmark = pytest.mark.django_db
STRIPE = (
    "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Description,"
    "Transfer Group,order (metadata),move (metadata)"
)


@pytest.fixture
def staff() -> Person:
    return make.person(is_staff=True)


def take(text: str, staff: Person, *, provider: str = "stripe") -> ProviderReport:
    file = io.BytesIO(text.encode())
    return taking.take(file, provider=provider, name="report.csv", by=staff, at=make.NOON + 9 * DAY)


def states(report: ProviderReport) -> dict[int, str]:
    return dict(report.all_lines.order_by("row").values_list("row", "state"))


def test_the_test_banks_own_report_is_borne_out_to_the_cent(staff: Person) -> None:
    shop = make.merchant()
    first = sold(shop, 10_000)
    sold(shop, 5_000)
    refunded(first, at=make.NOON + DAY)
    at = BankMove.objects.order_by("at").values_list("at", flat=True)
    span: dict[str, Any] = {"since": min(at), "until": max(at) + DAY}
    text = "".join(forms.sandbox_report(**span))
    client, there = signed_in(staff), reverse("desk:reconciliation")

    sent = {"provider": "sandbox", "file": SimpleUploadedFile("bank.csv", text.encode())}
    assert client.post(there, sent).status_code == 302
    report = ProviderReport.objects.get()
    assert states(report) == {2: "matched", 3: "matched", 4: "matched"}
    assert (report.lines, report.known, report.costs_minor) == (3, 0, 0)
    again = {"provider": "sandbox", "file": SimpleUploadedFile("copy.csv", text.encode())}
    assert client.post(there, again).status_code == 409
    assert ProviderReport.objects.count() == 1

    # The same rows in a longer file are known; what the bank made up is not.
    more = take(
        text + "bt_x,capture,1.00,0.00,1.00,USD,2030-01-01 10:00,k\n", staff, provider="sandbox"
    )
    assert (more.lines, more.known) == (1, 3)
    assert states(more) == {5: "open"}
    page = client.get(reverse("desk:report", args=[more.public_id])).content.decode()
    assert "Nothing posted" in page
    explaining = reverse("desk:report_line", args=[more.public_id, 5])
    assert client.post(explaining, {"words": " "}).status_code == 422
    assert client.post(explaining, {"words": "The bank’s own test"}).status_code == 302
    assert not ReportLine.objects.unsettled().exists()
    assert (
        "The bank’s own test"
        in client.get(reverse("desk:report", args=[more.public_id])).content.decode()
    )
    assert signed_in(make.person()).get(there).status_code == 404


def test_a_report_of_stripe_is_matched_and_its_fees_are_posted(bank: Bank, staff: Person) -> None:
    order = shipped(buy(make.variant(stock=1), token=kept_card(bank)).group.orders.get())
    lost = shipped(buy(make.variant(stock=1), token=kept_card(bank)).group.orders.get())
    untold = shipped(buy(make.variant(stock=1), token=kept_card(bank)).group.orders.get())
    made = disputes.raise_dispute(bank, lost.group.payment.reference)
    arguing.hear("stripe", made["id"], at=make.NOON)
    text = "\n".join(
        [
            STRIPE,
            f"txn_1,charge,ch_1,25.95,1.05,24.90,usd,2026-11-20 11:00,,,{order.public_id},",
            f"txn_2,charge,ch_2,25.94,1.05,24.89,usd,2026-11-20 12:30,,,{lost.public_id},",
            f"txn_3,adjustment,{made['id']},-25.95,15.00,-40.95,usd,2026-11-21 12:00,,,,",
            "txn_4,stripe_fee,,-2.00,0.00,-2.00,usd,2026-11-22 12:00,Radar,,,",
            '"txn_5",payout,po_1,-50.00,0.00,-50.00,usd,2026-11-23 12:00,"To our bank, again",,,',
        ]
    )
    assert order.total_minor == 2_595

    report = take(text, staff)

    assert states(report) == {2: "matched", 3: "differs", 4: "open", 5: "matched", 6: "open"}
    assert report.costs_minor == 105 + 105 + 200
    assert balances()["platform:costs:providers"] == -410
    told = taking.missing(report, most=9)
    assert [(kind, what, cents) for _, kind, what, cents in told] == [
        ("order", untold.public_id, 2_595)
    ]

    made["balance_transactions"] = [disputes.balance_transaction(bank, made, fee=1_500)]
    disputes.decide(bank, made["id"], "lost")
    arguing.hear("stripe", made["id"], at=make.NOON + DAY)
    assert Dispute.objects.get().fee_minor == 1_500
    client = signed_in(staff)
    assert client.post(reverse("desk:report", args=[report.public_id])).status_code == 302
    assert states(report)[4] == "matched"
    page = client.get(reverse("desk:report", args=[report.public_id])).content.decode()
    assert "Another amount" in page
    assert untold.public_id[-6:] in page

    taken, charged = 3 * 2_595 - 2_595 - 1_500, 410
    assert balances()["provider:stripe"] == -(taken - charged)


@pytest.mark.parametrize(
    "row, why",
    [
        ("txn_2,charge,,1.005,0.00,1.005,usd,2026-11-20 11:00,,,,", "USD has 2 decimals"),
        ("txn_2,charge,,1e3,0.00,1.00,usd,2026-11-20 11:00,,,,", "is not an amount"),
        ('txn_2,charge,,"1,000.00",0,1000.00,usd,2026-11-20 11:00,,,,', "is not an amount"),
        ("txn_2,charge,,1.00,0.10,1.00,usd,2026-11-20 11:00,,,,", "Amount less fee is not net."),
        ("txn_2,charge,,1.00,0.00,1.00,eur,2026-11-20 11:00,,,,", "The currency is “eur”"),
        ("txn_2,charge,,1.00,0.00,1.00,usd,yesterday,,,,", "is no time"),
        ("txn_2,charge,,1.00,0.00,1.00,usd,0001-01-01T00:00+14:00,,,,", "is no time"),
        (",charge,,1.00,0.00,1.00,usd,2026-11-20 11:00,,,,", "A name is missing"),
        ("txn\0,charge,,1.00,0.00,1.00,usd,2026-11-20 11:00,,,,", "A name is missing"),
        ("txn_2,charge,,1.00", "The row has 4 cells"),
        ('txn_2,"charge"x,,1.00,0.00,1.00,usd,2026-11-20 11:00,,,,', "not a row of a CSV"),
    ],
)
def test_a_bad_row_is_named_and_nothing_of_the_file_is_taken(
    row: str, why: str, staff: Person
) -> None:
    good = "txn_1,charge,ch_1,1.00,0.00,1.00,usd,2026-11-20 11:00,,,,"

    with pytest.raises(BadReport) as refused:
        take("\n".join([STRIPE, good, row]), staff)

    (fault,) = refused.value.faults
    assert fault.row == 3
    assert why in fault.why
    assert not ProviderReport.objects.exists()


def test_files_that_are_no_reports_are_refused_with_their_row(staff: Person) -> None:
    faults = {"": 1, "a,b\n1,2\n": 1, STRIPE: 2}
    for text, row in faults.items():
        with pytest.raises(BadReport) as refused:
            take(text, staff)
        assert [fault.row for fault in refused.value.faults] == [row]
    with pytest.raises(BadReport):
        taking.take(io.BytesIO(b"id\xff\xfe"), provider="stripe", name="x", by=staff, at=make.NOON)
    sent = {"provider": "stripe", "file": SimpleUploadedFile("x.csv", b"a,b\n")}
    page = signed_in(staff).post(reverse("desk:reconciliation"), sent)
    assert page.status_code == 422
    assert "Row 1: The column “id” is missing." in page.content.decode()


def test_a_long_report_is_read_row_by_row() -> None:
    given = 0

    def rows() -> Any:
        nonlocal given
        yield STRIPE + "\n"
        while True:
            given += 1
            yield f"txn_{given},charge,,1.00,0.00,1.00,usd,2026-11-20 11:00,,,,\n"

    lines = reading.read(rows(), forms.STRIPE, currency="USD")

    assert not any(isinstance(next(lines), Fault) for _ in range(500))
    assert given < 510


def test_the_database_lets_money_move_for_a_reports_costs_alone(staff: Person) -> None:
    text = "\n".join([STRIPE, "txn_1,stripe_fee,,-2.00,0.00,-2.00,usd,2026-11-22 12:00,,,,"])
    report = take(text, staff)

    with pytest.raises(KnownReport):
        take(text, staff)
    with pytest.raises(IntegrityError, match="no reason"), transaction.atomic():
        _post_again(report)


def _post_again(report: ProviderReport) -> None:
    legs = {"provider:stripe": 200, "platform:costs:providers": -200}
    reason = Reason("costs", report.public_id)
    posting.post(key="costs:again", legs=legs, currency="USD", reason=reason, at=make.NOON)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
