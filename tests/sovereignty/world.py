"""A small cell for the matrix: who is in it, and what the ids in URLs mean to each.

Each kwarg of a URL is an ``Ids``: one that is the owner's (a person's own thing, or a thing of
the own shop), one that is somebody else's, and one that was never anybody's.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tests import make
from tests.feed.experiments.declared import running
from tests.orders.payouts.work import DAY, payee
from tests.sovereignty.money import card, paid_by_file, reported, stranded
from tests.sovereignty.things import NOW, Things, session, with_password
from vitrine.accounts.models import Person
from vitrine.ads import campaigning, previewing
from vitrine.ads.models import Ad
from vitrine.catalog.models import Application, Role
from vitrine.feed import digests
from vitrine.feed.models import Experiment
from vitrine.ledger import accounts
from vitrine.orders import offering
from vitrine.orders.models import (
    Payout,
    PayoutFile,
    Promotion,
    ProviderReport,
    Purse,
    StrandedRefund,
)
from vitrine.orders.offering import Terms
from vitrine.orders.payouts import statements
from vitrine.orders.promoting import Gift
from vitrine.surfaces.account.passkeys import mark_of

UNKNOWN_ID = "us_01ARZ3NDEKTSV4RRFFQ69G5FAV"


@dataclass(frozen=True)
class Ids:
    """What a kwarg may be. others None: the kwarg belongs to nobody (a language, a width)."""

    own: str | int
    others: str | int | None = None
    unknown: str | int | None = UNKNOWN_ID


class World:
    """Two creators who also buy, two shops, clerks, a stranger and staff; each signed in."""

    def __init__(self) -> None:
        self.creator, self.other = with_password("creator"), with_password("other")
        self.shop = make.merchant("Own shop", owner=with_password("shopowner"))
        self.other_shop = make.merchant("Other shop", owner=with_password("otherowner"))
        clerks = {role: with_password(f"clerk-{role}".replace("-", ".")) for role in _CLERKS}
        for role, clerk in clerks.items():
            make.member(self.shop, clerk, role)
        self.people = {
            "stranger": with_password("stranger"),
            "owner": self.creator,
            "shop owner": Person.objects.get(handle="shopowner"),
            **{f"{role} clerk": clerk for role, clerk in clerks.items()},
            "member of another shop": Person.objects.get(handle="otherowner"),
            "staff": with_password("staffer", is_staff=True),
            "moderator": with_password("moderator", is_moderator=True),
        }
        self.cookies = {role: session(person) for role, person in self.people.items()}
        self.own: Things = Things(self.creator, self.shop)
        self.others: Things = Things(self.other, self.other_shop)
        Application.objects.filter(merchant=self.other_shop).update(submitted_at=make.NOON)
        self.file: PayoutFile = paid_by_file(self.shop)
        self.report: ProviderReport = reported()
        self.stranded: StrandedRefund = stranded()
        self.card: Purse = card(None)
        self.payout: Payout = self.file.payouts.get()
        terms = Terms("Everybody", Gift.FIXED, amount_minor=100, code="EVERYBODY")
        self.promotion: Promotion = offering.offer(terms, merchant=None, at=make.NOON)
        mine = accounts.creator(self.creator.public_id)
        self.experiment: Experiment = running(by=self.people["staff"], at=NOW)
        for each in (payee(self.shop), payee(self.other_shop), mine):
            statements.close(each, date(2026, 11, 1), at=make.NOON + 30 * DAY)
        self.deleted_clip = make.clip(self.creator)
        self.deleted_clip.delete(at=make.NOON)

    def ids(self, endpoint: str, kwarg: str) -> Ids:
        """Return what a kwarg of an endpoint may be. Raises: LookupError, saying what to do."""
        for name in (f"{endpoint} {kwarg}", kwarg):
            if name in IDS:
                return IDS[name](self)
        raise LookupError(
            f"{endpoint} has the kwarg {kwarg!r}, which the matrix does not know. Say in IDS of "
            "tests/sovereignty/world.py how to make its own, another's and an unknown one."
        )


_CLERKS = (Role.CATALOGUE, Role.ORDERS, Role.COUNTER, Role.FINANCE)


def _session_mark(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _both(read: Callable[[Things], str], unknown: str | None = UNKNOWN_ID) -> "Maker":
    """Make ids by reading the same thing of both owners."""
    return lambda world: Ids(read(world.own), read(world.others), unknown)


def _preview_of(ad: Ad) -> str:
    shown = campaigning.Shown(ad.clip)
    return previewing.path(ad.advertiser.name, shown, at=NOW).removeprefix("/promoted/preview/")


Maker = Callable[[World], Ids]
IDS: dict[str, Maker] = {
    "clip_id": _both(lambda own: own.clip.public_id),
    "sound_id": _both(lambda own: own.sound.public_id),
    "media:sound rest": _both(
        lambda own: own.sound.key.removeprefix("sounds/"), f"{UNKNOWN_ID}/1/sound.m4a"
    ),
    "comment_id": _both(lambda own: own.comment.public_id),
    "collection_id": _both(lambda own: own.collection.public_id),
    "unwanted_id": _both(lambda own: own.unwanted.public_id),
    "subscription_id": _both(lambda own: own.browser.public_id),
    "token": _both(lambda own: digests.token(own.person), "x:y:z"),
    "handle": _both(lambda own: own.person.handle, "nobody.here"),
    "upload_id": _both(lambda own: own.upload.public_id),
    "token_id": _both(lambda own: own.program.public_id),
    "endpoint_id": _both(lambda own: own.endpoint.public_id),
    "delivery_id": _both(lambda own: own.delivery_made.public_id),
    "group_id": _both(lambda own: own.payment.group.public_id),
    "order_id": _both(lambda own: own.order.public_id),
    "parcel_id": _both(lambda own: own.review.line.order.shipments.get().public_id),
    "bill_id": _both(lambda own: own.review.line.order.bills.get().public_id),
    "shop:bill group_id": _both(lambda own: own.review.line.order.group.public_id),
    "return_id": _both(lambda own: own.sent_back.public_id),
    "dispute_id": _both(lambda own: own.dispute.public_id),
    "goods_id": _both(lambda own: own.goods.public_id),
    "product_id": _both(lambda own: own.variant.product.public_id),
    "variant_id": _both(lambda own: own.variant.public_id),
    "review_id": _both(lambda own: own.review.public_id),
    "question_id": _both(lambda own: own.question.public_id),
    "message_id": _both(lambda own: own.message.public_id),
    "shop:reviewed picture_id": _both(lambda own: own.review_picture.name),
    "shop:own-review product_id": _both(lambda own: own.reviewed.product.public_id),
    "picture_id": _both(lambda own: own.picture.name),
    "deal_id": _both(lambda own: own.deal.public_id),
    "sample_id": _both(lambda own: own.sample.public_id),
    "authorisation_id": _both(lambda own: own.authorisation.public_id),
    "promote:taken key": _both(lambda own: own.authorisation.path.split("/")[-2], "x:y"),
    "watch:ad-preview key": _both(lambda own: _preview_of(own.ad), "x:y"),
    "advertiser_id": _both(lambda own: own.ad.group.campaign.advertiser.public_id),
    "desk:demand_standing advertiser_id": lambda world: Ids(
        world.own.ad.group.campaign.advertiser.public_id
    ),
    "campaign_id": _both(lambda own: own.ad.group.campaign.public_id),
    "promote:revocation token_id": _both(lambda own: own.account_program.public_id),
    "promote:group group_id": _both(lambda own: own.ad.group.public_id),
    "promote:group-standing group_id": _both(lambda own: own.ad.group.public_id),
    "promote:new-ad group_id": _both(lambda own: own.ad.group.public_id),
    "post_id": _both(lambda own: own.paid_post.public_id),
    "ad_id": _both(lambda own: own.ad.public_id),
    "deposit_id": _both(lambda own: own.deposit.public_id),
    "commission_id": _both(lambda own: own.commission.public_id),
    "case_id": _both(lambda own: own.case.public_id),
    "desk:paper document_id": lambda world: Ids(world.others.paper.public_id),
    "invitation_id": _both(lambda own: own.invitation.public_id),
    "market:offered key": _both(lambda own: own.invitation.path.split("/")[-2], "x:y"),
    "application_id": lambda world: Ids(world.others.paper.application.public_id),
    "document_id": _both(lambda own: own.paper.public_id),
    "word_id": _both(lambda own: own.word.public_id),
    "decision_id": _both(lambda own: own.decision.public_id),
    "report_id": _both(lambda own: own.report.public_id),
    "file_id": lambda world: Ids(world.file.public_id),
    "stranded_id": lambda world: Ids(world.stranded.public_id),
    "desk:report report_id": lambda world: Ids(world.report.public_id),
    "desk:report_line report_id": lambda world: Ids(world.report.public_id),
    "row": lambda world: Ids(2, None, 999_999),
    "month": lambda world: Ids("2026-11", None, "1999-01"),
    "payout_id": lambda world: Ids(world.payout.public_id),
    "handover_id": _both(lambda own: own.handover.public_id),
    "transfer_id": _both(lambda own: own.transfer.public_id),
    "location_id": _both(lambda own: own.location.public_id),
    "option_id": _both(lambda own: own.delivery.public_id),
    "drop_id": _both(lambda own: own.drop.public_id),
    "sale_id": _both(lambda own: own.card_sale.public_id),
    "card_id": _both(lambda own: own.card.public_id),
    "desk:card_stop card_id": lambda world: Ids(world.card.public_id),
    "promotion_id": _both(lambda own: own.promotion.public_id),
    "desk:promotion promotion_id": lambda world: Ids(world.promotion.public_id),
    "desk:promotion_end promotion_id": lambda world: Ids(world.promotion.public_id),
    "experiment_id": lambda world: Ids(world.experiment.public_id),
    "slug": _both(lambda own: own.shop.slug, "nobodys-shop"),
    "shop:product slug": lambda world: Ids(world.own.variant.product.slug, None, None),
    "reference": _both(lambda own: str(own.challenged.reference), "sb_unknown"),
    "key": _both(lambda own: own.confirmation.key, "x" * 64),
    "account_passkey mark": _both(lambda own: mark_of(own.passkey), "0" * 16),
    "account_session mark": _both(lambda own: _session_mark(own.session_key), "0" * 16),
    "media:cover name": lambda world: Ids("0123456789abcdef", None, "0" * 16),
    "account_face picture_id": _both(lambda own: own.person.picture_key.removeprefix("faces/")),
    "rest": _both(
        lambda own: own.clip.renditions.get().key.removeprefix("renditions/"),
        f"{UNKNOWN_ID}/540.mp4",
    ),
    "word": lambda world: Ids("lamp", None, None),
    "provider": lambda world: Ids("sandbox", None, None),
    "language": lambda world: Ids("en", None, None),
    "width": lambda world: Ids(160, None, 7),
    "side": lambda world: Ids(96, None, 7),
}
