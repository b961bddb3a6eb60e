"""Mail about a shop: the verdict on its application, invitations. Leaves through the gate."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext

from vitrine.accounts import languages
from vitrine.accounts.models import Person
from vitrine.catalog.models import Invitation, Verdict
from vitrine.sovereignty import gate


def tell_applicant(verdict: Verdict, person: Person) -> None:
    """Mail what was decided on an application, and why. Queries: 0."""
    merchant = verdict.application.merchant
    link = f"{settings.VITRINE_ORIGIN}/market/{merchant.slug}/application/"
    with languages.of(person):
        gate.send_mail(
            to=person.email,
            subject=gettext("Your shop {name} at Vitrine").format(name=merchant.name),
            text=render_to_string(
                "catalog/mail/verdict.txt",
                {"verdict": verdict, "merchant": merchant, "link": link},
            ),
            purpose="shop",
        )


def tell_invited(invitation: Invitation) -> None:
    """Mail an invitation to work in a shop, in the language of who invites. Queries: 0."""
    with languages.of(invitation.by):
        gate.send_mail(
            to=invitation.email,
            subject=gettext("Work in the shop {name}").format(name=invitation.merchant.name),
            text=render_to_string(
                "catalog/mail/invitation.txt",
                {
                    "invitation": invitation,
                    "link": f"{settings.VITRINE_ORIGIN}{invitation.path}",
                },
            ),
            purpose="shop",
        )
