"""What the search page answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from vitrine.accounts import visitors
from vitrine.search.finding import MOST_PAGES, Kind
from vitrine.sovereignty import access
from vitrine.surfaces.search import page

NEVER_KEPT = cache_control(private=True, no_cache=True)


@access.policy(access.ANYONE)
@require_safe
@NEVER_KEPT
def search(request: HttpRequest) -> HttpResponse:
    """Show what the viewer may see of what was searched for. Queries: 1 to 3."""
    given = _typed(request)
    typed = given[: page.MOST_CHARACTERS]
    context: dict[str, object] = {
        "typed": typed,
        "is_cut": len(given) > len(typed),
        "most": page.MOST_CHARACTERS,
    }
    if typed.strip():
        found = page.results(
            typed,
            request.user,
            key=visitors.known(request),
            language=get_language() or "",
            kind=_kind(request),
            page=_page(request),
            at=timezone.now(),
        )
        context |= {"results": found, "words": found.reading.shown}
    else:
        context["popular"] = page.popular_hashtags()
    return render(request, "search/search.html", context)


@access.policy(access.ANYONE)
@require_safe
@NEVER_KEPT
def suggestions(request: HttpRequest) -> HttpResponse:
    """Complete what is being typed, as a fragment."""
    typed = _typed(request)[: page.MOST_CHARACTERS]
    context = {"suggestions": page.suggestions(typed, request.user)}
    return render(request, "search/search.html#suggestions", context)


@access.policy(access.ANYONE)
@require_safe
@NEVER_KEPT
def hashtag(request: HttpRequest, word: str) -> HttpResponse:
    """Show the clips with a hashtag, newest first. Queries: 1."""
    shown = word[: page.MOST_CHARACTERS].replace("\0", "").lstrip("#")
    clips = page.tagged(shown, request.user, cursor=request.GET.get("cursor"))
    is_first = "cursor" not in request.GET
    context = {"hashtag": shown, "clips": clips, "is_first": is_first}
    return render(request, "search/hashtag.html", context)


def _typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "")


def _kind(request: HttpRequest) -> Kind:
    """Return the tab that was asked for; an @ asks for people, unless a tab is named."""
    asked = request.GET.get("in", "")
    if asked in set(Kind):
        return Kind(asked)
    return Kind.PEOPLE if _typed(request).lstrip().startswith("@") else Kind.CLIPS


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    return min(max(number, 1), MOST_PAGES)
