"""The list of a creator's clips, and one change to many of them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from vitrine.sovereignty import access
from vitrine.surfaces.studio import changing, page
from vitrine.surfaces.studio.changing import ChangeForm
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.surfaces.studio.shelf import ShelfForm


@require_GET
@access.policy(access.PERSON)
def listing(request: CreatorRequest) -> HttpResponse:
    """Show the creator's clips, newest first. Queries: 1 or 2, and 2 for the session."""
    asked = ShelfForm.asked(request.GET)
    return _listed(request, asked, ChangeForm(creator=request.user, asked=asked))


@require_GET
@access.policy(access.OWNER)
def row(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show one row of the list as it stands now. Queries: 1, and 2 for the session."""
    return render(request, "studio/clips.html#row", {"row": page.own_row(request, clip_id)})


@require_POST
@access.policy(access.PERSON)
def changes(request: CreatorRequest) -> HttpResponse:
    """Make one change to the clips that were ticked; what is for good is asked for once more."""
    asked = ShelfForm.asked(request.POST)
    form = ChangeForm(request.POST, creator=request.user, asked=asked)
    if not form.is_valid():
        return _listed(request, asked, form, status=422)
    what = form.cleaned_data["what"]
    context = {"asked": asked, "form": form, "clips": form.chosen}
    if what == changing.DELETION and not form.cleaned_data["sure"]:
        return render(request, "studio/changes_asked.html", context)
    outcome = changing.change(form.chosen, what, at=timezone.now())
    return render(request, "studio/changes.html", context | {"outcome": outcome})


def _listed(
    request: CreatorRequest, asked: ShelfForm, form: ChangeForm, *, status: int = 200
) -> HttpResponse:
    clips = page.own_clips(asked.clips(request.user), cursor=request.GET.get("after"))
    context = {"clips": clips, "asked": asked, "form": form}
    is_more = "after" in request.GET and request.htmx
    template = "studio/clips.html#rows" if is_more else "studio/clips.html"
    return render(request, template, context, status=status)
