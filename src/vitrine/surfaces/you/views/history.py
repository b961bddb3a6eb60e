"""What a person watched, and for how long a day they want to."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.feed import history as activity
from vitrine.feed.days import local_day
from vitrine.feed.models import Habit
from vitrine.kernel.asked import is_delete
from vitrine.sovereignty import access
from vitrine.surfaces.you import history as reads
from vitrine.surfaces.you.forms import ScreenTimeForm
from vitrine.videos.models import Clip


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
@access.policy(access.PERSON)
def history(request: SignedInRequest) -> HttpResponse:
    """GET shows what a person watched, by day; DELETE (or a form's ``method``) clears it."""
    if is_delete(request):
        activity.forget(request.user, at=timezone.now())
        messages.success(request, gettext("Your history is cleared."))
        return redirect("you:history")
    watched = reads.watched(request.user, cursor=request.GET.get("cursor"))
    context = {"watched": watched, "habit": Habit.of(request.user)}
    return render(request, "you/history.html", context)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
def pause(request: SignedInRequest) -> HttpResponse:
    """POST keeps no more of what is watched, DELETE keeps it again."""
    if is_delete(request):
        Habit.resume(request.user)
        messages.success(request, gettext("What you watch is kept again."))
    else:
        Habit.pause(request.user, at=timezone.now())
        messages.success(request, gettext("Paused: what you watch now is not kept."))
    return redirect("you:history")


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
def profile(request: SignedInRequest) -> HttpResponse:
    """DELETE shows in For you what everybody is shown, POST chooses by what is watched again."""
    if is_delete(request):
        Habit.unprofile(request.user, at=timezone.now())
        messages.success(request, gettext("For you is now the same for you as for everybody."))
    else:
        Habit.profile(request.user)
        messages.success(request, gettext("For you is chosen by what you watch again."))
    return redirect("you:history")


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
def watched(request: SignedInRequest, clip_id: str) -> HttpResponse:
    """Take one clip out of the history."""
    clip = get_object_or_404(Clip.objects.visible_to(request.user), public_id=clip_id)
    activity.forget(request.user, clip=clip, at=timezone.now())
    return redirect("you:history")


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.PERSON)
def screen_time(request: SignedInRequest) -> HttpResponse:
    """GET shows how long a person watched on the last days, POST sets their limit."""
    habit = Habit.of(request.user)
    form, status = ScreenTimeForm.of(habit), HTTPStatus.OK
    if request.method == "POST":
        form, status = ScreenTimeForm(request.POST), HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            Habit.limit(request.user, **form.cleaned_data)
            messages.success(request, gettext("Saved."))
            return redirect("you:screen-time")
    context = {"form": form, "week": reads.week(request.user, at=timezone.now())}
    return render(request, "you/screen_time.html", context, status=status)


@require_POST
@access.policy(access.PERSON)
def more(request: SignedInRequest) -> HttpResponse:
    """Watch a quarter of an hour more today, and go back to the feed."""
    Habit.add_more(request.user, today=local_day(timezone.now()))
    return redirect("watch:for-you")


@require_POST
@access.policy(access.PERSON)
def done(request: SignedInRequest) -> HttpResponse:
    """Be done with the feeds for today."""
    Habit.be_done(request.user, today=local_day(timezone.now()))
    messages.success(request, gettext("Done for today. Your feeds are back tomorrow."))
    return redirect("you:screen-time")
