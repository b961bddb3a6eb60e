"""What one person and one shop of the world have, one of each."""

from datetime import timedelta

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests import make
from tests.ads import lending, making
from tests.fakes.authenticator import registered
from tests.sovereignty.money import card, card_sold, deposited, disputed
from vitrine.accounts.models import Person, PushSubscription
from vitrine.ads import authorising, sharing
from vitrine.ads import programs as ad_programs
from vitrine.ads.models import Ad, AdDay, AdRecord, Disbelief
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
from vitrine.feed.models import PaidPost, PostReach, Unwanted
from vitrine.kernel import ids, storage
from vitrine.orders import dropping, offering
from vitrine.orders.models import (
    Message,
    Payment,
    Purse,
    QueuedHandover,
    Return,
    Review,
    ReviewPicture,
    Side,
)
from vitrine.orders.offering import Terms
from vitrine.orders.payment import sandbox
from vitrine.orders.promoting import Gift
from vitrine.programs.models import Delivery, Endpoint, Token
from vitrine.programs.scopes import Scope
from vitrine.safety import judging
from vitrine.safety.models import Case, Decision, Effect, ListedWord
from vitrine.safety.policy import Measure
from vitrine.safety.things import Thing
from vitrine.sovereignty.cell import local_day
from vitrine.videos.models import Caption, Clip, Collection, Comment, Save, Upload

NOW = timezone.now()


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
        self.session_key = session(person)
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
        group = making.group(making.campaign(making.advertiser(owner_of(shop))))
        self.ad, self.waiting = making.ad(group), making.ad(group, is_approved=False)
        AdDay.objects.create(ad=self.ad, day=local_day(NOW), shown=9, expected=9, views=9, clicks=1)
        _record(self.ad)
        Disbelief.objects.create(
            ad=self.ad, day=local_day(NOW), what="click", reason="own", reports=2
        )
        self.authorisation = authorising.give(self.clip, at=NOW)
        lending.billed(lending.lent(self.clip, at=make.NOON), 100_000, at=make.NOON)
        sharing.pay_all(at=NOW)
        self.paid_post = PaidPost.objects.create(
            clip=self.clip, paid_for="declared", payer="Brass", first_on=local_day(NOW),
            last_on=local_day(NOW),
        )  # fmt: skip
        PostReach.objects.create(clip=self.clip, day=local_day(NOW), viewers=70)
        account = self.ad.group.campaign.advertiser
        ad_programs.make(
            account, name="Sheet", scopes=["ads:read"], by=person, at=make.NOON, expires_at=None
        )
        self.account_program = ad_programs.tokens(account).get()
        self.deposit = deposited(self.ad.group.campaign.advertiser.wallet, person)
        self.case = Case.open_on(Thing.of(self.clip), reason="spam", at=make.NOON)


def owner_of(shop: Merchant) -> Person:
    return shop.memberships.get(role=Role.OWNER).person


def with_password(handle: str, **fields: bool) -> Person:
    person = Person.objects.create_user(
        f"{handle}@example.org", make.PASSWORD, handle=handle, **fields
    )
    RecoveryCodes.activate(person)
    return person


def session(person: Person) -> str:
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


def _record(ad: Ad) -> None:
    record = AdRecord.objects.get(ad=ad)
    film, poster = f"{record.folder}/film.mp4", f"{record.folder}/poster.webp"
    storage.put(film, b"film")
    storage.put(poster, b"poster")
    AdRecord.objects.filter(pk=record.pk).update(film_key=film, poster_key=poster)


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
