"""Hand an application in, decide on it, and tell the owners."""

from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.catalog.models import Application, Membership, Role, Verdict
from vitrine.catalog.verdicts import Outcome
from vitrine.kernel.errors import Refusal

SEEN = (
    "business",
    "legal_name",
    "numbers",
    "street",
    "city",
    "region",
    "postcode",
    "contact_name",
    "contact_email",
    "contact_phone",
)
"""What a verdict keeps of an application as it stood."""


class WithoutPapers(Refusal):
    """Nothing shows who applies."""

    code = "without_papers"
    message = "Add a paper first: a register extract, or something that shows who you are."
    status = 422


class AlreadySubmitted(Refusal):
    """It lies with the reviewers, or was decided for good."""

    code = "already_submitted"
    message = "This application was handed in already."


class VerdictGiven(Refusal):
    """Somebody else was faster, or the applicant has it back."""

    code = "verdict_given"
    message = "This application has been decided. The next one waits for you."


class ApplicationLookedAt(Refusal):
    """Another reviewer has it open."""

    code = "application_looked_at"
    message = "Another reviewer looks at this application now. The next one waits for you."


class OwnApplication(Refusal):
    """Nobody reviews their own."""

    code = "own_application"
    message = "You applied, or you work in this shop. Another must review it."


@transaction.atomic
def submit(application: Application, *, by: Person, at: datetime) -> None:
    """Hand it in, with its numbers bare. Raises: WithoutPapers, AlreadySubmitted.

    Its fields were judged by the form. Locks: the application's row.
    """
    held = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if not held.is_open:
        raise AlreadySubmitted
    if not held.documents.filter(removed_at=None).exists():
        raise WithoutPapers
    bare = {each.number.code: each.number.read(each.typed) for each in held.checks if each.typed}
    Application.objects.filter(pk=held.pk).update(submitted_at=at, by=by, numbers=bare)


@transaction.atomic
def decide(
    application: Application, *, by: Person, outcome: Outcome, reason: str, words: str, at: datetime
) -> Verdict:
    """Approve, return or refuse an application, and tell the owners.

    Raises: VerdictGiven, ApplicationLookedAt, OwnApplication; a trigger stands behind the last.
    Locks: the application's row, then the merchant's.
    """
    held = (
        Application.objects.select_for_update(of=("self",))
        .select_related("merchant")
        .get(pk=application.pk)
    )
    _refuse_unfit(held, by, at=at)
    seen = {name: getattr(held, name) for name in SEEN}
    verdict = Verdict.objects.create(
        application=held, by=by, outcome=outcome, reason=reason, words=words, seen=seen, at=at
    )
    ended: dict[str, Any] = {"lease_until": None}
    if outcome is Outcome.RETURN:
        ended["submitted_at"] = None
    else:
        ended["closed_at"] = at
    Application.objects.filter(pk=held.pk).update(**ended)
    if outcome is Outcome.APPROVE:
        held.merchant.approve(at=at)
    _tell_owners(verdict, at=at)
    return verdict


def _refuse_unfit(held: Application, by: Person, *, at: datetime) -> None:
    if held.is_open or held.closed_at is not None:
        raise VerdictGiven
    if not Application.objects.judgeable_by(by).filter(pk=held.pk).exists():
        raise OwnApplication
    is_leased = held.lease_until is not None and held.lease_until > at
    if is_leased and held.lease_by_id != by.pk:
        raise ApplicationLookedAt


def _tell_owners(verdict: Verdict, *, at: datetime) -> None:
    merchant = verdict.application.merchant
    owners = Membership.objects.filter(merchant=merchant, role=Role.OWNER).order_by("person")
    for person_id in owners.values_list("person", flat=True):
        telling.tell(
            telling.Kind.SHOP,
            whom=person_id,
            by=None,
            path=f"/market/{merchant.slug}/application/",
            item=verdict.public_id,
            at=at,
        )
        app.configure_task("catalog.tell_applicant", queue="mail").defer(
            verdict_id=verdict.pk, person_id=person_id
        )
