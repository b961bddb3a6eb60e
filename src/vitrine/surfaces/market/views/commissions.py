"""What a shop offers creators, who sells for it, and samples."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.commission import offering, sampling
from vitrine.commission.models import Deal, Sample
from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.market import commission_page, scope
from vitrine.surfaces.market.commission_form import AnswerForm, DealForm, ParcelForm, RateForm
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.typed import typed


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what a shop offers creators; POST offers one more. Queries: 9, and 1 a form."""
    counter = scope.counter(request, slug, scope.OWNER)
    form = DealForm(typed(request), merchant=counter.merchant)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        whom = {"product": said["product"], "creator": said["creator"], "by": request.user}
        try:
            offering.offer(counter.merchant, rate_bp=form.rate_bp, at=timezone.now(), **whom)
        except Refusal as refusal:
            form.add_error("product", refusal.text)
        else:
            messages.success(request, gettext("It is offered from now on."))
            return redirect("market:commissions", slug)
    return _page(request, counter, form=form)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def deal(request: MemberRequest, slug: str, deal_id: str) -> HttpResponse:
    """POST gives another rate, DELETE (or a form's ``method``) offers it no more.

    Raises: NotOfferedAnyMore.
    """
    counter = scope.counter(request, slug, scope.OWNER)
    found = get_object_or_404(Deal, merchant=counter.merchant, public_id=deal_id)
    now, form = timezone.now(), RateForm(request.POST, auto_id=f"{deal_id}-%s")
    if is_delete(request):
        offering.withdraw(found, by=request.user, at=now)
        messages.success(
            request, gettext("It is offered no more. Who took it has 30 days from today.")
        )
    elif form.is_valid():
        offering.change(found, form.rate_bp, by=request.user, at=now)
        messages.success(request, gettext("The rate is changed."))
    else:
        return _page(request, counter, rate=(deal_id, form))
    return redirect("market:commissions", slug)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def answer(request: MemberRequest, slug: str, sample_id: str) -> HttpResponse:
    """Agree to a sample or decline it. Raises: Answered."""
    sample = _sample(request, slug, sample_id)
    form = AnswerForm(request.POST, sample=sample)
    if not form.is_valid():
        counter = scope.counter(request, slug, scope.OWNER)
        return _page(request, counter, typed={sample_id: form})
    sampling.answer(
        sample,
        is_agreed=form.cleaned_data["is_agreed"],
        words=form.cleaned_data["answer"],
        by=request.user,
        at=timezone.now(),
    )
    return redirect("market:commissions", slug)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def parcel(request: MemberRequest, slug: str, sample_id: str) -> HttpResponse:
    """Note that a sample was sent; it leaves its shelf. Raises: Answered."""
    sample = _sample(request, slug, sample_id)
    form = ParcelForm(request.POST, sample=sample)
    if form.is_valid():
        try:
            sampling.send(sample, form.parcel, by=request.user, at=timezone.now())
        except SoldOut as refusal:
            form.add_error("of", refusal.text)
        else:
            return redirect("market:commissions", slug)
    counter = scope.counter(request, slug, scope.OWNER)
    return _page(request, counter, typed={sample_id: form})


def _sample(request: MemberRequest, slug: str, sample_id: str) -> Sample:
    counter = scope.counter(request, slug, scope.OWNER)
    mine = Sample.objects.filter(deal__merchant=counter.merchant).select_related("deal__merchant")
    return get_object_or_404(mine, public_id=sample_id)


def _page(
    request: MemberRequest,
    counter: Counter,
    *,
    form: DealForm | None = None,
    rate: tuple[str, RateForm] = ("", RateForm()),
    typed: Mapping[str, AnswerForm | ParcelForm] | None = None,
) -> HttpResponse:
    now, merchant = timezone.now(), counter.merchant
    context = {
        "counter": counter,
        "here": "commissions",
        "form": form or DealForm(merchant=merchant),
        "deals": commission_page.deals(merchant, at=now),
        "samples": commission_page.samples(merchant, typed or {}),
        "changed": rate[0],
        "rate_form": rate[1],
        "currency": merchant.currency,
    }
    is_wrong = request.method != "GET"
    return render(request, "market/commissions.html", context, status=422 if is_wrong else 200)
