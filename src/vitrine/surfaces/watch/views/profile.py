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
    """Show a creator and their clips; to nobody with whom there is a block."""
    viewer = request.user
    person = get_object_or_404(Person.objects.visible_to(viewer), handle=handle.lower())
    context = {
        "person": person,
        "clips": page.profile_clips(person, viewer, cursor=request.GET.get("cursor")),
        "standing": page.standing(person, viewer),
        "is_followed": isinstance(viewer, Person) and viewer.follows(person),
        "is_muted": isinstance(viewer, Person) and viewer.mutes.filter(on=person).exists(),
        "is_own": viewer == person,
        "is_first": "cursor" not in request.GET,
    }
    return render(request, "watch/profile.html", context)
