"""A shop's programs: their tokens, the addresses that are told, and what was told to them."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.kernel import paging
from vitrine.programs.forms import TokenForm
from vitrine.programs.models import Delivery, Endpoint, Token
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.program_forms import EndpointForm
from vitrine.surfaces.market.scope import Counter, MemberRequest

SHOWN = 30


@require_safe
@access.policy(access.MEMBER)
def programs(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the tokens and the addresses of a shop. Queries: 3."""
    counter = scope.counter(request, slug, scope.OWNER)
    return _page(request, counter, TokenForm(), EndpointForm())


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def tokens(request: MemberRequest, slug: str) -> HttpResponse:
    """Make a token. Its text is on this answer, and on no page after it."""
    counter, form, now = (
        scope.counter(request, slug, scope.OWNER),
        TokenForm(request.POST),
        timezone.now(),
    )
    if not form.is_valid():
        return _page(request, counter, form, EndpointForm(), status=422)
    said = form.cleaned_data
    _, text = Token.make(
        counter.merchant,
        name=said["name"],
        scopes=said["scopes"],
        by=request.user,
        at=now,
        expires_at=now + form.lasts if form.lasts else None,
    )
    answer = _page(request, counter, TokenForm(), EndpointForm(), text=text, status=201)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@access.policy(access.MEMBER)
def revocation(request: MemberRequest, slug: str, token_id: str) -> HttpResponse:
    """Let a token open nothing any more."""
    counter = scope.counter(request, slug, scope.OWNER)
    rows = Token.objects.filter(merchant=counter.merchant)
    get_object_or_404(rows, public_id=token_id).revoke(at=timezone.now())
    messages.success(request, gettext("Revoked. Whoever shows it is turned away."))
    return redirect("market:programs", slug)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def endpoints(request: MemberRequest, slug: str) -> HttpResponse:
    """Tell an address what happens from now on."""
    counter, form = scope.counter(request, slug, scope.OWNER), EndpointForm(request.POST)
    if not form.is_valid():
        return _page(request, counter, TokenForm(), form, status=422)
    said = form.cleaned_data
    made = Endpoint.make(
        counter.merchant, url=said["url"], events=said["events"], by=request.user, at=timezone.now()
    )
    messages.success(request, gettext("It is told from now on. Its secret is below."))
    return redirect("market:endpoint", slug, made.public_id)


@require_safe
@access.policy(access.MEMBER)
def endpoint(request: MemberRequest, slug: str, endpoint_id: str) -> HttpResponse:
    """Show an address, its secret and what it was told. Queries: 3."""
    counter = scope.counter(request, slug, scope.OWNER)
    found = _endpoint(counter, endpoint_id)
    cursor = request.GET.get("after")
    page = paging.newest_first(found.deliveries.all(), by="at", cursor=cursor, size=SHOWN)
    context = {"counter": counter, "here": "programs", "endpoint": found, "page": page}
    return render(request, "market/endpoint.html", context)


@require_POST
@access.policy(access.MEMBER)
def secret(request: MemberRequest, slug: str, endpoint_id: str) -> HttpResponse:
    """Make a new secret; messages are signed with both for a day."""
    said = gettext("A new secret is made. Messages are signed with both for 24 hours.")
    return _act(request, slug, endpoint_id, lambda found: found.rotate(at=timezone.now()), said)


@require_POST
@access.policy(access.MEMBER)
def revival(request: MemberRequest, slug: str, endpoint_id: str) -> HttpResponse:
    """Tell an address again that was given up."""
    return _act(request, slug, endpoint_id, Endpoint.enable, gettext("It is told again."))


@require_POST
@access.policy(access.MEMBER)
def removal(request: MemberRequest, slug: str, endpoint_id: str) -> HttpResponse:
    """Tell an address nothing more."""
    counter = scope.counter(request, slug, scope.OWNER)
    _endpoint(counter, endpoint_id).remove(at=timezone.now())
    messages.success(request, gettext("Removed. It is told nothing more."))
    return redirect("market:programs", slug)


@require_POST
@access.policy(access.MEMBER)
def replay(request: MemberRequest, slug: str, delivery_id: str) -> HttpResponse:
    """Tell something again."""
    counter = scope.counter(request, slug, scope.OWNER)
    rows = Delivery.objects.filter(
        endpoint__merchant=counter.merchant, endpoint__removed_at=None
    ).select_related("endpoint")
    found = get_object_or_404(rows, public_id=delivery_id)
    found.replay(at=timezone.now())
    messages.success(request, gettext("It is told again within a minute."))
    return redirect("market:endpoint", slug, found.endpoint.public_id)


def _endpoint(counter: Counter, endpoint_id: str) -> Endpoint:
    rows = Endpoint.objects.filter(merchant=counter.merchant, removed_at=None)
    return get_object_or_404(rows, public_id=endpoint_id)


def _act(
    request: MemberRequest, slug: str, endpoint_id: str, verb: Callable[[Endpoint], None], said: str
) -> HttpResponse:
    found = _endpoint(scope.counter(request, slug, scope.OWNER), endpoint_id)
    verb(found)
    messages.success(request, said)
    return redirect("market:endpoint", slug, endpoint_id)


def _page(
    request: MemberRequest,
    counter: Counter,
    form: TokenForm,
    endpoint_form: EndpointForm,
    *,
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the page. text: of a token that was made just now."""
    now = timezone.now()
    own = Token.objects.filter(merchant=counter.merchant).select_related("made_by")
    context = {
        "counter": counter,
        "here": "programs",
        "tokens": own.in_force(at=now).order_by("-made_at", "-pk"),
        "endpoints": Endpoint.objects.filter(merchant=counter.merchant, removed_at=None),
        "form": form,
        "endpoint_form": endpoint_form,
        "text": text,
    }
    return render(request, "market/programs.html", context, status=status)
