"""Rows of advertisers for tests: say only what the test is about."""

from datetime import datetime
from typing import Any

from django.db import connection

from tests import make
from tests.orders.deposits import paid
from vitrine.accounts.models import Person
from vitrine.ads.models import (
    Ad,
    AdGroup,
    AdMember,
    AdRole,
    AdVerdict,
    Advertiser,
    Call,
    Campaign,
    Objective,
)
from vitrine.orders import wallets
from vitrine.orders.models import Address
from vitrine.videos.models import Clip


def advertiser(owner: Person | None = None, *, put_minor: int = 1_000_00, **f: Any) -> Advertiser:
    """Make an advertiser with an owner, who put 1,000.00 into its wallet."""
    owner = owner or make.person()
    wallet = wallets.open_wallet(at=make.NOON)
    if put_minor:
        paid(wallet, amount_minor=put_minor, by=owner)
    made = Advertiser.objects.create(
        name=f.pop("name", owner.display_name), wallet=wallet, opened_at=make.NOON, **f
    )
    AdMember.objects.create(
        advertiser=made, person=owner, role=AdRole.OWNER, since_at=make.NOON, by=owner
    )
    return made


def owner_of(one: Advertiser) -> Person:
    """Return the first owner of an advertiser."""
    return one.members.filter(role=AdRole.OWNER).order_by("pk")[0].person


def campaign(of: Advertiser | None = None, **fields: Any) -> Campaign:
    """Make a campaign that runs, with a budget of 100.00 for its life."""
    of = of or advertiser()
    if Objective(fields.get("objective", Objective.VIEWS)).sells:
        fields.setdefault("view_days", 0)
    return Campaign.objects.create(
        advertiser=of,
        name=fields.pop("name", "Lamps"),
        objective=fields.pop("objective", Objective.VIEWS),
        budget_minor=fields.pop("budget_minor", 100_00),
        starts_at=fields.pop("starts_at", make.NOON),
        zone=fields.pop("zone", "America/New_York"),
        by=fields.pop("by", None) or owner_of(of),
        made_at=make.NOON,
        **fields,
    )


def group(of: Campaign | None = None, **fields: Any) -> AdGroup:
    """Make a group for everybody that bids 0.01 for what its campaign pays for."""
    of = of or campaign()
    if of.objective == Objective.REACH:
        fields.setdefault("most_shown", 1)
    return AdGroup.objects.create(
        campaign=of,
        name=fields.pop("name", "Everybody"),
        bid_micros=fields.pop("bid_micros", 10_000),
        **fields,
    )


def ad(
    of: AdGroup | None = None, clip: Clip | None = None, *, is_approved: bool = True, **fields: Any
) -> Ad:
    """Make an ad of its advertiser's own clip, reviewed by somebody else."""
    of = of or group()
    owner = owner_of(of.campaign.advertiser)
    made = Ad.objects.create(
        group=of,
        clip=clip or make.clip(owner),
        call=fields.pop("call", Call.VISIT),
        by=owner,
        made_at=make.NOON,
        **fields,
    )
    if is_approved:
        reviewer = make.person(is_moderator=True)
        AdVerdict.objects.create(ad=made, is_approved=True, by=reviewer, at=make.NOON)
    return made


def lives(who: Person, region: str, *, at: datetime = make.NOON, is_first: bool = False) -> Person:
    """Let a person have things sent somewhere."""
    Address.objects.filter(person=who, first_at__isnull=False).update(first_at=None)
    Address.objects.create(
        person=who, name="Bea", line1="5 Elm Street", city="Albany", region=region,
        postcode="12207", phone="", used_at=at, first_at=at if is_first else None,
    )  # fmt: skip
    return who


SPENDING = ("ads_budget", "ads_campaign", "ads_charge", "ads_lease", "ads_showing", "orders_wallet")


def analyze(*tables: str) -> None:
    """Tell Postgres how many rows there are: of what a test has not committed it would never know.

    It plans for empty tables, and looks at all rows of one for each row of another.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")
