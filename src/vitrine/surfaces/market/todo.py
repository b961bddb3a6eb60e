"""What waits for a member of a shop, counted at once; each count leads to the list of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.catalog.models import Merchant, Product, Role
from vitrine.commission.models import Sample
from vitrine.ledger import accounts
from vitrine.orders.models import BankAccount, Message, Order, PayoutTerms, QueuedHandover
from vitrine.sovereignty.cell import local_day
from vitrine.surfaces.market import order_page, page, talk
from vitrine.surfaces.market.scope import Counter

FINANCE = frozenset({Role.FINANCE})
RARE = {"late", "returns", "disputed"}


@dataclass(frozen=True)
class Todo:
    """One thing that waits for somebody. url: where it is done."""

    count: int
    label: Promise
    url: str


@dataclass(frozen=True)
class Today:
    """What waits, and what there is. products: of members who keep the catalogue."""

    waits: Sequence[Todo]
    products: Sequence[Todo]


@dataclass(frozen=True)
class _Line:
    """One thing to count. is_rare: it is shown only where there is some."""

    label: Promise
    found: "QuerySet[Any]"
    url: str
    is_rare: bool = False


class _Count(Subquery):
    """How many rows a query finds."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def today(counter: Counter, *, at: datetime) -> Today:
    """Count everything that a member may do something about. Queries: 1."""
    waits, products = list(_waits(counter, at=at)), list(_products(counter))
    counts = _counted(counter.merchant, [*waits, *products])
    told = [
        Todo(count, line.label, line.url)
        for line, count in zip(waits, counts, strict=False)
        if count or not line.is_rare
    ]
    rest = zip(products, counts[len(waits) :], strict=True)
    return Today(told, [Todo(count, line.label, line.url) for line, count in rest])


def _counted(merchant: Merchant, lines: Sequence[_Line]) -> list[int]:
    """Return how many each line comes to, of one statement."""
    asked = {f"n{place}": _Count(line.found.values("pk")) for place, line in enumerate(lines)}
    if not asked:
        return []
    return list(Merchant.objects.filter(pk=merchant.pk).values_list(*asked.values()).get())


def _waits(counter: Counter, *, at: datetime) -> Iterator[_Line]:
    if counter.handles_orders:
        yield from _orders(counter, at=at)
    if counter.speaks:
        yield from _words(counter)
    if counter.keeps_catalogue:
        low = page.low_stock(counter.merchant)
        stock = f"{_url('stock', counter)}?low=1"
        yield _Line(gettext_lazy("choices that run low"), low, stock)
    if counter.may(FINANCE):
        yield from _money(counter, at=at)
    if counter.is_owner:
        handed_in = Merchant.objects.filter(application__submitted_at__isnull=False)
        lacking = Merchant.objects.filter(pk=counter.merchant.pk, approved_at=None)
        lacking = lacking.exclude(pk__in=handed_in.values("pk"))
        asked = Sample.objects.waiting().filter(deal__merchant=counter.merchant)
        label = gettext_lazy("samples to answer or send")
        yield _Line(label, asked, _url("commissions", counter), is_rare=True)
        label = gettext_lazy("application to hand in")
        yield _Line(label, lacking, _url("application", counter), is_rare=True)


def _orders(counter: Counter, *, at: datetime) -> Iterator[_Line]:
    which = order_page.states(counter.merchant, at=at)
    placed, url = Order.objects.sold_by(counter.merchant), _url("orders", counter)
    for name, label in (
        ("ship", gettext_lazy("to ship")),
        ("late", gettext_lazy("late")),
        ("prepare", gettext_lazy("pick-ups to prepare")),
        ("counter", gettext_lazy("waiting at the counter")),
        ("returns", gettext_lazy("with something sent back")),
        ("disputed", gettext_lazy("that a buyer’s bank disputes")),
    ):
        yield _Line(label, placed.filter(which[name]), f"{url}?show={name}", name in RARE)
    troubled = QueuedHandover.objects.in_conflict().filter(merchant=counter.merchant)
    label = gettext_lazy("hand-overs to settle")
    yield _Line(label, troubled, _url("counter", counter), is_rare=True)


def _words(counter: Counter) -> Iterator[_Line]:
    url = _url("talk", counter)
    if counter.handles_orders:
        unread = Message.objects.unread_by_seller(counter.merchant)
        yield _Line(gettext_lazy("unread messages"), unread, f"{url}#messages")
    asked = talk.unanswered(counter.merchant)
    yield _Line(gettext_lazy("questions to answer"), asked, f"{url}#questions")
    reviewed = talk.reviews(counter.merchant).filter(answer="")
    yield _Line(gettext_lazy("reviews to answer"), reviewed, f"{url}#reviews")


def _money(counter: Counter, *, at: datetime) -> Iterator[_Line]:
    """Tell of a payout whose turn passed without a bank account, and of a bank that refused it."""
    payee = accounts.merchant(counter.merchant.public_id)
    due = PayoutTerms.objects.filter(
        payee_kind=payee.kind, payee_id=payee.public_id, next_on__lt=local_day(at)
    )
    url = _url("money", counter)
    yield _Line(gettext_lazy("payout held"), due, url, is_rare=True)
    refused = BankAccount.objects.of(payee).filter(refused_at__isnull=False)
    yield _Line(gettext_lazy("payout came back"), refused, url, is_rare=True)


def _products(counter: Counter) -> Iterator[_Line]:
    if not counter.keeps_catalogue:
        return
    kept = Product.objects.sold_by(counter.merchant).kept()
    bare = Product.objects.on_sale().filter(merchant=counter.merchant, pictures=None)
    url = _url("products", counter)
    on_sale = kept.filter(published_at__isnull=False, withdrawn_at=None)
    drafts = kept.filter(published_at=None, withdrawn_at=None)
    yield _Line(gettext_lazy("on sale"), on_sale, url)
    yield _Line(gettext_lazy("drafts"), drafts, f"{url}?state=drafts")
    yield _Line(gettext_lazy("without a picture"), bare, f"{url}?state=bare")


def _url(name: str, counter: Counter) -> str:
    return reverse(f"market:{name}", args=[counter.merchant.slug])
