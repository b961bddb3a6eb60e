"""What can be reported and judged: some kinds of rows, seen as one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.ads.models import Ad, AdRole, Advertiser
from vitrine.catalog import descriptions
from vitrine.catalog.models import Merchant, Product, Question, Role
from vitrine.orders.models import Message, Review
from vitrine.safety.policy import Kind
from vitrine.sovereignty.cell import dated
from vitrine.videos.models import Clip, Comment

EXCERPT = 280
_KINDS: dict[type, Kind] = {
    Clip: Kind.CLIP,
    Comment: Kind.COMMENT,
    Person: Kind.PERSON,
    Product: Kind.PRODUCT,
    Merchant: Kind.MERCHANT,
    Review: Kind.REVIEW,
    Question: Kind.QUESTION,
    Message: Kind.MESSAGE,
    Advertiser: Kind.ADVERTISER,
    Ad: Kind.AD,
}


@dataclass(frozen=True, slots=True)
class Thing:
    """Something to judge. author: whose it is; None for a shop without owner, or a guest."""

    kind: Kind
    row: Any
    author: Person | None

    @classmethod
    def of(cls, row: Any) -> "Thing":
        """Return a row of one of the kinds as a thing to judge. Queries: at most 1."""
        kind = _KINDS.get(row.__class__)
        if kind is None:
            raise ValueError(f"{type(row).__name__} is nothing to judge")
        return cls(kind, row, _author(row))

    @property
    def column(self) -> dict[str, Any]:
        """Return the column of a case that names it, and what to put there."""
        return {self.kind.value: self.row}

    @property
    def name(self) -> str:
        """Say what it is, in a few words that still mean something once it is gone."""
        match self.kind:
            case Kind.CLIP:
                title = self.row.title or gettext("Untitled")
                return gettext("The clip “{title}”").format(title=title)
            case Kind.COMMENT:
                return gettext("A comment of {day}").format(day=dated(self.row.at))
            case Kind.PERSON:
                return gettext("The profile of @{handle}").format(handle=self.row.handle)
            case Kind.PRODUCT:
                return gettext("The product “{title}”").format(title=self.row.title)
            case Kind.MERCHANT:
                return gettext("The shop “{name}”").format(name=self.row.name)
            case Kind.ADVERTISER:
                return gettext("The advertiser “{name}”").format(name=self.row.name)
            case Kind.AD:
                said = gettext("The ad of {name} with the clip “{title}”")
                title = self.row.clip.title or gettext("Untitled")
                return said.format(name=self.row.advertiser.name, title=title)
            case Kind.REVIEW | Kind.QUESTION:
                is_review = self.kind is Kind.REVIEW
                review = gettext("A review of “{title}”")
                question = gettext("A question or answer about “{title}”")
                return (review if is_review else question).format(title=self.row.product.title)
            case Kind.MESSAGE:
                return gettext("A message of {day}").format(day=dated(self.row.at))

    @property
    def excerpt(self) -> str:
        """Return the words in it that were judged, shortened."""
        match self.kind:
            case Kind.CLIP:
                said = self.row.description
            case Kind.AD:
                product = self.row.product
                said = f"{self.row.clip.description}\n\n{product.title if product else ''}".strip()
            case Kind.COMMENT | Kind.QUESTION | Kind.MESSAGE:
                said = self.row.text
            case Kind.REVIEW:
                said = f"{self.row.text}\n\n{self.row.answer}".strip()
            case Kind.PERSON:
                said = f"{self.row.display_name}. {self.row.bio}".strip()
            case Kind.MERCHANT:
                said = f"{self.row.name}. {self.row.about}".strip()
            case Kind.ADVERTISER:
                said = self.row.name
            case _:
                said = f"{self.row.title}. {descriptions.as_text(self.row.description)}"
        return said if len(said) <= EXCERPT else f"{said[:EXCERPT]}…"

    @property
    def url(self) -> str:
        """Return where it is seen."""
        return str(self.row.get_absolute_url())


def owners(merchant: Merchant) -> QuerySet[Person]:
    """Return who owns a shop, the first one first."""
    theirs = merchant.memberships.filter(role=Role.OWNER).values("person")
    return Person.objects.filter(pk__in=theirs).order_by("pk")


def _author(row: Any) -> Person | None:
    match row:
        case Clip():
            return row.creator
        case Person():
            return row
        case Product():
            return owners(row.merchant).first()
        case Merchant():
            return owners(row).first()
        case Advertiser():
            return row.people([AdRole.OWNER]).first()
        case Ad():
            return row.advertiser.people([AdRole.OWNER]).first()
    author: Person | None = row.author
    return author
