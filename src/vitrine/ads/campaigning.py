"""Make campaigns and what is in them, change what may be changed, pause and end them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.ads import budgeting, crediting, dealings, sensitive
from vitrine.ads.models import (
    Ad,
    AdGroup,
    Advertiser,
    Authorisation,
    Call,
    Campaign,
    Objective,
    Placement,
)
from vitrine.ads.refusals import (
    Begun,
    Blocked,
    EndsFirst,
    MeetsAgain,
    NeedsProduct,
    NothingToCompare,
    NotOurs,
    NotToAdvertise,
    Over,
    PicksByTooMuch,
    SellsNothing,
)
from vitrine.catalog.models import Product, Tag
from vitrine.sovereignty.cell import local_day, this_cell
from vitrine.videos import comment_rules
from vitrine.videos.models import Clip
from vitrine.videos.models.clip import ClipQuerySet
from vitrine.videos.models.visibility import Visibility


@dataclass(frozen=True)
class Plan:
    """What a campaign is to be: see ``Campaign``. holdout_percent: of a shop's account alone.

    target_percent: of those for a return alone. view_days: 0 for what is to sell.
    """

    name: str
    objective: Objective
    budget_minor: int | None
    daily_minor: int | None
    starts_at: datetime
    ends_at: datetime | None = None
    zone: str = ""
    click_days: int = crediting.USUAL_CLICK_DAYS
    view_days: int = crediting.USUAL_VIEW_DAYS
    holdout_percent: int = 0
    target_percent: int | None = None


@dataclass(frozen=True)
class Begins:
    """When a campaign begins, and by the clocks of which zone its days are."""

    at: datetime
    zone: str


@dataclass(frozen=True)
class Audience:
    """Whom a group is for, where, at which bid, how often one viewer gets it: see ``AdGroup``."""

    placements: tuple[Placement, ...] = (Placement.FEED,)
    bid_micros: int | None = None
    languages: tuple[str, ...] = ()
    ages: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    dealings: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    alike_percent: int = 0
    beside: tuple[str, ...] = ()
    most_shown: int = 3
    within_days: int = 1


@dataclass(frozen=True)
class Shown:
    """What an ad shows, and where its button leads."""

    clip: Clip
    product: Product | None = None
    call: Call = Call.VISIT


@transaction.atomic
def make(
    advertiser: Advertiser,
    plan: Plan,
    audience: Audience,
    shown: Shown,
    *,
    by: Person,
    at: datetime,
) -> Campaign:
    """Make a campaign with its first group and ad, which waits for review.

    Raises: NotToAdvertise, NotOurs, NeedsProduct, SellsNothing, NoShop, NothingToCompare,
    PicksByTooMuch, Blocked, EndsFirst, MeetsAgain, BidAboveBudget, and those of
    ``dealings.refuse_few``.
    """
    if plan.ends_at is not None and plan.ends_at <= plan.starts_at:
        raise EndsFirst
    if plan.holdout_percent and advertiser.merchant_id is None:
        raise NothingToCompare
    made = Campaign.objects.create(
        advertiser=advertiser,
        name=plan.name,
        objective=plan.objective,
        budget_minor=plan.budget_minor,
        daily_minor=plan.daily_minor,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        zone=plan.zone or this_cell().time_zone,
        by=by,
        made_at=at,
        click_days=plan.click_days,
        view_days=plan.view_days,
        holdout_percent=plan.holdout_percent,
        target_percent=plan.target_percent,
        target_set_on=local_day(at) if plan.target_percent else None,
    )
    add_ad(add_group(made, plan.name, audience, at=at), shown, by=by, at=at)
    return made


def boost(
    advertiser: Advertiser,
    clip: Clip,
    *,
    daily_minor: int,
    days: int,
    objective: Objective = Objective.VIEWS,
    target_percent: int | None = None,
    by: Person,
    at: datetime,
) -> Campaign:
    """Show a clip to more people, for so much a day and so many days: a campaign in one step.

    Raises: NotToAdvertise, SellsNothing, Blocked.
    """
    plan = Plan(
        name=clip.title[:80],
        objective=objective,
        budget_minor=daily_minor * days,
        daily_minor=daily_minor,
        starts_at=at,
        ends_at=at + timedelta(days=days),
        view_days=0 if objective.sells else crediting.USUAL_VIEW_DAYS,
        target_percent=target_percent,
    )
    return make(advertiser, plan, Audience(), boosted(clip), by=by, at=at)


def boosted(clip: Clip) -> Shown:
    """Return what a boost shows: the first product on a clip becomes its button. Queries: 1."""
    tag = Tag.objects.filter(clip=clip, product__in=Product.objects.on_sale()).order_by("pk")
    first = tag.select_related("product").first()
    return Shown(clip, first.product, Call.SHOP) if first else Shown(clip)


@transaction.atomic
def change(
    campaign: Campaign,
    *,
    name: str,
    daily_minor: int | None,
    budget_minor: int | None,
    ends_at: datetime | None,
    begins: Begins | None = None,
    target_percent: int | None = None,
    at: datetime,
) -> None:
    """Let a campaign cost more or less, end at another time, or bring back more or less. It goes
    on, and what came before another target is not held against it. begins: until it has begun.

    Raises: Over, Begun, EndsFirst, BudgetSpent, BidAboveBudget.
    """
    kept = Campaign.objects.kept().filter(pk=campaign.pk)
    starts: dict[str, Any] = {}
    if begins is not None:
        if ends_at is not None and ends_at <= begins.at:
            raise EndsFirst
        starts = {"starts_at": begins.at, "zone": begins.zone}
        able = kept.filter(starts_at__gt=at)
    else:
        able = kept if ends_at is None else kept.filter(starts_at__lt=ends_at)
    if not able.update(name=name, ends_at=ends_at, **starts):
        if not kept.exists():
            raise Over
        raise Begun if starts else EndsFirst
    if target_percent is not None:
        aims = kept.exclude(target_percent=target_percent).filter(objective=Objective.RETURN)
        aims.update(target_percent=target_percent, target_set_on=local_day(at))
    budgeting.limit(campaign, budget_minor=budget_minor, daily_minor=daily_minor, at=at)
    budgeting.refuse_dear(campaign)


@transaction.atomic
def add_group(campaign: Campaign, name: str, audience: Audience, *, at: datetime) -> AdGroup:
    """Add a group of ads.

    Raises: Over, PicksByTooMuch, MeetsAgain, BidAboveBudget, and those of
    ``dealings.refuse_few``.
    """
    _refuse_over(campaign)
    refuse_sensitive(audience.interests)
    _refuse_again(campaign, audience)
    _refuse_few(campaign.advertiser, audience)
    made = AdGroup.objects.create(campaign=campaign, name=name, aimed_at=at, **_columns(audience))
    budgeting.refuse_dear(campaign)
    return made


@transaction.atomic
def change_group(group: AdGroup, name: str, audience: Audience, *, at: datetime) -> bool:
    """Let a group be for others, elsewhere, or bid otherwise, from now on.

    Tells whether its ads wait for review again: for people whom it was not for (trigger).

    Raises: Over, MeetsAgain, NeedsProduct, PicksByTooMuch, BidAboveBudget, and those of
    ``dealings.refuse_few``.

    Whom it is for already stays, however few they have become: only another audience is counted.
    What it was for is kept, with its time.
    """
    _refuse_over(group.campaign)
    refuse_sensitive(audience.interests)
    _refuse_again(group.campaign, audience)
    of_shop = set(audience.dealings), set(audience.left_out), set(audience.alike)
    if of_shop != group.audience_of_shop:
        _refuse_few(group.campaign.advertiser, audience)
    found = AdGroup.objects.filter(pk=group.pk)
    if audience.placements == (Placement.SEARCH,):
        found = found.filter(~Exists(Ad.objects.filter(group=OuterRef("pk"), product=None)))
    since: Any = Greatest("aimed_at", Value(at))
    if not found.update(name=name, aimed_at=since, **_columns(audience)):
        raise NeedsProduct
    budgeting.refuse_dear(group.campaign)
    return not AdGroup.objects.filter(pk=group.pk, widened=group.widened).exists()


@transaction.atomic
def add_ad(group: AdGroup, shown: Shown, *, by: Person, at: datetime) -> Ad:
    """Add an ad, which waits for review.

    Raises: NotToAdvertise, NotOurs, NeedsProduct, SellsNothing, Blocked, Over.
    """
    _refuse_over(group.campaign)
    advertiser = group.campaign.advertiser
    if not clips_of(advertiser, by).filter(pk=shown.clip.pk).exists():
        raise NotToAdvertise
    product = shown.product
    if Objective(group.campaign.objective).sells and not _sells(advertiser, product):
        raise SellsNothing
    if product is None and group.is_for_search_alone:
        raise NeedsProduct
    if product is not None and not _leads_to(advertiser, shown.clip, product):
        raise NotOurs
    made = Ad.objects.create(
        group=group,
        clip=shown.clip,
        product=product,
        call=shown.call if product else Call.VISIT,
        by=by,
        made_at=at,
    )
    _refuse_blocked(made)
    return made


def clips_of(advertiser: Advertiser, by: Person) -> ClipQuerySet:
    """Return the clips that somebody may advertise with: their own, and those it was let have.

    Of others who act for it no clip can be taken: nobody was asked whether they want to be let in.
    """
    allowed = Authorisation.objects.standing().filter(advertiser=advertiser).values("clip")
    out = Clip.objects.published().filter(
        visibility=Visibility.PUBLIC, is_mature=False, mature_at=None
    )
    return out.filter(creator=by) | out.filter(pk__in=allowed)


def pause(thing: Campaign | AdGroup | Ad, *, at: datetime) -> None:
    """Let it stand on no new page until it is resumed. Twice is no error. Queries: 1.

    What stands on a page already may be seen, and is billed, while its token lives.
    """
    type(thing).objects.filter(pk=thing.pk, paused_at=None).update(paused_at=at)


def resume(thing: Campaign | AdGroup | Ad) -> None:
    """Show it again. Queries: 1."""
    type(thing).objects.filter(pk=thing.pk).update(paused_at=None)


def end(campaign: Campaign, *, at: datetime) -> None:
    """End a campaign for good; what it did not spend stays in the wallet. Queries: 1."""
    Campaign.objects.filter(pk=campaign.pk, ended_at=None).update(ended_at=at)


def refuse_sensitive(hashtags: Iterable[str]) -> None:
    """Refuse to pick people by what is theirs alone. Raises: PicksByTooMuch, which names it."""
    for word in filter(sensitive.says_too_much, hashtags):
        said = gettext("Nobody can be picked by #{word} here: it says too much of them.")
        raise PicksByTooMuch(said.format(word=word))


def _leads_to(advertiser: Advertiser, clip: Clip, product: Product) -> bool:
    """Tell whether an ad may lead to a product: on sale, and the shop's own or on the clip."""
    on_sale = Product.objects.on_sale().filter(pk=product.pk)
    if advertiser.merchant_id is not None and product.merchant_id == advertiser.merchant_id:
        return on_sale.exists()
    return on_sale.filter(pk__in=Tag.objects.filter(clip=clip).values("product")).exists()


