"""Questions on a product, and the answers of its seller and of those who bought it."""

from http import HTTPStatus

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.models import Person
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.catalog.models import Product, Question, QuestionQuerySet
from vitrine.kernel.asked import wants_fragment
from vitrine.kernel.errors import Refusal, told_when, wants_json
from vitrine.safety import talking
from vitrine.sovereignty import access
from vitrine.surfaces.shop import opinions
from vitrine.surfaces.shop.talk_forms import QuestionForm
from vitrine.surfaces.shop.views.reviews import on_sale


@require_safe
@access.policy(access.ANYONE)
def questions(request: HttpRequest, product_id: str) -> HttpResponse:
    """Show what was asked about a product; below the product page as a fragment."""
    part = "#read" if wants_fragment(request) else ""
    return _page(request, on_sale(product_id), QuestionForm(), None, HTTPStatus.OK, part)


@require_POST
@access.policy(access.PERSON)
@at_most(Action.COMMENT)
def question(request: SignedInRequest, product_id: str) -> HttpResponse:
    """Ask something about a product."""
    found, form = on_sale(product_id), QuestionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, None, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        said = talking.ask(found, form.cleaned_data["text"], by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _refused(request, found, form, None, refusal)
    return redirect(said)


@require_POST
@access.policy(access.PERSON)
@at_most(Action.COMMENT)
def answer(request: SignedInRequest, question_id: str) -> HttpResponse:
    """Answer a question: the shop may, and who bought the thing. Who works off a list goes on."""
    asked = get_object_or_404(_readable(request).asked(), public_id=question_id)
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _page(request, asked.product, form, asked, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        said = talking.answer(asked, form.cleaned_data["text"], by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _refused(request, asked.product, form, asked, refusal)
    if request.POST.get("from") == "talk":
        messages.success(request, gettext("Answered. Everybody reads it below the question."))
        return redirect("market:talk", asked.product.merchant.slug)
    return redirect(said)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def own(request: SignedInRequest, question_id: str) -> HttpResponse:
    """Take one's own question or answer back, a question with its answers."""
    rows = Question.objects.filter(author=request.user).select_related("product")
    mine = get_object_or_404(rows, public_id=question_id)
    mine.delete()
    return redirect("shop:questions", mine.product.public_id)


def _readable(request: SignedInRequest) -> QuestionQuerySet:
    rows = Question.objects.shown_to(request.user).filter(product__in=Product.objects.on_sale())
    return rows.filter(Q(thread=None) | Q(thread__withheld_at=None)).select_related(
        "product__merchant"
    )


def _refused(
    request: SignedInRequest,
    product: Product,
    form: QuestionForm,
    asked: Question | None,
    refusal: Refusal,
) -> HttpResponse:
    if wants_json(request):
        raise refusal
    form.add_error("text", refusal.text)  # and what was typed stays
    return told_when(_page(request, product, form, asked, refusal.status), refusal)


def _page(
    request: HttpRequest,
    product: Product,
    form: QuestionForm,
    answering: Question | None,
    status: int,
    part: str = "",
) -> HttpResponse:
    user = request.user
    context = {
        "product": product,
        "page": opinions.questions(product, user, cursor=request.GET.get("after")),
        "form": form,
        "answering": answering,
        "may_answer": isinstance(user, Person) and talking.may_answer(product, user),
    }
    return render(request, f"shop/questions.html{part}", context, status=status)
