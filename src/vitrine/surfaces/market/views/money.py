"""A shop's money: what it has, what it is paid next and why, where it is paid, what was paid."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.views import asked_again, at_most
from vitrine.ledger import accounts
from vitrine.ledger.accounts import Payee
from vitrine.orders.payouts import banking, money_page, statement_page
from vitrine.orders.payouts import terms as payout_terms
from vitrine.orders.payouts.forms import BankForm, TermsForm
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.typed import typed


@require_safe
@access.policy(access.MEMBER)
def money(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what the shop has, the next payout with its sum, the account, and what was paid."""
    counter = scope.counter(request, slug, scope.MONEY)
    return _page(request, counter)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MEMBER)
@never_cache
@at_most(Action.WRITE)
def account(request: MemberRequest, slug: str) -> HttpResponse:
    """Name another bank account, after the password was typed once more."""
    counter = scope.counter(request, slug, scope.MONEY)
    return _account(request, counter=counter)


@asked_again
def _account(request: MemberRequest, *, counter: Counter) -> HttpResponse:
    form = BankForm(typed(request))
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        context = {"counter": counter, "here": "money", "form": form, "pause": banking.pause()}
        return render(request, "market/account.html", context, status=status)
    said = form.cleaned_data
    banking.name_account(
        _payee(counter), holder=said["holder"],
        routing=said["routing"], number=said["number"], by=request.user, at=timezone.now(),
    )  # fmt: skip
    messages.success(request, gettext("The account is named. Everybody who may see it is told."))
    return redirect("market:money", counter.merchant.slug)


@require_POST
@access.policy(access.MEMBER)
def terms(request: MemberRequest, slug: str) -> HttpResponse:
    """POST says how often the shop is paid, and from how much on."""
    counter = scope.counter(request, slug, scope.MONEY)
    form = TermsForm(request.POST)
    if not form.is_valid():
        return _page(request, counter, form)
    said = form.cleaned_data
    payout_terms.choose(
        _payee(counter), schedule=said["schedule"], minimum_minor=said["minimum"], at=timezone.now()
    )
    messages.success(request, gettext("Saved."))
    return redirect("market:money", slug)


@require_safe
@access.policy(access.MEMBER)
def statement(request: MemberRequest, slug: str, month: str) -> HttpResponse:
    """Show a month's statement, to be printed too, with the invoice over the fee. Queries: 4."""
    counter = scope.counter(request, slug, scope.MONEY)
    found = money_page.statement(_payee(counter), month)
    context = statement_page.of(found)
    return render(
        request, "market/statement.html", {"counter": counter, "here": "money", **context}
    )


@require_safe
@access.policy(access.MEMBER)
def lines(request: MemberRequest, slug: str, month: str) -> StreamingHttpResponse:
    """Send every line of a statement as CSV, in constant memory."""
    counter = scope.counter(request, slug, scope.MONEY)
    found = money_page.statement(_payee(counter), month)
    answer = StreamingHttpResponse(statement_page.csv_of(found), content_type="text/csv")
    name = f"statement-{counter.merchant.slug}-{found.month:%Y-%m}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _payee(counter: Counter) -> Payee:
    return accounts.merchant(counter.merchant.public_id)


def _page(request: MemberRequest, counter: Counter, form: TermsForm | None = None) -> HttpResponse:
    context = money_page.of(_payee(counter), at=timezone.now())
    agreed = context["terms"]
    context["form"] = form or TermsForm(initial=money_page.initial(agreed))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form else HTTPStatus.OK
    slug = counter.merchant.slug
    context |= {
        "counter": counter,
        "here": "money",
        "account_url": reverse("market:account", args=[slug]),
        "terms_url": reverse("market:terms", args=[slug]),
        "registration_url": reverse("market:registration", args=[slug]),
        "months": [
            (one, reverse("market:statement", args=[slug, f"{one.month:%Y-%m}"]))
            for one in context["months"]
        ],
    }
    return render(request, "market/money.html", context, status=status)
