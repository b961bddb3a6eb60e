"""The account page, the profile, whom a person follows, blocks and mutes."""

from http import HTTPStatus

from allauth.account.models import EmailAddress
from allauth.account.views import confirm_email as confirm_address
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts import languages, pictures
from vitrine.accounts.forms import Profile
from vitrine.accounts.languages import NotSpoken
from vitrine.accounts.limits import Action
from vitrine.accounts.models import Block, Mute, Person
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.kernel import storage
from vitrine.kernel.asked import is_delete, wants_fragment
from vitrine.safety import filtering
from vitrine.sovereignty import access
from vitrine.surfaces.account.borrowed import page


@require_safe
@access.policy(access.PERSON)
def home(request: SignedInRequest) -> HttpResponse:
    """Show what there is to an account. Queries: 3."""
    kinds = list(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    address = EmailAddress.objects.filter(user=request.user, primary=True).first()
    return render(
        request,
        "account/home.html",
        {
            "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
            "sessions": UserSession.objects.filter(user=request.user).count(),
            "is_verified": address is not None and address.verified,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.PERSON)
@at_most(Action.WRITE)
def profile(request: SignedInRequest) -> HttpResponse:
    """GET shows the profile's form, POST changes what others see of a person."""
    person = request.user
    shown = {"display_name": person.display_name, "bio": person.bio}
    form = Profile(request.POST or None, request.FILES or None, initial=shown)
    if request.method == "POST" and form.is_valid() and _may_stand(form):
        said = form.cleaned_data
        person.change_profile(display_name=said["display_name"], bio=said["bio"])
        if said["picture"]:
            person.change_picture(said["picture"])
        elif said["remove_picture"]:
            person.remove_picture()
        messages.success(request, gettext("Your profile is saved."))
        return redirect("account_profile")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "account/profile.html", {"form": form}, status=status)


def _may_stand(form: Profile) -> bool:
    """Tell whether the cell's list of words lets a profile stand; a profile cannot be held."""
    for name in ("display_name", "bio"):
        if objection := filtering.objection(form.cleaned_data[name], holds_too=True):
            form.add_error(name, objection)
    return not form.errors


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
@at_most(Action.FOLLOW)
def following(request: SignedInRequest, handle: str) -> HttpResponse:
    """POST follows somebody, DELETE (or a form's hidden ``method``) stops. Queries: 3."""
    other = get_object_or_404(Person.objects.visible_to(request.user), handle=handle.lower())
    ends = is_delete(request)
    if ends:
        request.user.unfollow(other)
    else:
        request.user.follow(other, at=timezone.now())
    back = _back(request) or other.get_absolute_url()
    if wants_fragment(request):
        button = {"person": other, "follows": not ends, "back": back}
        return render(request, "components/follow_button.html", button)
    return redirect(back)


@require_POST
@access.policy(access.ANYONE)
def language(request: HttpRequest) -> HttpResponse:
    """POST chooses the language of the pages: on this device, and of a person's mails."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise NotSpoken
    if isinstance(request.user, Person):
        request.user.speak(chosen)
    return languages.remember(redirect(_back(request) or "/"), chosen)


@require_safe
@access.policy(access.PERSON)
def distance(request: SignedInRequest) -> HttpResponse:
    """Show whom the person has blocked and muted, the latest first. Queries: 2."""
    context = {
        kind: list(rows.select_related("on").order_by("-at", "-pk"))
        for kind, rows in (("blocks", request.user.blocks), ("mutes", request.user.mutes))
    }
    return render(request, "account/distance.html", context)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
def block(request: SignedInRequest, handle: str) -> HttpResponse:
    """POST blocks somebody, DELETE (or a form's ``method``) lifts the block."""
    return _turn(request, handle, Block)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
def mute(request: SignedInRequest, handle: str) -> HttpResponse:
    """POST mutes somebody, DELETE (or a form's ``method``) ends it."""
    return _turn(request, handle, Mute)


def _turn(request: SignedInRequest, handle: str, kind: type[Block] | type[Mute]) -> HttpResponse:
    """Put or lift. Also who has blocked the person can be blocked: it is the person's own wall."""
    other = get_object_or_404(Person, handle=handle.lower(), is_active=True)
    if is_delete(request):
        kind.lift(by=request.user, on=other)
    else:
        kind.put(by=request.user, on=other, at=timezone.now())
    return redirect(_back(request) or "account_distance")


def _back(request: HttpRequest) -> str:
    """Return the page of ours that a form asks to come back to, or ""."""
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return back if ours else ""


@require_safe
@access.policy(access.ANYONE)
@cache_control(public=True, max_age=31536000, immutable=True)
def face(request: HttpRequest, picture_id: str, side: int) -> HttpResponse:
    """Send a profile picture. Its name changes with its content, so caches may keep it."""
    if side not in pictures.SIDES:
        raise Http404
    try:
        content = storage.get(pictures.file_key(f"{pictures.ROOT}/{picture_id}", side))
    except storage.Missing:
        raise Http404 from None
    return HttpResponse(content, content_type="image/webp")


@access.policy(access.HOLDER)
def confirm_email(request: HttpRequest, key: str) -> HttpResponse:
    """Let whoever holds the link from the mail confirm the address; 404 when it is used up."""
    response = page(confirm_address, access.HOLDER)(request, key=key)
    shown = getattr(response, "context_data", None) or {}
    if "confirmation" in shown and shown["confirmation"] is None:
        response.status_code = HTTPStatus.NOT_FOUND
    return response
