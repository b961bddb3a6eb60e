"""How django-allauth behaves here."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from vitrine.accounts import languages
from vitrine.accounts.models import HandleTaken, Person
from vitrine.sovereignty.cell import this_cell


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up and log-in."""

    def save_user(
        self, request: HttpRequest, user: Person, form: Any, commit: bool = True
    ) -> Person:
        """Save a new person with the handle of the form. Raises: HandleTaken, in a race."""
        user.handle = form.cleaned_data["handle"]
        user.display_name = user.handle
        user.born_on = form.cleaned_data["born_on"]
        try:
            with transaction.atomic():
                saved: Person = super().save_user(request, user, form, commit)
        except IntegrityError as error:
            if "handle" not in str(error):
                raise
            raise HandleTaken from None
        return saved

    def post_login(self, request: HttpRequest, user: Person, **options: Any) -> HttpResponse:
        """Bring the person's language to the device they sign in on."""
        response: HttpResponse = super().post_login(request, user, **options)
        return languages.remember(response, user.language) if user.language else response

    def is_ajax(self, request: HttpRequest) -> bool:
        """Tell allauth to speak JSON only to the passkey module, which asks for a challenge."""
        match = request.resolver_match
        return match is not None and match.url_name == "mfa_login_webauthn"

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Return a link on the cell's own domain, whatever host the request named."""
        path = reverse("account_confirm_email", args=[emailconfirmation.key])
        return f"{settings.VITRINE_ORIGIN}{path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail about the account; templates know the cell's own address."""
        message = self.render_mail(
            template_prefix,
            email,
            {"email": email, "origin": settings.VITRINE_ORIGIN, "cell": this_cell(), **context},
            headers={"X-Purpose": "account"},
        )
        message.send()


class PasskeyAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Passkeys. They are bound to the cell's own domain, so that they survive a sale."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the relying party: the host of VITRINE_ORIGIN, never the request's host."""
        return {"id": str(urlsplit(settings.VITRINE_ORIGIN).hostname), "name": "Vitrine"}

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        """Name the person to the authenticator by public id; primary keys never leave."""
        return {
            "id": user.public_id.encode("ascii"),
            "name": user.email,
            "display_name": user.display_name,
        }

    def generate_authenticator_name(self, user: Person, type: Any) -> str:
        """Suggest a name that the person may change."""
        return gettext("Passkey")
