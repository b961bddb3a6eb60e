"""A small cell for the matrix: who is in it, and what the ids in URLs mean to each.

Each kwarg of a URL is an ``Ids``: one that is the owner's (a person's own thing, or a thing of
the own shop), one that is somebody else's, and one that was never anybody's.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests import make
from tests.fakes.authenticator import registered
from tests.feed.experiments.declared import running
from tests.orders.payouts.work import DAY, payee
from tests.sovereignty.money import card, card_sold, disputed, paid_by_file, reported, stranded
from vitrine.accounts.models import Person, PushSubscription
from vitrine.catalog import joining, papers, transferring
from vitrine.catalog.models import (
    Application,
    Document,
    ImportReport,
    Merchant,
    Picture,
    Question,
    Role,
    Variant,
    Wish,
)
from vitrine.catalog.models import Collection as Goods
from vitrine.catalog.transferring import Plan
from vitrine.commission import reckoning
from vitrine.commission.models import Commission, Deal, Sample
from vitrine.feed import digests
from vitrine.feed.models import Experiment, Unwanted
from vitrine.kernel import ids, storage
from vitrine.ledger import accounts
from vitrine.orders import dropping, offering
from vitrine.orders.models import (
    Message,
    Payment,
    Payout,
    PayoutFile,
    Promotion,
    ProviderReport,
    Purse,
    QueuedHandover,
    Return,
    Review,
    ReviewPicture,
    Side,
    StrandedRefund,
)
from vitrine.orders.offering import Terms
from vitrine.orders.payment import sandbox
from vitrine.orders.payouts import statements
from vitrine.orders.promoting import Gift
from vitrine.programs.models import Delivery, Endpoint, Token
from vitrine.programs.scopes import Scope
from vitrine.safety import judging
from vitrine.safety.models import Case, Decision, Effect, ListedWord
from vitrine.safety.policy import Measure
from vitrine.safety.things import Thing
from vitrine.surfaces.account.passkeys import mark_of
from vitrine.videos.models import Caption, Clip, Collection, Comment, Save, Upload

NOW = timezone.now()
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
        self.creator, self.other = _with_password("creator"), _with_password("other")
        self.shop = make.merchant("Own shop", owner=_with_password("shopowner"))
        self.other_shop = make.merchant("Other shop", owner=_with_password("otherowner"))
        clerks = {role: _with_password(f"clerk-{role}".replace("-", ".")) for role in _CLERKS}
        for role, clerk in clerks.items():
            make.member(self.shop, clerk, role)
        self.people = {
            "stranger": _with_password("stranger"),
            "owner": self.creator,
            "shop owner": Person.objects.get(handle="shopowner"),
            **{f"{role} clerk": clerk for role, clerk in clerks.items()},
            "member of another shop": Person.objects.get(handle="otherowner"),
            "staff": _with_password("staffer", is_staff=True),
            "moderator": _with_password("moderator", is_moderator=True),
        }
        self.cookies = {role: _session(person) for role, person in self.people.items()}
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


class Things:
    """What one person and one shop have."""

    def __init__(self, person: Person, shop: Merchant) -> None:
        self.person, self.shop = person, shop
        self.clip = _clip(person)
        self.sound = make.sound(self.clip)
        storage.put(self.sound.key, b"tone")
        self.comment = Comment.say(self.clip, "Mine", by=person, at=make.NOON)
        self.browser = PushSubscription.objects.create(
            person=person, endpoint=f"https://push.example/{person.pk}", at=make.NOON
        )
        Unwanted.put(viewer=person.public_id, topic="lamps", at=make.NOON)
        self.unwanted = Unwanted.objects.get(viewer=person.public_id)
        self.collection = Collection.make("Lamps", by=person, is_public=True, at=make.NOON)
        Save.put(self.clip, into=self.collection, at=make.NOON)
        self.goods = Goods.objects.create(
            merchant=shop, title="Lamps", slug="lamps", created_at=make.NOON
        )
        self.variant: Variant = make.variant(make.product(shop), stock=9)
        self.location = make.location(shop)
        plan = Plan(self.variant.stock.get().location, self.location, key=f"of {person.pk}")
        self.transfer = transferring.draft(plan, by=person, at=make.NOON)
        self.delivery = shop.delivery_options.get()
        terms = Terms("Autumn", Gift.PERCENT, percent=10, code="AUTUMN")
        self.promotion = offering.offer(terms, merchant=shop, at=make.NOON)
        self.card: Purse = card(shop)
        self.card_sale = card_sold(shop, person)
        dropped = make.variant(make.product(shop), stock=9).product
        self.drop = dropping.announce(
            dropped,
            starts_at=NOW + timedelta(hours=1),
            ends_at=NOW + timedelta(days=1),
            minutes=5,
            most_each=1,
            at=NOW,
        )
        self.picture = _picture(self.variant)
        self.report = ImportReport.objects.create(
            merchant=shop, filename="feed.csv", format="shopify", started_at=make.NOON
        )
        self.payment: Payment = make.purchase(self.variant, buyer=person)
        self.order = self.payment.group.orders.get()
        self.handover = QueuedHandover.objects.create(
            key=f"of {person.pk}",
            merchant=shop,
            order=self.order,
            by=person,
            handed_at=make.NOON,
            told_at=make.NOON,
            trouble="Handed over twice.",
        )
        self.challenged: Payment = make.purchase(
            self.variant, buyer=person, token=sandbox.CHALLENGES
        )
        self.reviewed: Variant = make.variant(make.product(shop), stock=9)
        self.review = make.review(self.reviewed, by=person)
        self.sent_back = Return.objects.create(
            key=f"of {person.pk}", order=self.review.line.order, reason="fit", asked_at=make.NOON
        )
        self.dispute = disputed(self.review.line.order, f"of {person.pk}")
        self.question = Question.ask(
            self.variant.product, "Brass?", by=person, at=make.NOON, is_withheld=False
        )
        Wish.put(self.variant.product, by=person, at=make.NOON)
        self.message = Message.write(
            self.order, "On its way", side=Side.SELLER, by=None, at=make.NOON, is_withheld=False
        )
        self.review_picture = _review_picture(self.review)
        self.program, _ = Token.make(
            shop, name="Till", scopes=list(Scope), by=person, at=make.NOON, expires_at=None
        )
        self.endpoint = Endpoint.make(
            shop, url="https://till.example/", events=["order.placed"], by=person, at=make.NOON
        )
        self.delivery_made = Delivery.objects.create(
            endpoint=self.endpoint, event="order.placed", thing=self.order.public_id, at=make.NOON
        )
        self.upload = Upload.objects.create(
            owner=person, length=9, created_at=make.NOON, touched_at=make.NOON
        )
        self.passkey = Authenticator.objects.create(
            user=person,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": "Phone", "credential": registered(person.public_id)},
        )
        self.session_key = _session(person)
        UserSession.objects.create(user=person, ip="192.0.2.1", session_key=self.session_key)
        address = EmailAddress.objects.create(user=person, email=person.email, primary=True)
        self.confirmation = EmailConfirmation.create(address)
        self.confirmation.sent = self.confirmation.created
        self.confirmation.save()
        person.picture_key = f"faces/{ids.new()}"
        person.save()
        storage.put(f"{person.picture_key}/96.webp", b"face")
        self.decision = _decided(self.comment)
        self.word = ListedWord.objects.create(
            word=f"word of {person.handle}", effect=Effect.HOLD, by=person, at=make.NOON
        )
        self.paper = _paper(shop, person)
        self.invitation = joining.invite(
            shop, person=None, email="new@example.org", role=Role.ORDERS, by=person, at=NOW
        )
        self.deal = Deal.offer(
            shop, product=None, creator=None, rate_bp=500, by=person, at=make.NOON
        )
        link = self.deal.take(by=person, at=make.NOON)
        self.sample = Sample.ask(
            link, self.reviewed.product, address="1 Elm Street", note="", at=make.NOON
        )
        earned = make.purchase(self.variant, clip=self.clip, buyer=make.person())
        reckoning.reckon(earned.group.orders.get().pk, at=make.NOON)
        self.commission = Commission.objects.get(creator=person)
        self.case = Case.open_on(Thing.of(self.clip), reason="spam", at=make.NOON)


_CLERKS = (Role.CATALOGUE, Role.ORDERS, Role.COUNTER, Role.FINANCE)


def _with_password(handle: str, **fields: bool) -> Person:
    person = Person.objects.create_user(
        f"{handle}@example.org", make.PASSWORD, handle=handle, **fields
    )
    RecoveryCodes.activate(person)
    return person


def _session(person: Person) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _clip(creator: Person) -> Clip:
    clip = make.clip(creator)
    clip.original_key = f"originals/{clip.public_id}"
    clip.original_sha256, clip.original_bytes = bytes(32), 4
    clip.cover_key = f"covers/{clip.public_id}/0123456789abcdef.webp"
    clip.save()
    Caption.objects.create(clip=clip, language="en", webvtt="WEBVTT\n")
    storage.put(clip.original_key, b"film")
    storage.put(clip.cover_key, b"cover")
    storage.put(clip.renditions.get().key, b"film")
    clip.poster_key = f"renditions/{clip.public_id}/1/poster.webp"
    clip.save()
    storage.put(clip.poster_key, b"poster")
    return clip


def _decided(comment: Comment) -> Decision:
    case = Case.open_on(Thing.of(comment), reason="spam", at=make.NOON)
    return judging.decide(
        case, by=make.person(), reason="spam", measure=Measure.WARN, words="", at=make.NOON
    )


def _paper(shop: Merchant, by: Person) -> Document:
    """Send a paper for an application."""
    application = Application.of(shop, by=by)
    return papers.send(
        application, b"%PDF-1.7", kind="registration", name="extract.pdf", at=make.NOON
    )


def _picture(variant: Variant) -> Picture:
    key = f"pictures/{ids.new()}"
    storage.put(f"{key}/160.webp", b"lamp")
    return Picture.objects.create(product=variant.product, key=key, width=160, height=160)


def _review_picture(review: Review) -> ReviewPicture:
    key = f"reviewed/{ids.new()}"
    storage.put(f"{key}/160.webp", b"lamp")
    return ReviewPicture.objects.create(review=review, key=key, width=160, height=160, position=0)


def _session_mark(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _both(read: Callable[[Things], str], unknown: str | None = UNKNOWN_ID) -> "Maker":
    """Make ids by reading the same thing of both owners."""
    return lambda world: Ids(read(world.own), read(world.others), unknown)


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
