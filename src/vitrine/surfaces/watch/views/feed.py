"""For you and Following."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from vitrine.accounts import visitors
from vitrine.accounts.models import Person
from vitrine.feed import watching
from vitrine.sovereignty import access
from vitrine.surfaces.watch import page, resting
from vitrine.surfaces.watch.page import Slate
from vitrine.surfaces.watch.resting import Rest

FAR = 100_000
ENDED = Slate("", 0, is_last=True)
OVER = "watch/end_time.html"
ICONS = (
    "heart",
    "message-circle",
    "bookmark",
    "forward",
    "ellipsis",
    "play",
    "shopping-bag",
    "music",
)
"""What the articles draw, sent once with the page and not with each clip."""
MODULES = [f"js/{name}.js" for name in ("player", "beacon", "settings", "rendition", "page")]
"""What feed.js imports, asked for at once and not one after the other."""
NEVER_KEPT = cache_control(private=True, no_cache=True)


@access.policy(access.ANYONE)
@require_safe
@NEVER_KEPT
@gzip_page
def for_you(request: HttpRequest) -> HttpResponse:
    """Open For you with its first clips."""
    key, is_new = visitors.welcomed(request)
    now = timezone.now()
    rest = resting.of(request, first=1, at=now)
    slate = ENDED if rest.is_over else page.opening(key, request.user, at=now)
    context = {
        "reminder": rest.reminder,
        "minutes": rest.minutes,
        "icons": ICONS,
        "modules": MODULES,
        "feed": "for-you",
        "title": gettext("For you"),
        "slate": slate,
        "next_page": "" if slate.is_last else "/",
        "end_card": OVER if rest.is_over else "watch/end_for_you.html",
        "position": 1,
        "has_seen": not is_new and page.has_anything(request.user),
        "is_first_visit": is_new,
    }
    response = render(request, "watch/feed.html", context)
    if is_new:
        visitors.remember(response, key)
    return response


@access.policy(access.ANYONE)
@require_safe
@NEVER_KEPT
def for_you_more(request: HttpRequest) -> HttpResponse:
    """Answer the next clips of For you, as articles.

    after: the last clip that the browser has, where an answer was lost: what was in it comes again.
    """
    first = _position(request)
    key, is_new = visitors.welcomed(request)
    if last := request.GET.get("after"):
        watching.take_back_after(last, key=key)
    now = timezone.now()
    rest = resting.of(request, first=first, at=now)
    slate = ENDED
    if not rest.is_over:
        ad_at = min(_number(request, "ad", 0), first - 1)
        slate = page.for_you(key, request.user, first=first, ad_at=ad_at, at=now)
    response = _articles(request, slate, "watch/end_for_you.html", rest, first=first)
    if is_new:
        visitors.remember(response, key)
    return response


@access.policy(access.ANYONE)
@require_safe
@NEVER_KEPT
@gzip_page
def following(request: HttpRequest) -> HttpResponse:
    """Open the clips of those whom the viewer follows, newest first."""
    rest, slate = _following(request, first=1)
    context = {
        "reminder": rest.reminder,
        "minutes": rest.minutes,
        "icons": ICONS,
        "modules": MODULES,
        "feed": "following",
        "title": gettext("Following"),
        "slate": slate,
        "end_card": OVER if rest.is_over else "watch/end_following.html",
        "position": slate.shown + 1,
    }
    return render(request, "watch/feed.html", context)


@access.policy(access.ANYONE)
@require_safe
@NEVER_KEPT
def following_more(request: HttpRequest) -> HttpResponse:
    """Answer the next clips of Following, as articles."""
    first = _position(request)
    rest, slate = _following(request, first=first)
    return _articles(request, slate, "watch/end_following.html", rest, first=first)


def _following(request: HttpRequest, *, first: int) -> tuple[Rest, Slate]:
    now = timezone.now()
    rest = resting.of(request, first=first, at=now)
    if rest.is_over or not isinstance(request.user, Person):
        return rest, ENDED
    cursor = request.GET.get("cursor")
    return rest, page.following(request.user, cursor=cursor, size=page.SLATE, first=first, at=now)


def _articles(
    request: HttpRequest, slate: Slate, end_card: str, rest: Rest, *, first: int
) -> HttpResponse:
    html = rest.reminder + slate.html
    if not slate.is_last:
        return HttpResponse(html)
    card = OVER if rest.is_over else end_card
    end = render_to_string(
        card, {"position": first + slate.shown, "minutes": rest.minutes}, request
    )
    return HttpResponse(html + end)


def _position(request: HttpRequest) -> int:
    return _number(request, "from", 1)


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    asked = request.GET.get(name, "")
    return min(int(asked), FAR) if asked.isascii() and asked.isdigit() else otherwise
