"""Where a person is signed in, and how to end it from here."""

import hashlib

from allauth.usersessions.internal import flows
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.models import Person
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.sovereignty import access

BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


def browser(user_agent: str) -> str:
    """Name a browser as a person would: "Firefox on Android"."""
    name = next(
        (said for sign, said in BROWSERS.items() if sign in user_agent), gettext("A browser")
    )
    system = next((said for sign, said in SYSTEMS.items() if sign in user_agent), "")
    if not system:
        return name
    return gettext("{browser} on {system}").format(browser=name, system=system)


def sessions_of(person: Person) -> list[UserSession]:
    """Return the live sessions of a person, this one first, then the newest."""
    found = UserSession.objects.purge_and_list(person)
    for session in found:
        session.mark = hashlib.sha256(session.session_key.encode()).hexdigest()[:16]
        session.browser = browser(session.user_agent)
    return sorted(found, key=lambda s: (not s.is_current(), -s.created_at.timestamp()))


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.PERSON)
def listing(request: SignedInRequest) -> HttpResponse:
    """GET shows where a person is signed in, POST ends all sessions but this one."""
    if request.method == "POST":
        flows.sessions.end_other_sessions(request, request.user)
        messages.success(request, gettext("You are signed out everywhere else."))
        return redirect("usersessions_list")
    return render(request, "usersessions/list.html", {"sessions": sessions_of(request.user)})


@require_POST
@access.policy(access.OWNER)
def one(request: SignedInRequest, mark: str) -> HttpResponse:
    """End one session of the person."""
    session = next((s for s in sessions_of(request.user) if s.mark == mark), None)
    if session is None:
        raise Http404
    session.end()
    said = gettext("{browser} is signed out.").format(browser=session.browser)
    messages.success(request, said)
    return redirect("usersessions_list")
