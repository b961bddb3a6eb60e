"""A member's shops, opening one, and what waits in it."""

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog import opening
from vitrine.catalog.models import Merchant
from vitrine.commission.models import Sample
from vitrine.sovereignty import access
from vitrine.surfaces.market import page, scope, talk
from vitrine.surfaces.market.forms import LocationForm, OpenShopForm
from vitrine.surfaces.market.page import Todo
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.typed import typed


@require_GET
@access.policy(access.PERSON)
def shops(request: MemberRequest) -> HttpResponse:
    """List the shops that the person works in; one alone is opened at once. Queries: 1."""
    found = list(Merchant.objects.with_member(request.user).order_by("name"))
    if len(found) == 1:
        return redirect("market:home", found[0].slug)
    return render(request, "market/shops.html", {"shops": found})


@require_http_methods(["GET", "POST"])
@access.policy(access.PERSON)
@at_most(Action.WRITE)
def opened(request: MemberRequest) -> HttpResponse:
    """Open a shop with its first place."""
    form = OpenShopForm(typed(request))
    place = LocationForm(typed(request))
    if request.method == "POST" and form.is_valid() & place.is_valid():
        merchant = _open(form, place, request)
        if merchant.approved_at is None:
            messages.success(request, gettext("Your shop is there. Now say who sells in it."))
            return redirect("market:application", merchant.slug)
        messages.success(request, gettext("Your shop is open. Now add what you sell."))
        return redirect("market:home", merchant.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "market/open.html", {"form": form, "place": place}, status=status)


def _open(form: OpenShopForm, place: LocationForm, request: MemberRequest) -> Merchant:
    typed = place.cleaned_data
    where = opening.Place(**{name: typed.get(name, "") for name in opening.Place.__annotations__})
    said = form.cleaned_data
    wanted = {
        "place": where,
        "about": said["about"],
        "by": request.user,
        "approved": not settings.VITRINE_MERCHANT_REVIEW,
        "at": timezone.now(),
    }
    try:
        with transaction.atomic():
            return opening.open_shop(said["shop_name"], **wanted)
    except IntegrityError:
        # Somebody took the same address for a shop of the same name at the same moment.
        return opening.open_shop(said["shop_name"], **wanted)


@require_GET
@access.policy(access.MEMBER)
def home(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what waits to be done, then the rest. Queries: 12 at most."""
    counter = scope.counter(request, slug, scope.ANY_ROLE)
    context = {
        "counter": counter,
        "here": "home",
        "orders": _waiting_orders(counter) if counter.handles_orders else [],
        "catalogue": _waiting_products(counter) if counter.keeps_catalogue else [],
        "talk": _waiting_words(counter) if counter.speaks else [],
        "imports": page.imports(counter.merchant)[:3] if counter.keeps_catalogue else [],
    }
    return render(request, "market/home.html", context)


def _waiting_orders(counter: Counter) -> list[Todo]:
    counts = page.order_counts(counter.merchant)
    url = reverse("market:orders", args=[counter.merchant.slug])
    return [
        Todo(counts["to_ship"], gettext("to ship"), f"{url}?show=ship"),
        Todo(counts["to_prepare"], gettext("pick-ups to prepare"), f"{url}?show=prepare"),
        Todo(counts["to_collect"], gettext("waiting at the counter"), f"{url}?show=counter"),
        Todo(counts["returned"], gettext("with something sent back"), f"{url}?show=returns"),
    ]


def _waiting_words(counter: Counter) -> list[Todo]:
    waits = talk.waiting(counter.merchant)
    url = reverse("market:talk", args=[counter.merchant.slug])
    messages = Todo(waits.messages, gettext("unread messages"), f"{url}#messages")
    return [
        *([messages] if counter.handles_orders else []),
        *([_waiting_samples(counter)] if counter.is_owner else []),
        Todo(waits.questions, gettext("questions to answer"), f"{url}#questions"),
        Todo(waits.reviews, gettext("reviews to answer"), f"{url}#reviews"),
    ]


def _waiting_samples(counter: Counter) -> Todo:
    asked = Sample.objects.waiting().filter(deal__merchant=counter.merchant).count()
    url = reverse("market:commissions", args=[counter.merchant.slug])
    return Todo(asked, gettext("samples to answer or send"), url)


def _waiting_products(counter: Counter) -> list[Todo]:
    counts = page.catalogue_counts(counter.merchant)
    slug = counter.merchant.slug
    products = reverse("market:products", args=[slug])
    stock = reverse("market:stock", args=[slug])
    return [
        Todo(counts["on_sale"], gettext("on sale"), products),
        Todo(counts["low"], gettext("choices that run low"), f"{stock}?low=1"),
        Todo(counts["drafts"], gettext("drafts"), f"{products}?state=drafts"),
        Todo(counts["without_picture"], gettext("without a picture"), f"{products}?state=bare"),
    ]
