"""What a person saved, in collections."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.you import saved as reads
from vitrine.surfaces.you.forms import PlaceForm
from vitrine.videos.forms import CollectionForm
from vitrine.videos.models import Clip, Collection, Save


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.PERSON)
@at_most(Action.WRITE)
def everything(request: SignedInRequest) -> HttpResponse:
    """Show a person's collections; POST begins another."""
    form = CollectionForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        form = CollectionForm(request.POST)
        if form.is_valid():
            try:
                made = Collection.make(**form.cleaned_data, by=request.user, at=timezone.now())
                return redirect(made)
            except Refusal as refusal:
                form.add_error("name", refusal.text)
                status = HTTPStatus(refusal.status)
    context = {"collections": reads.collections(request.user), "form": form}
    return render(request, "you/saved.html", context, status=status)


@require_safe
@access.policy(access.ANYONE)
def collection(request: HttpRequest, collection_id: str) -> HttpResponse:
    """Show a collection to its owner, and an open one to others. Queries: 2, or 3 for its owner."""
    found = Collection.objects.visible_to(request.user).select_related("owner")
    shown = get_object_or_404(found, public_id=collection_id)
    is_own = request.user == shown.owner
    context = {
        "collection": shown,
        "clips": reads.clips(shown, request.user, page=request.GET.get("page")),
        "is_own": is_own,
        "others": reads.others(shown) if is_own else [],
    }
    return render(request, "you/collection.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.OWNER)
@at_most(Action.WRITE)
def settings(request: SignedInRequest, collection_id: str) -> HttpResponse:
    """GET shows a collection's name and who may see it, POST changes them."""
    shown = _own(request, collection_id)
    form, status = CollectionForm.of(shown), HTTPStatus.OK
    if request.method == "POST":
        form, status = CollectionForm(request.POST), HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                shown.change(**form.cleaned_data)
                return redirect(shown)
            except Refusal as refusal:
                form.add_error("name", refusal.text)
                status = HTTPStatus(refusal.status)
    context = {"collection": shown, "form": form}
    return render(request, "you/collection_settings.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.OWNER)
def deletion(request: SignedInRequest, collection_id: str) -> HttpResponse:
    """Ask before a collection is deleted; POST deletes it. Its clips stay where they are."""
    shown = _own(request, collection_id)
    if request.method != "POST":
        return render(request, "you/collection_deletion.html", {"collection": shown})
    shown.delete()
    messages.success(request, gettext("The collection is deleted."))
    return redirect("you:saved")


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def clip(request: SignedInRequest, collection_id: str, clip_id: str) -> HttpResponse:
    """POST moves a clip up, down or into another collection; DELETE takes it out."""
    shown = _own(request, collection_id)
    found = get_object_or_404(Clip, saves__collection=shown, public_id=clip_id, deleted_at=None)
    if is_delete(request):
        Save.take_out(found, of=shown)
        return redirect(shown)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, gettext("Say where the clip goes: up, down, or into which collection.")
        )
        return redirect(shown)
    if form.cleaned_data["to"]:
        Save.lift(found, within=shown, by=1 if form.cleaned_data["to"] == "up" else -1)
    else:
        into = _own(request, form.cleaned_data["into"])
        Save.move(found, of=shown, into=into, at=timezone.now())
    return redirect(shown)


def _own(request: SignedInRequest, collection_id: str) -> Collection:
    return get_object_or_404(Collection.objects.owned_by(request.user), public_id=collection_id)
