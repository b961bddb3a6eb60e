"""Goods from one place of the shop to another."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog import stocktaking, transferring
from vitrine.catalog.models import Transfer
from vitrine.catalog.transferring import Plan
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope, stock_page
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.stock_forms import ThingForm, TransferForm
from vitrine.surfaces.market.typed import typed


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """List what is on its way; POST begins a transfer. Queries: 5."""
    counter = scope.counter(request, slug, scope.STOCK)
    initial = {"key": ids.new()}
    form = TransferForm(typed(request), merchant=counter.merchant, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        # A key is whoever's form it came with: another shop's must not be met by it.
        said["key"] = f"{counter.merchant.pk}:{said['key']}"
        transfer = transferring.draft(Plan(**said), by=request.user, at=timezone.now())
        return redirect("market:transfer", slug, transfer.public_id)
    context = {
        "counter": counter,
        "here": "stock",
        "form": form,
        "transfers": stock_page.transfers(counter.merchant),
    }
    status = 422 if form.is_bound else 200
    return render(request, "market/transfers.html", context, status=status)


@require_safe
@access.policy(access.MEMBER)
def transfer(request: MemberRequest, slug: str, transfer_id: str) -> HttpResponse:
    """Show one transfer with what can be done next. Queries: 4."""
    counter, found = _found(request, slug, transfer_id)
    return _page(request, counter, found)


@require_POST
@access.policy(access.MEMBER)
def lines(request: MemberRequest, slug: str, transfer_id: str) -> HttpResponse:
    """Put so many of a thing on the list; 0 takes it off."""
    counter, found = _found(request, slug, transfer_id)
    form = ThingForm(request.POST)
    if form.is_valid():
        try:
            variant = stocktaking.find(found.origin, form.cleaned_data["words"])
            transferring.put(found, variant, form.cleaned_data["quantity"])
        except Refusal as refusal:
            form.add_error("words", refusal.text)
    if not form.is_valid():
        return _page(request, counter, found, form)
    return redirect("market:transfer", slug, transfer_id)


@require_POST
@access.policy(access.MEMBER)
def dispatch(request: MemberRequest, slug: str, transfer_id: str) -> HttpResponse:
    """Say that the goods have left."""
    return _act(
        request,
        slug,
        transfer_id,
        lambda found: transferring.send(found, by=request.user, at=timezone.now()),
        said=gettext("Sent. They count at neither place until they are received."),
    )


@require_POST
@access.policy(access.MEMBER)
def reception(request: MemberRequest, slug: str, transfer_id: str) -> HttpResponse:
    """Take the goods in, as counted; a wrong number keeps what was typed."""
    counter, found = _found(request, slug, transfer_id)
    counted = stock_page.counted(found, request.POST)
    if any(line.fault for line in counted):
        return _page(request, counter, found, counted=counted)
    figures = {line.line.pk: line.number for line in counted}
    return _act(
        request,
        slug,
        transfer_id,
        lambda fresh: transferring.receive(fresh, figures, by=request.user, at=timezone.now()),
        said=gettext("Received. What differed is in the book as lost or found."),
    )


@require_POST
@access.policy(access.MEMBER)
def cancellation(request: MemberRequest, slug: str, transfer_id: str) -> HttpResponse:
    """Call the transfer off; what was sent lies at its origin again."""
    return _act(
        request,
        slug,
        transfer_id,
        lambda found: transferring.call_off(found, by=request.user, at=timezone.now()),
        said=gettext("Called off. Everything counts where it came from."),
    )


def _act(
    request: MemberRequest,
    slug: str,
    transfer_id: str,
    verb: Callable[[Transfer], None],
    *,
    said: str,
) -> HttpResponse:
    counter, found = _found(request, slug, transfer_id)
    try:
        verb(found)
    except Refusal as refusal:
        return _page(request, counter, found, refusal=refusal)
    messages.success(request, said)
    return redirect("market:transfer", slug, transfer_id)


def _found(request: MemberRequest, slug: str, transfer_id: str) -> tuple[Counter, Transfer]:
    counter = scope.counter(request, slug, scope.STOCK)
    rows = Transfer.objects.filter(merchant=counter.merchant)
    rows = rows.select_related("origin", "destination")
    return counter, get_object_or_404(rows, public_id=transfer_id)


def _page(
    request: MemberRequest,
    counter: Counter,
    found: Transfer,
    form: ThingForm | None = None,
    *,
    refusal: Refusal | None = None,
    counted: list[stock_page.Counted] | None = None,
) -> HttpResponse:
    found.refresh_from_db(fields=["state", "sent_at", "ended_at"])
    context = {
        "counter": counter,
        "here": "stock",
        "transfer": found,
        "lines": counted or stock_page.counted(found, {}),
        "form": form or ThingForm(initial={"key": ids.new()}),
        "refusal": refusal,
    }
    status = refusal.status if refusal else 422 if form or counted else 200
    return render(request, "market/transfer.html", context, status=status)
