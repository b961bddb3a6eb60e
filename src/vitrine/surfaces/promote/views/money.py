"""An advertiser's wallet: what is in it, paying in, and having some of it back."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.kernel.errors import Refusal
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders import keeping, wallets
from vitrine.orders.charges import moving, pages, settling
from vitrine.orders.deposits import giving_back, paying_in
from vitrine.orders.models import Deposit, SaleState
from vitrine.orders.models.charged import SOLD
from vitrine.orders.payment import providers
from vitrine.orders.wallet_forms import DepositForm, GiveBackForm
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import operator
from vitrine.surfaces.promote import scope
from vitrine.surfaces.promote.scope import Account

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
@never_cache
def wallet(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Show what is in the wallet, and what was paid in; POST pays in. Queries: 9."""
    account = scope.account(request, advertiser_id, scope.MONEY)
    form = _form(request, account)
    if form.is_bound and form.is_valid():
        attempt = form.attempt(account.advertiser.wallet, request.user)
        try:
            made = paying_in.pay_in(attempt, at=timezone.now())
        except Refusal as refusal:
            pages.again(request, form, refusal.text)
        else:
            if made.state != SaleState.DECLINED:
                return pages.went_on(request, made)
            pages.again(request, form, made.why_declined)
    return _page(request, account, form, None)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def give_back(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Give back what is neither held nor spent."""
    account, now = scope.account(request, advertiser_id, scope.MONEY), timezone.now()
    mine = account.advertiser.wallet
    form = GiveBackForm(request.POST, most_minor=giving_back.most_minor(mine))
    keys: list[str] = []
    try:
        if form.is_valid():
            keys = giving_back.give_back(form.asked(mine, request.user), at=now)
    except Refusal as refusal:
        form.add_error("amount_minor", refusal.text)
    if form.errors:
        return _page(request, account, _form(request, account, is_typed=False), form)
    for key in keys:
        moving.make(key, at=now)
    messages.success(request, gettext("The money goes back to where it came from."))
    return redirect("promote:money", advertiser_id)


@require_safe
@access.policy(access.MEMBER)
@never_cache
def deposit(request: SignedInRequest, deposit_id: str) -> HttpResponse:
    """Show a deposit with its invoice and its credit notes. Queries: 4."""
    account, made = _deposit(request, deposit_id)
    context = {
        "account": account,
        "here": "money",
        "deposit": made,
        "papers": made.moves.exclude(number=None).order_by("pk"),
        "operator": operator(),
        "operator_number": settings.VITRINE_OPERATOR_TAX_NUMBER,
        "is_test": providers.named(made.provider).is_test,
    }
    return render(request, "promote/deposit.html", context)


@require_safe
@access.policy(access.MEMBER)
def outcome(request: SignedInRequest, deposit_id: str) -> HttpResponse:
    """Come back from the bank, or ask again: settle what it says, then show where things stand.

    A GET that changes state, as the outcome of a purchase does, and as harmless when repeated.
    """
    _, made = _deposit(request, deposit_id)
    return pages.came_back(request, settling.resolve(made, at=timezone.now()))


def _deposit(request: SignedInRequest, deposit_id: str) -> tuple[Account, Deposit]:
    made = get_object_or_404(Deposit.objects.select_related("wallet"), public_id=deposit_id)
    return scope.account_of(request, made.wallet_id, scope.MONEY), made


def _form(request: HttpRequest, account: Account, *, is_typed: bool = True) -> DepositForm:
    """Return the form that pays in: as it was typed, or as the last deposit was."""
    provider, user = providers.default(), request.user
    last = Deposit.objects.filter(wallet=account.advertiser.wallet, state__in=SOLD).last()
    return DepositForm(
        request.POST if is_typed and request.method == "POST" else None,
        provider=provider,
        kept=keeping.cards(user if user.is_authenticated else None, provider),
        last_name=last.payer_name if last else account.advertiser.name,
        last_region=last.region if last else "",
    )


def _page(
    request: HttpRequest, account: Account, form: DepositForm, back: GiveBackForm | None
) -> HttpResponse:
    mine = account.advertiser.wallet
    mine.refresh_from_db()
    if back is None:
        back = GiveBackForm(most_minor=giving_back.most_minor(mine))
    context = {
        "account": account,
        "here": "money",
        "wallet": mine,
        "free_minor": wallets.free_minor(mine),
        "held_minor": -(-mine.held_micros // MICROS_PER_MINOR),
        "spent_minor": mine.spent_micros // MICROS_PER_MINOR,
        "deposits": Deposit.objects.filter(wallet=mine).order_by("-pk")[:SHOWN],
        "form": form,
        "back": back,
        "is_test": providers.default().is_test,
    }
    is_wrong = form.errors or back.errors
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "promote/money.html", context, status=status)
