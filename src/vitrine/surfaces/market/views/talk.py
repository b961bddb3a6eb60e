"""What a shop says: answers to questions and reviews, messages about orders."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal, told_when, wants_json
from vitrine.orders.models import Message, Order, Review, Side
from vitrine.safety import talking
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market import talk as reads
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.talk_forms import MessageForm, ReplyForm


@require_safe
@access.policy(access.MEMBER)
def talk(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what waits for the shop's words. Queries: 5."""
    counter = scope.counter(request, slug, scope.TALK)
    return _talk(request, counter, ReplyForm(), None, HTTPStatus.OK)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def reply(request: MemberRequest, slug: str, review_id: str) -> HttpResponse:
    """POST answers a review for the shop, DELETE takes the answer back."""
    counter = scope.counter(request, slug, scope.TALK)
    review = get_object_or_404(reads.reviews(counter.merchant), public_id=review_id)
    if is_delete(request):
        review.take_answer_back()
        return redirect("market:talk", slug)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _talk(request, counter, form, review, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        talking.reply(review, form.cleaned_data["text"], by=request.user, at=timezone.now())
    except Refusal as refusal:
        if wants_json(request):
            raise
        form.add_error("text", refusal.text)  # and what was typed stays
        return told_when(_talk(request, counter, form, review, refusal.status), refusal)
    messages.success(request, gettext("Answered. Everybody reads it below the review."))
    return redirect("market:talk", slug)


def _talk(
    request: MemberRequest, counter: Counter, form: ReplyForm, answering: Review | None, status: int
) -> HttpResponse:
    shows_all = "all" in request.GET or bool(answering and answering.answer)
    merchant = counter.merchant
    context = {
        "counter": counter,
        "here": "talk",
        "threads": reads.threads(merchant, at=timezone.now()) if counter.handles_orders else [],
        "questions": reads.questions(merchant),
        "page": reads.page(merchant, all_of_them=shows_all, cursor=request.GET.get("after")),
        "shows_all": shows_all,
        "form": form,
        "answering": answering,
    }
    return render(request, "market/talk.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def thread(request: MemberRequest, slug: str, order_id: str) -> HttpResponse:
    """GET shows the messages of an order and notes them as read, POST writes to its buyer."""
    counter = scope.counter(request, slug, scope.ORDERS)
    rows = Order.objects.sold_by(counter.merchant).addressed(at=timezone.now())
    order = get_object_or_404(rows.select_related("merchant"), public_id=order_id)
    if request.method != "POST":
        Message.read(order, by=Side.SELLER, at=timezone.now())
        return _thread(request, counter, order, MessageForm(), HTTPStatus.OK)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _thread(request, counter, order, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = form.cleaned_data["text"]
    try:
        talking.write(order, said, side=Side.SELLER, by=request.user, at=timezone.now())
    except Refusal as refusal:
        if wants_json(request):
            raise
        form.add_error("text", refusal.text)  # and what was typed stays
        return told_when(_thread(request, counter, order, form, refusal.status), refusal)
    return redirect("market:messages", slug, order_id)


def _thread(
    request: MemberRequest, counter: Counter, order: Order, form: MessageForm, status: int
) -> HttpResponse:
    said = order.messages.read_by(Side.SELLER).select_related("author")
    context = {"counter": counter, "here": "orders", "order": order, "said": said, "form": form}
    return render(request, "market/messages.html", context, status=status)
