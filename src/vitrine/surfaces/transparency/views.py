"""The transparency pages: open to everybody, signed in or not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrine.ads import reach, repository, wording
from vitrine.feed import first_days, paid_posts, weights
from vitrine.kernel import paging, storage
from vitrine.kernel.asked import wants_fragment
from vitrine.kernel.errors import problem, wants_json
from vitrine.safety import counts
from vitrine.sovereignty import access
from vitrine.sovereignty.datamap import QUEUES, DataClass
from vitrine.surfaces.transparency import (
    advertised,
    counted_views,
    moderation,
    page,
    ranking_factors,
)
from vitrine.surfaces.transparency.advertised import Entry
from vitrine.surfaces.transparency.forms import SoughtAdsForm, SoughtForm
from vitrine.videos import roots, serving
from vitrine.videos.serving import Served

SHOWN, SENT = 30, 100


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
    """List the ads that were shown, the latest made first, as they are looked for. Queries: 5."""
    return _listed(request, ADS, "transparency/ads.html")


@require_safe
@access.policy(access.ANYONE)
def ads_document(request: HttpRequest) -> HttpResponse:
    """Send ads to a program; ``after`` goes on behind one. Queries: 5."""
    return _sent(request, ADS)


@require_safe
@access.policy(access.ANYONE)
def ad(request: HttpRequest, ad_id: str) -> HttpResponse:
    """Show one ad: what it was, who paid, when, for whom, and whom it reached. Queries: 5."""
    at = timezone.now()
    found = get_object_or_404(repository.shown(at=at), public_id=ad_id)
    (entry,) = ADS.entries([found], at=at)
    aimed = [(one, list(wording.whom(one.whom))) for one in entry.told.aimed]
    context = {"entry": entry, "told": entry.told, "aimed": aimed, **_rules()}
    return render(request, "transparency/ad.html", context)


@require_safe
@access.policy(access.ANYONE)
def film(request: HttpRequest, ad_id: str) -> HttpResponseBase:
    """Send the film of an ad whose content is told. Queries: 1."""
    return _kept(request, ad_id, "film_key")


@require_safe
@access.policy(access.ANYONE)
def picture(request: HttpRequest, ad_id: str) -> HttpResponseBase:
    """Send the first frame of an ad whose content is told. Queries: 1."""
    return _kept(request, ad_id, "poster_key")


def _kept(request: HttpRequest, ad_id: str, field: str) -> HttpResponseBase:
    ads = repository.with_content(at=timezone.now())
    key = getattr(get_object_or_404(ads, public_id=ad_id).record, field)
    if not key:
        raise Http404
    stat = storage.stat(key)
    kind, etag = roots.content_type(key), stat.etag.strip('"')
    return serving.respond(request, Served(key, stat.size, etag, kind, serving.OWN_EYES))


@require_safe
@access.policy(access.ANYONE)
def posts(request: HttpRequest) -> HttpResponse:
    """List the clips that creators were paid for, as they are looked for. Queries: 3."""
    return _listed(request, POSTS, "transparency/posts.html")


@require_safe
@access.policy(access.ANYONE)
def posts_document(request: HttpRequest) -> HttpResponse:
    """Send paid posts to a program; ``after`` goes on behind one. Queries: 3."""
    return _sent(request, POSTS)


@require_safe
@access.policy(access.ANYONE)
def post(request: HttpRequest, post_id: str) -> HttpResponse:
    """Show one paid post: who paid, why it is known, when, and whom it reached. Queries: 3."""
    at = timezone.now()
    found = get_object_or_404(paid_posts.shown(at=at), public_id=post_id)
    (entry,) = POSTS.entries([found], at=at)
    context = {"entry": entry, "told": entry.told, "post": found, **_rules()}
    return render(request, "transparency/post.html", context)


@dataclass(frozen=True)
class List:
    """What is listed to people and sent to programs. found: all that is looked for."""

    name: str
    form: type[SoughtForm]
    found: Callable[..., "QuerySet[Any]"]
    entries: Callable[..., Sequence[Entry[Any]]]


ADS = List(
    "ads",
    SoughtAdsForm,
    repository.found,
    lambda rows, at: advertised.ads(repository.tell(rows, at=at)),
)
POSTS = List(
    "posts",
    SoughtForm,
    paid_posts.found,
    lambda rows, at: advertised.posts(paid_posts.tell(rows, at=at)),
)


def _listed(request: HttpRequest, of: List, template: str) -> HttpResponse:
    """Show a page of what is looked for; what makes no sense is said at its field."""
    form = of.form(request.GET)
    if not form.is_valid():
        context = {"form": form, "is_sought": True}
        return render(request, template, context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    entries, following = _page(request, of, form, size=SHOWN)
    context = {"form": form, "entries": entries, "next": following, "is_sought": bool(form.query)}
    return render(request, template, context)


def _sent(request: HttpRequest, of: List) -> HttpResponse:
    """Send a page of what is looked for to a program; what makes no sense is a problem document."""
    form = of.form(request.GET)
    if not form.is_valid():
        errors = [
            {"pointer": f"?{name}", "detail": str(sentence)}
            for name, sentences in form.errors.items()
            for sentence in sentences
        ]
        detail = "Something in the address is not as it has to be; see errors."
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, code="invalid", detail=detail, errors=errors
        )
    entries, following = _page(request, of, form, size=SENT)
    told = {
        of.name: [entry.document for entry in entries],
        "next": following,
        "fewest_told": reach.FEWEST,
        "rounded_down_to": reach.ROUNDED,
    }
    return JsonResponse(told, json_dumps_params={"indent": 2})


def _page(
    request: HttpRequest, of: List, form: SoughtForm, *, size: int
) -> tuple[Sequence[Entry[Any]], str | None]:
    """Return a page of what is looked for, and the query of the next one."""
    at = timezone.now()
    rows = of.found(form.sought, at=at)
    page = paging.last_made_first(rows, after=request.GET.get("after", ""), size=size)
    entries = of.entries(page.rows, at=at)
    if not page.next_cursor:
        return entries, None
    return entries, f"?{urlencode({**form.query, 'after': page.next_cursor})}"


def _rules() -> dict[str, int]:
    """Return by which rules is told whom something reached."""
    return {"fewest": reach.FEWEST, "rounded": reach.ROUNDED}
