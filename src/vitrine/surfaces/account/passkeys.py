"""Passkeys of a person: see, add, remove. Signing in with one is allauth's view."""

import hashlib

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth, flows
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from vitrine.accounts.forms import PasskeyNew
from vitrine.accounts.models import Person
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import asked_again
from vitrine.sovereignty import access


def mark_of(passkey: Authenticator) -> str:
    """Return the public name of a passkey: primary keys never leave the process."""
    return hashlib.sha256(passkey.data["credential"]["id"].encode()).hexdigest()[:16]


def passkeys_of(person: Person) -> list[Authenticator]:
    """Return a person's passkeys, oldest first, each with its ``mark``. Queries: 1."""
    found = list(
        Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).order_by("pk")
    )
    for passkey in found:
        passkey.mark = mark_of(passkey)
        passkey.label = passkey.data["name"]
    return found


@require_safe
@access.policy(access.PERSON)
def listing(request: SignedInRequest) -> HttpResponse:
    """Show a person's passkeys and how many recovery codes are left."""
    codes = Authenticator.objects.filter(
        user=request.user, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    return render(
        request,
        "mfa/passkeys.html",
        {
            "passkeys": passkeys_of(request.user),
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.PERSON)
@never_cache
@asked_again
def new(request: SignedInRequest) -> HttpResponse:
    """GET shows the form with a fresh challenge, POST stores what the authenticator made."""
    form = PasskeyNew(request.POST or None, user=request.user)
    if form.is_valid():
        _, codes = flows.add_authenticator(
            request, name=form.cleaned_data["name"], credential=form.cleaned_data["credential"]
        )
        return redirect("mfa_view_recovery_codes" if codes else "mfa_list_webauthn")
    options = auth.begin_registration(request.user, passwordless=True)
    return render(
        request,
        "mfa/passkey_new.html",
        {"form": form, "options": options},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.OWNER)
def one(request: SignedInRequest, mark: str) -> HttpResponse:
    """GET asks whether to remove one passkey, POST removes it."""
    passkey = next((p for p in passkeys_of(request.user) if p.mark == mark), None)
    if passkey is None or not get_adapter().can_delete_authenticator(passkey):
        raise Http404
    return _ask_or_remove(request, passkey)


@asked_again
def _ask_or_remove(request: HttpRequest, passkey: Authenticator) -> HttpResponse:
    if request.method == "POST":
        flows.remove_authenticator(request, passkey)
        return redirect("mfa_list_webauthn")
    return render(request, "mfa/passkey_remove.html", {"passkey": passkey})
