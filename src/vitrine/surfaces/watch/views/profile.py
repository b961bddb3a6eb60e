"""The profile page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from vitrine.accounts.models import Person
from vitrine.sovereignty import access
from vitrine.surfaces.watch import page


@access.policy(access.ANYONE)
@require_safe
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a creator and their clips."""
    person = get_object_or_404(Person, handle=handle.lower(), is_active=True)
    viewer = request.user
    context = {
        "person": person,
        "clips": page.profile_clips(person, viewer, cursor=request.GET.get("cursor")),
        "standing": page.standing(person, viewer),
        "is_followed": isinstance(viewer, Person) and viewer.follows(person),
        "is_own": viewer == person,
        "is_first": "cursor" not in request.GET,
    }
    return render(request, "watch/profile.html", context)
