"""Saving a clip, into which collections, and putting it before one's own followers."""

from http import HTTPStatus

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.kernel.asked import is_delete, wants_fragment
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.watch import saved
from vitrine.surfaces.watch.views.clip import done, visible
from vitrine.videos.forms import CollectionForm
from vitrine.videos.models import Clip, Collection, Repost, Save


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
@at_most(Action.SAVE)
def save(request: SignedInRequest, clip_id: str) -> HttpResponse:
    """POST saves the clip into the default collection; DELETE takes it out of all."""
    shown = visible(request, clip_id)
    if is_delete(request):
        Save.take_back(shown, by=request.user)
    else:
        now = timezone.now()
        Save.put(shown, into=Collection.default_of(request.user, at=now), at=now)
    return done(request, shown)


@require_safe
@access.policy(access.PERSON)
def collections(request: SignedInRequest, clip_id: str) -> HttpResponse:
    """Show the viewer's collections, and which of them the clip is in."""
    return _choice(request, visible(request, clip_id), CollectionForm())


@require_http_methods(["POST"])
@access.policy(access.PERSON)
@at_most(Action.WRITE)
def new_collection(request: SignedInRequest, clip_id: str) -> HttpResponse:
    """Make a collection with the clip in it."""
    shown, now = visible(request, clip_id), timezone.now()
    form = CollectionForm(request.POST)
    if not form.is_valid():
        return _choice(request, shown, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        made = Collection.make(**form.cleaned_data, by=request.user, at=now)
    except Refusal as refusal:
        form.add_error("name", refusal.text)
        return _choice(request, shown, form, refusal.status)
    Save.put(shown, into=made, at=now)
    return _chosen(request, shown)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
@at_most(Action.SAVE)
def in_collection(request: SignedInRequest, clip_id: str, collection_id: str) -> HttpResponse:
    """POST puts the clip into one of the viewer's collections, DELETE takes it out."""
    shown = visible(request, clip_id)
    theirs = Collection.objects.owned_by(request.user)
    chosen = get_object_or_404(theirs, public_id=collection_id)
    if is_delete(request):
        Save.take_out(shown, of=chosen)
    else:
        Save.put(shown, into=chosen, at=timezone.now())
    return _chosen(request, shown)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
@at_most(Action.REPOST)
def repost(request: SignedInRequest, clip_id: str) -> HttpResponse:
    """POST puts the clip before the viewer's followers; DELETE takes it back."""
    shown = visible(request, clip_id)
    if is_delete(request):
        Repost.take_back(shown, by=request.user)
    else:
        Repost.give(shown, by=request.user, at=timezone.now())
    return done(request, shown)


def _choice(
    request: SignedInRequest, shown: Clip, form: CollectionForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    part = "#sheet" if wants_fragment(request) else ""
    context = {"clip": shown, "choices": saved.choices(shown, request.user), "form": form}
    return render(request, f"watch/collections.html{part}", context, status=status)


def _chosen(request: SignedInRequest, shown: Clip) -> HttpResponse:
    if wants_fragment(request):
        return _choice(request, shown, CollectionForm())
    return HttpResponseRedirect(f"{shown.get_absolute_url()}/collections")
