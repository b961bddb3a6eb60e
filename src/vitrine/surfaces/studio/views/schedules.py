"""When a draft goes out."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.studio import page
from vitrine.surfaces.studio.forms import ScheduleForm
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.videos.models import Clip


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@access.policy(access.OWNER)
def schedule(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show when the draft goes out; POST chooses a time, DELETE cancels it."""
    clip, now = page.own_clip(request, clip_id), timezone.now()
    removes = is_delete(request)
    writes = removes or request.method == "POST"
    form = ScheduleForm(request.POST if writes and not removes else None, now=now, clip=clip)
    refusal = _plan(clip, form, removes=removes) if writes else None
    if writes and not refusal and not form.errors:
        if not request.htmx:
            return redirect("studio:clip", clip.public_id)
        form = ScheduleForm(now=now, clip=clip)
    context: dict[str, object] = {
        "editor": page.editor(clip),
        "schedule_form": form,
        "schedule_refusal": refusal,
    }
    context["news"] = {"standing": True}
    template = "studio/clip.html#scheduled" if request.htmx else "studio/schedule_page.html"
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, template, context, status=status)


def _plan(clip: Clip, form: ScheduleForm, *, removes: bool) -> Refusal | None:
    """Do what was asked for; return why not. A form that is wrong says so itself."""
    try:
        if removes:
            clip.unschedule()
        elif form.is_valid():
            clip.schedule(out_at=form.cleaned_data["out_at"])
    except Refusal as refused:
        return refused
    return None