def _sells(advertiser: Advertiser, product: Product | None) -> bool:
    """Tell whether what is bought of a product may be credited to an advertiser's ad."""
    shop = advertiser.merchant_id
    return product is not None and shop in (None, product.merchant_id)


def _refuse_over(campaign: Campaign) -> None:
    if campaign.ended_at is not None:
        raise Over


def _refuse_again(campaign: Campaign, audience: Audience) -> None:
    if campaign.objective == Objective.REACH and audience.most_shown > 1:
        raise MeetsAgain


def _refuse_blocked(ad: Ad) -> None:
    standing: Any = Ad.objects.with_standing().filter(pk=ad.pk)
    found = standing.filter(is_blocked=True).first()
    if found is None:
        return
    finder = comment_rules.finder(settings.VITRINE_AD_BLOCKED_WORDS)
    words = finder and finder.search(getattr(found, "said", ""))
    kind = ad.product and ad.product.listed_in
    what = words.group() if words else gettext(kind.name) if kind else ""
    said = gettext("Nobody may advertise “{what}” here. Choose a clip or a product without it.")
    raise Blocked(said.format(what=what))


def _refuse_few(advertiser: Advertiser, audience: Audience) -> None:
    dealings.refuse_few(
        advertiser.merchant_id, audience.dealings, audience.left_out, audience.alike
    )


def _columns(audience: Audience) -> dict[str, object]:
    said = vars(audience)
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in said.items()
    }
