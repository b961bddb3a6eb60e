"""What a decision does to the thing it is about."""

from collections.abc import Callable
from datetime import datetime

from vitrine.accounts.models import Person
from vitrine.ads import suspending
from vitrine.catalog.models import Merchant
from vitrine.safety.models import Case, Decision, Origin
from vitrine.safety.policy import BANNED_FROM, HIDE_ADS, REASONS, STANDING, Kind, Measure
from vitrine.safety.things import Thing
from vitrine.videos.models import BannedPrint, Cause, Clip, Comment, Takedown

HIDING = frozenset({Measure.REMOVE, Measure.SUSPEND})
ACCOUNTS: dict[Kind, tuple[Callable[..., None], Callable[..., None]]] = {
    Kind.MERCHANT: (Merchant.suspend, Merchant.reinstate),
    Kind.ADVERTISER: (suspending.suspend, suspending.reinstate),
}
"""What suspends an account, and what lifts that."""


def take(
    thing: Thing, measure: Measure, *, case: Case, instead_of: Decision | None, at: datetime
) -> None:
    """Hide, mark or show a thing. instead_of: the decision that this one replaces."""
    hides = measure in HIDING
    match thing.kind:
        case Kind.CLIP:
            _on_clip(thing.row, hides=hides, reason=case.reason, at=at)
            is_mature = measure is Measure.MATURE
            if is_mature or (instead_of and instead_of.measure == Measure.MATURE):
                thing.row.rate(is_mature=is_mature, at=at)
        case Kind.COMMENT | Kind.REVIEW | Kind.QUESTION | Kind.MESSAGE:
            thing.row.withhold(at=at) if hides else thing.row.let_out(at=at)
        case Kind.PRODUCT:
            thing.row.bar(at=at) if hides else thing.row.unbar()
        case Kind.AD:
            ad, is_hidden = thing.row, measure in HIDE_ADS
            ad.withhold(at=at) if is_hidden else ad.let_out()
            _on_account(Thing.of(ad.advertiser), measure, instead_of=instead_of, at=at)
        case Kind.MERCHANT | Kind.ADVERTISER:
            _on_account(thing, measure, instead_of=instead_of, at=at)
        case Kind.PERSON if case.origin == Origin.HELD:
            if not hides:
                _let_out_comments(thing.row, since=case.opened_at, at=at)
        case Kind.PERSON if hides and instead_of is None:
            _clear_profile(thing.row)


def _on_clip(clip: Clip, *, hides: bool, reason: str, at: datetime) -> None:
    if not hides:
        Takedown.objects.filter(clip=clip).delete()
        BannedPrint.lift(clip, at=at)
        return
    if REASONS[reason].harm >= BANNED_FROM:
        BannedPrint.ban(clip, reason=reason, at=at)
    Takedown.objects.bulk_create(
        [Takedown(clip=clip, cause=Cause.DECIDED, at=at)],
        update_conflicts=True,
        unique_fields=["clip"],
        update_fields=["cause"],
    )


def _on_account(
    thing: Thing, measure: Measure, *, instead_of: Decision | None, at: datetime
) -> None:
    """Suspend an account, or reinstate it; what says neither leaves it as it is."""
    suspends, lifts = STANDING[thing.kind]
    suspend, reinstate = ACCOUNTS[thing.kind]
    if measure is suspends:
        suspend(thing.row, at=at)
    elif measure is lifts or (instead_of and instead_of.measure == suspends):
        reinstate(thing.row)


def _let_out_comments(author: Person, *, since: datetime, at: datetime) -> None:
    """Show what a filter held of somebody, save what is judged by itself."""
    judged = Case.objects.filter(comment__author=author).values("comment")
    held = Comment.objects.filter(author=author, withheld_at__gte=since)
    for comment in held.exclude(pk__in=judged).select_related("clip", "thread").order_by("pk"):
        comment.let_out(at=at)


def _clear_profile(person: Person) -> None:
    """Leave the handle; take name, words and picture away. They can be written anew."""
    person.change_profile(display_name=person.handle, bio="")
    person.remove_picture()
