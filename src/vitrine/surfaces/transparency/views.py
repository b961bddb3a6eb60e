"""The transparency pages: open to everybody, signed in or not."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrine.ads import repository, wording
from vitrine.feed import first_days, paid_posts, weights
from vitrine.kernel import paging
from vitrine.kernel.asked import wants_fragment
from vitrine.kernel.errors import wants_json
from vitrine.safety import counts
from vitrine.sovereignty import access
from vitrine.sovereignty.datamap import QUEUES, DataClass
from vitrine.surfaces.transparency import counted_views, moderation, page, ranking_factors

SHOWN, SENT = 30, 100
MOST_TYPED = 100


@require_safe
@access.policy(access.ANYONE)
def index(request: HttpRequest) -> HttpResponse:
    """Say what can be seen here. Queries: 1."""
    classes = page.class_counts()
    return render(
        request,
        "transparency/index.html",
        {
            "fields": sum(each.fields for each in classes),
            "models": len(page.shelves()),
            "leavings": sum(each.leavings for each in page.exits()),
        },
    )


@require_safe
@access.policy(access.ANYONE)
def counted(request: HttpRequest) -> HttpResponse:
    """Say how views are counted, and how many reports were not believed. Queries: 2."""
    at = timezone.now()
    context = {**counted_views.rules(), "rejections": counted_views.rejected(at=at)}
    return render(
        request, "transparency/views.html", {**context, "closed": counted_views.closed_through()}
    )


@require_safe
@access.policy(access.ANYONE)
def ranking(request: HttpRequest) -> HttpResponse:
    """List what For you is ranked by, what is tried on some, and how it hears. Queries: 2."""
    at = timezone.now()
    heard = first_days.heard(at=at)
    context = {
        "groups": ranking_factors.groups(),
        "trials": ranking_factors.trials(at=at),
        "share": weights.HARDLY_SHOWN,
        "new_clips": sum(heard.values()),
        "heard": ranking_factors.hearings(heard),
    }
    return render(request, "transparency/ranking.html", context)


@require_safe
@access.policy(access.ANYONE)
def moderated(request: HttpRequest) -> HttpResponse:
    """Show reports, decisions and appeals by month; as JSON to a program. Queries: 6."""
    if wants_json(request):
        return moderated_document(request)
    return render(request, "transparency/moderation.html", moderation.page(at=timezone.now()))


@require_safe
@access.policy(access.ANYONE)
def moderated_document(request: HttpRequest) -> HttpResponse:
    """Send those numbers to a program. Queries: 6."""
    return JsonResponse(counts.document(at=timezone.now()), json_dumps_params={"indent": 2})


@require_safe
@access.policy(access.ANYONE)
def document(request: HttpRequest) -> HttpResponse:
    """Send the whole data map to a program. Queries: 1."""
    return JsonResponse(page.document(), json_dumps_params={"indent": 2})


@require_safe
@access.policy(access.ANYONE)
def data_map(request: HttpRequest) -> HttpResponse:
    """Show the data map, filtered; all of it as JSON to a program. Queries: 1."""
    if wants_json(request):
        return document(request)
    asked = request.GET.get("class", "")
    asked = asked if asked in DataClass.__members__ else ""
    words, people = request.GET.get("q", "").strip()[:80], request.GET.get("about") == "people"
    shelves = page.shelves(words=words, data_class=asked, about_people=people)
    context = {
        "shelves": shelves,
        "fields": sum(len(names) for shelf in shelves for _, names in shelf.fields),
        "asked": asked,
        "words": words,
        "people": people,
    }
    if wants_fragment(request):
        return render(request, "transparency/data.html#shelves", context)
    context |= {
        "classes": page.class_counts(),
        "roots": page.file_roots(),
        "exits": page.exits(),
        "queues": QUEUES,
        "log_fields": page.log_fields(),
    }
    return render(request, "transparency/data.html", context)


@require_safe
@access.policy(access.ANYONE)
def ads(request: HttpRequest) -> HttpResponse:
    """List the ads that were shown, the newest first; ``q`` searches them. Queries: 1."""
    return _listed(request, repository.named, "transparency/ads.html")


@require_safe
@access.policy(access.ANYONE)
def ad(request: HttpRequest, ad_id: str) -> HttpResponse:
    """Show one ad: what it was, who paid, when, for whom, and whom it reached. Queries: 3."""
    found = get_object_or_404(repository.shown(at=timezone.now()), public_id=ad_id)
    context = {
        "ad": found,
        "advertiser": found.group.campaign.advertiser,
        "aimed": [(one, list(wording.whom(one.whom))) for one in repository.aimed(found)],
        "stood": [one.label for one in repository.stood_in(found)],
        "reached": repository.reached(found),
        "fewest": repository.FEWEST,
    }
    return render(request, "transparency/ad.html", context)


@require_safe
@access.policy(access.ANYONE)
def ads_document(request: HttpRequest) -> HttpResponse:
    """Send ads to a program, the newest first; ``after`` goes on behind one.

    Queries: 1, and 2 for each.
    """
    return _sent(request, "ads", repository.shown(at=timezone.now()), repository.document)


@require_safe
@access.policy(access.ANYONE)
def posts(request: HttpRequest) -> HttpResponse:
    """List the clips that creators were paid for, the newest first; ``q`` searches. Queries: 1."""
    return _listed(request, paid_posts.named, "transparency/posts.html")


@require_safe
@access.policy(access.ANYONE)
def post(request: HttpRequest, post_id: str) -> HttpResponse:
    """Show one paid post: who paid, why it is known, when, and whom it reached. Queries: 2."""
    found = get_object_or_404(paid_posts.shown(at=timezone.now()), public_id=post_id)
    context = {
        "post": found,
        "reached": paid_posts.reached(found),
        "fewest": repository.FEWEST,
    }
    return render(request, "transparency/post.html", context)


@require_safe
@access.policy(access.ANYONE)
def posts_document(request: HttpRequest) -> HttpResponse:
    """Send paid posts to a program, the newest first; ``after`` goes on behind one.

    Queries: 1, and 1 for each.
    """
    return _sent(request, "posts", paid_posts.shown(at=timezone.now()), paid_posts.document)


def _listed(
    request: HttpRequest, named: Callable[..., "QuerySet[Any]"], template: str
) -> HttpResponse:
    """Show a page of what has some words in its name. named: returns all of that."""
    typed = request.GET.get("q", "")[:MOST_TYPED]
    found = named(typed, at=timezone.now())
    shown = paging.last_made_first(found, after=request.GET.get("after", ""), size=SHOWN)
    context = {"typed": typed, "most": MOST_TYPED, "rows": shown.rows, "next": shown.next_cursor}
    return render(request, template, context)


def _sent(
    request: HttpRequest,
    name: str,
    rows: "QuerySet[Any]",
    document: Callable[[Any], dict[str, object]],
) -> HttpResponse:
    """Send a page of rows to a program, under a name."""
    sent = paging.last_made_first(rows, after=request.GET.get("after", ""), size=SENT)
    told = {
        name: [document(row) for row in sent.rows],
        "next": f"?after={sent.next_cursor}" if sent.next_cursor else None,
        "fewest_told": repository.FEWEST,
    }
    return JsonResponse(told, json_dumps_params={"indent": 2})
