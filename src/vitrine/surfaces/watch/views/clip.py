"""The clip page, its sheets, and what a viewer does to a clip."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts import visitors
from vitrine.accounts.limits import Action
from vitrine.accounts.models import Person
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.feed import counting, impressions, related, sources
from vitrine.kernel.asked import is_delete, wants_fragment
from vitrine.sovereignty import access
from vitrine.surfaces.watch import exhibits, page, remixes, saved, sharing, talk, wanting, why
from vitrine.surfaces.watch.exhibits import Exhibit
from vitrine.surfaces.watch.forms import CommentForm
from vitrine.videos.models import Clip, Comment, Like, Takedown

BOUGHT = 4
"""Things that were bought after a clip that are shown."""


@access.policy(access.ANYONE)
@require_safe
def clip(request: HttpRequest, clip_id: str) -> HttpResponse:
    """Show one clip with its label, products and comments."""
    shown = visible(request, clip_id)
    key, is_new = visitors.welcomed(request)
    context = {**context_of(request, shown), "token": _token(request, shown, key)}
    response = render(request, "watch/clip.html", context)
    if is_new:
        visitors.remember(response, key)
    return response


@access.policy(access.ANYONE)
@require_safe
def options(request: HttpRequest, clip_id: str) -> HttpResponse:
    """Show why the clip is here and what can be done about it, as a sheet."""
    shown = visible(request, clip_id)
    context = {
        "clip": shown,
        "why": why.explained(shown, visitors.known(request), request.user),
        "refusable": wanting.refusable(shown),
        "origin": sharing.origin_of(request),
        "marks": saved.marks(shown, request.user),
    }
    return render(request, "watch/clip.html#options", context)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
@at_most(Action.LIKE)
def like(request: SignedInRequest, clip_id: str) -> HttpResponse:
    """POST likes the clip; DELETE, or a form's ``method``, takes it back. Queries: 2."""
    shown = visible(request, clip_id)
    if is_delete(request):
        Like.take_back(shown, by=request.user)
    else:
        Like.give(shown, by=request.user, at=timezone.now())
    return done(request, shown)


def _token(request: HttpRequest, shown: Clip, key: str) -> str:
    """Return the playback token of the clip page, which knows the page that led to it."""
    referrer, origin = request.headers.get("Referer", ""), sharing.origin_of(request)
    source = sources.of_referrer(referrer, origin=origin)
    if request.GET.get("from") == sources.Source.EMBED:
        source = sources.Source.EMBED
    return next(impressions.tokens([shown.public_id], to=key, source=source, at=timezone.now()))


def visible(request: HttpRequest, clip_id: str) -> Clip:
    """Return the clip if the viewer may see it, else answer 404. Queries: 1."""
    clips = Clip.objects.visible_to(request.user).select_related("creator")
    return get_object_or_404(clips, public_id=clip_id)


def context_of(
    request: HttpRequest, shown: Clip, form: CommentForm | None = None
) -> dict[str, object]:
    """Return what the clip page shows."""
    viewer = request.user
    exhibit = next(exhibits.of_clips([shown.pk]))
    is_person, is_own = isinstance(viewer, Person), viewer.pk == shown.creator_id
    views = counting.views_of(shown.pk)
    near = related.clips(shown)
    bought = related.bought(shown, near, most=BOUGHT, at=timezone.now())
    return {
        **talk_of(request, shown, form),
        **_known_elsewhere(request, exhibit, shown, views),
        "exhibit": exhibit,
        "transcript": page.transcript_of(shown),
        "bought": exhibits.of_products(bought),
        "related": page.related(shown, viewer, near),
        "remixes": remixes.count_of(shown, viewer),
        "is_liked": is_person and Like.objects.filter(clip=shown, person=viewer.pk).exists(),
        "is_followed": isinstance(viewer, Person) and viewer.follows(shown.creator),
        "is_own": is_own,
        "is_taken_down": is_own and Takedown.objects.filter(clip=shown).exists(),
        "marks": saved.marks(shown, viewer),
        "views": views,
    }


def _known_elsewhere(
    request: HttpRequest, exhibit: Exhibit, shown: Clip, views: int
) -> dict[str, object]:
    """Return what the page's head says to other sites: nothing of what not everybody may see."""
    origin = sharing.origin_of(request)
    if not page.is_open(shown, request.user):
        return {"origin": origin}
    return {
        "origin": origin,
        "frame": sharing.frame(exhibit, origin=origin),
        "linked_data": sharing.linked_data(exhibit, shown, origin=origin, views=views),
    }


def talk_of(
    request: HttpRequest,
    shown: Clip,
    form: CommentForm | None = None,
    *,
    answering: Comment | None = None,
) -> dict[str, object]:
    """Return what is said under a clip. form: what was typed; answering: the thread it was for."""
    return {
        "clip": shown,
        "talk": talk.of(shown, request.user, cursor=request.GET.get("cursor")),
        "form": form or CommentForm(),
        "answering": answering.pk if answering else None,
    }


def done(request: HttpRequest, shown: Clip) -> HttpResponse:
    """Answer what was done to a clip: nothing for our scripts, the clip's page for a form."""
    if wants_fragment(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return HttpResponseRedirect(shown.get_absolute_url())
