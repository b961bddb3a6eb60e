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


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@access.policy(access.OWNER)
def schedule(request: CreatorRequest, clip_id: str) -> HttpResponse:
    """Show when the draft goes out; POST chooses a time, DELETE cancels it."""
    clip = page.own_clip(request, clip_id)
    now = timezone.now()
    form = ScheduleForm(now=now, clip=clip)
    refusal = None
    try:
        if is_delete(request):
            clip.unschedule()
        elif request.method == "POST":
            form = ScheduleForm(request.POST, now=now, clip=clip)
            if form.is_valid():
                clip.schedule(out_at=form.cleaned_data["out_at"])
    except Refusal as refused:
        refusal = refused
    is_wrong = bool(refusal or form.errors)
    if request.method in {"POST", "DELETE"} and not is_wrong:
        if not request.htmx:
            return redirect("studio:clip", clip.public_id)
        form = ScheduleForm(now=now, clip=clip)
    context = {
        "editor": page.editor(clip),
        "schedule_form": form,
        "schedule_refusal": refusal,
        "news": {"standing": True},
    }
    template = "studio/clip.html#scheduled" if request.htmx else "studio/schedule_page.html"
    status = refusal.status if refusal else 422 if is_wrong else 200
    return render(request, template, context, status=status)
