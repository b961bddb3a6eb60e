"""Mail to the buyer, through the gate: what it says, and what it never says."""

from collections.abc import Sequence
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends import locmem
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from tests import make
from tests.orders.work import jobs, run_jobs
from vitrine.accounts.models import Notice
from vitrine.accounts.telling import Kind
from vitrine.catalog.models import LocationKind
from vitrine.orders import codes, handing_over, moving, receipting
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Address, DueReceipt, Order, PaymentMethod
from vitrine.orders.payment import sandbox
from vitrine.sovereignty.models import Leaving

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outbox(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "vitrine.sovereignty.gate.MailBackend"
    settings.VITRINE_MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


class Full(locmem.EmailBackend):
    """A relay that takes no letter at all."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Refuse."""
        raise SMTPServerDisconnected


class FullOnce(locmem.EmailBackend):
    """A relay that takes no first letter."""

    is_full = True

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Refuse once."""
        if FullOnce.is_full:
            FullOnce.is_full = False
            raise SMTPServerDisconnected
        return int(super().send_messages(messages))


def texts() -> list[str]:
    return [f"{message.subject}\n{message.body}" for message in mail.outbox]


def ship(order: Order) -> None:
    key = handing_over.ship(order, Parcel("Post", "T123"), by=make.person(), at=make.NOON)
    moving.make(key, at=make.NOON)


def test_the_receipt_adds_up_and_carries_the_link() -> None:
    lamp = make.variant(stock=9)
    group = make.purchase(lamp, quantity=2).group

    run_jobs()

    (receipt,) = texts()
    for said in ("$40.00", "$4.95", "$1.80", "$46.75", lamp.merchant.name, lamp.product.title):
        assert said in receipt
    assert f"http://testserver/o/{group.public_id}?key={group.link_token}" in receipt
    assert "Test mode: no money moves." in receipt
    assert Leaving.objects.filter(destination="mail", purpose="receipt").count() == 1


def test_receipts_go_together_and_one_that_fails_is_tried_again(settings: Settings) -> None:
    settings.VITRINE_MAIL_BACKEND = f"{__name__}.FullOnce"
    FullOnce.is_full = True
    bea, lamp = make.person(), make.variant(stock=9)
    groups = [make.purchase(lamp, buyer=bea).group for _ in range(3)]
    assert len(jobs("send_receipts")) == 1

    run_jobs()
    (late,) = DueReceipt.objects.all()
    assert (len(texts()), late.pk, late.tries) == (2, groups[0].pk, 1)
    run_jobs()
    assert len(texts()) == 2
    DueReceipt.objects.update(due_at=timezone.now())
    run_jobs()

    said = texts()
    assert len(said) == len(groups)
    assert all(any(f"/o/{group.public_id}?" in one for one in said) for group in groups)
    assert Address.objects.count() == PaymentMethod.objects.count() == 1
    assert Notice.objects.filter(person=bea, kind=Kind.ORDER).count() == len(groups)
    assert not DueReceipt.objects.exists()


def test_a_lone_purchase_is_told_of_at_once_and_others_wait_for_company() -> None:
    lamp = make.variant(stock=9)
    for _ in range(2):  # the second joins the job of the first
        make.purchase(lamp)
    (first,) = ProcrastinateJob.objects.all()
    assert (first.scheduled_at, DueReceipt.objects.count()) == (None, 2)

    with connection.cursor() as cursor:  # a worker takes it
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    make.purchase(lamp)

    assert ProcrastinateJob.objects.get(status="todo").scheduled_at is not None


def test_a_receipt_that_never_goes_is_given_up_and_the_shop_is_told_all_the_same(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.VITRINE_MAIL_BACKEND = f"{__name__}.Full"
    group = make.purchase(make.variant(stock=9)).group
    waits = []

    while due := DueReceipt.objects.first():
        before = due.due_at
        receipting.send_due(at=before)
        waits += [one.due_at - before for one in DueReceipt.objects.all()]

    assert [wait.total_seconds() / 60 for wait in waits] == [1, 4, 16, 64]
    assert f"receipt of purchase {group.pk} given up" in caplog.text
    assert Notice.objects.filter(kind=Kind.SALE).count() == 1


def test_one_of_which_nobody_can_be_told_holds_up_no_other() -> None:
    lamp = make.variant(stock=9)
    bad, good = (make.purchase(lamp, buyer=make.person()).group for _ in range(2))
    with connection.cursor() as cursor:  # what this one says is refused, whatever the reason
        cursor.execute(
            "ALTER TABLE orders_address ADD CONSTRAINT not_this_one"
            f" CHECK (person_id <> {bad.buyer_id})"
        )

    run_jobs()

    assert [due.pk for due in DueReceipt.objects.all()] == [bad.pk]
    assert len(texts()) == 1
    assert f"/o/{good.public_id}?" in texts()[0]


def test_a_buyer_with_an_account_gets_mail_in_their_language() -> None:
    make.person(email="bea@example.org").speak("de")
    make.purchase(make.variant(stock=9))

    run_jobs()

    (receipt,) = texts()
    assert receipt.startswith("Deine Bestellung ")
    assert "Danke, Bea." in receipt


def test_a_declined_purchase_sends_nothing() -> None:
    make.purchase(make.variant(stock=9), token=sandbox.DECLINES)

    run_jobs()

    assert texts() == []


def test_each_step_of_an_order_is_told_once() -> None:
    lamp, clerk = make.variant(stock=9), make.person()
    shipped, cancelled, refunded = (make.purchase(lamp).group.orders.get() for _ in range(3))
    ship(shipped)
    ship(refunded)
    handing_over.cancel(cancelled, by=clerk, at=make.NOON, reason="Sold in the store")
    key = handing_over.refund(refunded, by=clerk, at=make.NOON, reason="Broken")
    moving.make(key, at=make.NOON)

    run_jobs()

    subjects = sorted(text.split("\n")[0] for text in texts() if "Your order" not in text)
    name = lamp.merchant.name
    assert subjects == sorted(
        [
            f"{name} has sent your order",
            f"{name} has sent your order",
            f"Cancelled: your order from {name}",
            f"Refunded: your order from {name}",
        ]
    )
    assert sum("T123" in text for text in texts()) == 2


def test_the_collection_code_is_sent_once_it_is_ready_and_not_before() -> None:
    lamp = make.variant()
    store = make.location(lamp.merchant, LocationKind.STORE)
    make.stocked(lamp, 1, at=store)
    order = make.purchase(lamp, store=store).group.orders.get()
    run_jobs()
    assert codes.of_order(order) not in "".join(texts())

    handing_over.make_ready(order, by=make.person(), at=make.NOON)
    mail.outbox.clear()
    run_jobs()

    ready = next(text for text in texts() if "Ready to collect" in text)
    assert codes.of_order(order) in ready
    assert store.name in ready


def test_what_a_buyer_typed_is_kept_for_the_next_time() -> None:
    bea, lamp = make.person(), make.variant(stock=9)

    make.purchase(lamp, buyer=bea)
    make.purchase(lamp, buyer=bea, region="CA")
    make.purchase(lamp, buyer=bea)
    make.purchase(lamp)
    run_jobs()

    assert sorted(Address.objects.values_list("person", "region")) == [
        (bea.pk, "CA"),
        (bea.pk, "NY"),
    ]
    assert PaymentMethod.objects.get().reference == sandbox.SUCCEEDS


def test_a_letter_gives_the_shops_reason_and_not_the_buyers_own() -> None:
    lamp, buyer = make.variant(stock=9), make.person()
    by_shop = make.purchase(lamp, buyer=buyer).group.orders.get()
    by_buyer = make.purchase(lamp, buyer=buyer).group.orders.get()

    handing_over.cancel(by_shop, by=make.person(), at=make.NOON, reason="The glaze cracked")
    handing_over.cancel(by_buyer, by=buyer, at=make.NOON, reason="Too dear after all")
    run_jobs()

    told = [text for text in texts() if text.startswith("Cancelled")]
    assert len(told) == 2
    assert sum(f"{lamp.merchant.name} writes: The glaze cracked" in text for text in told) == 1
    assert not any("Too dear after all" in text for text in told)
