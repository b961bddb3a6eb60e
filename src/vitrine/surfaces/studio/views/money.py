"""A creator's money: what they have, what comes next and why, where it is paid, and each month."""

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
from vitrine.surfaces.studio.page import CreatorRequest


@require_safe
@access.policy(access.PERSON)
def money(request: CreatorRequest) -> HttpResponse:
    """Show what the creator has, the next payout with its sum, and what was paid. Queries: 10."""
    return _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.PERSON)
@never_cache
@at_most(Action.WRITE)
@asked_again
def account(request: CreatorRequest) -> HttpResponse:
    """Name another bank account, after the password was typed once more."""
    form = BankForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        context = {"form": form, "pause": banking.pause()}
        return render(request, "studio/account.html", context, status=status)
    said = form.cleaned_data
    banking.name_account(
        _payee(request), holder=said["holder"], routing=said["routing"], number=said["number"],
        by=request.user, at=timezone.now(),
    )  # fmt: skip
    messages.success(request, gettext("The account is named. Everybody who may see it is told."))
    return redirect("studio:money")


@require_POST
@access.policy(access.PERSON)
def terms(request: CreatorRequest) -> HttpResponse:
    """POST says how often the creator is paid, and from how much on."""
    form = TermsForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    said = form.cleaned_data
    payout_terms.choose(
        _payee(request), schedule=said["schedule"], minimum_minor=said["minimum"],
        at=timezone.now(),
    )  # fmt: skip
    messages.success(request, gettext("Saved."))
    return redirect("studio:money")


@require_safe
@access.policy(access.OWNER)
def statement(request: CreatorRequest, month: str) -> HttpResponse:
    """Show a month's statement, to be printed too. Queries: 4."""
    found = money_page.statement(_payee(request), month)
    return render(request, "studio/statement.html", statement_page.of(found))


@require_safe
@access.policy(access.OWNER)
def lines(request: CreatorRequest, month: str) -> StreamingHttpResponse:
    """Send every line of a statement as CSV, in constant memory."""
    found = money_page.statement(_payee(request), month)
    answer = StreamingHttpResponse(statement_page.csv_of(found), content_type="text/csv")
    name = f"statement-{request.user.handle}-{found.month:%Y-%m}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _payee(request: CreatorRequest) -> Payee:
    return accounts.creator(request.user.public_id)


def _page(request: CreatorRequest, form: TermsForm | None = None) -> HttpResponse:
    context = money_page.of(_payee(request), at=timezone.now())
    context |= {
        "form": form or TermsForm(initial=money_page.initial(context["terms"])),
        "account_url": reverse("studio:account"),
        "terms_url": reverse("studio:terms"),
        "months": [
            (one, reverse("studio:statement", args=[f"{one.month:%Y-%m}"]))
            for one in context["months"]
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form else HTTPStatus.OK
    return render(request, "studio/money.html", context, status=status)
