"""A shop's gift cards: issued, read, also by the code that somebody shows, and stopped."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from django.shortcuts import get_object_or_404
from ninja import Header, Query, Router, Schema
from pydantic import Field

from vitrine.kernel import paging, text
from vitrine.orders import covering, purses
from vitrine.orders.covering import Wish
from vitrine.orders.models import Purse, PurseKind
from vitrine.orders.purse_forms import MOST_MINOR
from vitrine.programs.scopes import Scope
from vitrine.surfaces.api import shapes
from vitrine.surfaces.api.asking import needing
from vitrine.surfaces.api.shapes import Id
from vitrine.surfaces.api.views import ProgramRequest

if TYPE_CHECKING:
    from vitrine.orders.models.purse import PurseQuerySet

router = Router(tags=["gift cards"])
PLACE = "/gift-cards/{public_id:card_id}"


class GiftCard(Schema):
    """A gift card. put_minor: what it was ever filled with; held_minor: of what is left, held by
    orders that are not handed over yet; free_minor: what can be spent now.

    state: stopped and over pay nothing. origin: bought by somebody, or issued by the shop.
    """

    id: Id
    code_end: str
    state: Literal["good", "stopped", "over"]
    origin: Literal["issued", "bought"]
    is_good_everywhere: bool
    currency: str
    put_minor: int
    held_minor: int
    free_minor: int
    note: str
    issued_at: datetime
    expires_at: datetime | None


class IssuedCard(GiftCard):
    """A card that was just issued. code: told this once; null in the answer to a repeat."""

    code: str | None


class CardIn(shapes.Strict):
    """A card to issue, out of what the shop has available. last_on: where the law lets one end."""

    amount_minor: Annotated[int, Field(ge=1, le=MOST_MINOR)]
    note: Annotated[str, Field(max_length=120)] = ""
    last_on: date | None = None


@router.get("/gift-cards", response=shapes.Page[GiftCard], **needing(Scope.CARDS_READ))
def list_gift_cards(
    request: ProgramRequest,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> shapes.Page[GiftCard]:
    """List the shop's gift cards, the newest first. Queries: 1."""
    page = paging.newest_first(_of(request), by="issued_at", cursor=cursor, size=limit)
    items = [_told(row, at=request.at) for row in page.rows]
    return shapes.Page[GiftCard](items=items, next_cursor=page.next_cursor)


@router.post("/gift-cards", response=IssuedCard, **needing(Scope.CARDS_WRITE, writes=True))
def issue_gift_card(request: ProgramRequest, body: CardIn) -> IssuedCard:
    """Issue a card; its code is in this answer alone, and is kept nowhere."""
    card, code = purses.issue(
        body.amount_minor,
        key=f"api:{request.token.public_id}:{request.headers['Idempotency-Key']}",
        merchant=request.token.shop,
        by=request.token.made_by,
        at=request.at,
        last_on=body.last_on,
        note=text.line(body.note),
    )
    request.told_once = ("code",)
    told = _told(_one(request, card.public_id), at=request.at)
    return IssuedCard(code=code or None, **told.dict())


@router.get("/gift-card-balance", response=GiftCard, **needing(Scope.CARDS_READ))
def read_gift_card_by_code(
    request: ProgramRequest, gift_card_code: Annotated[str, Header(max_length=40)]
) -> GiftCard:
    """Read a card by its code, which is sent as Gift-Card-Code: never in an address.

    One that is spent elsewhere alone is not found. Wrong codes are counted, and then a right one
    must wait, too: 429. Queries: 3 or 4.
    """
    wish = Wish((gift_card_code,), who=request.token.public_id, is_new=False)
    found = covering.card_of(gift_card_code, wish, at=request.at)
    good_here = Purse.objects.filter(kind=PurseKind.CARD).select_related("sale")
    mine = good_here.filter(merchant=request.token.shop) | good_here.filter(merchant=None)
    row = get_object_or_404(mine, pk=found.pk if found else None)
    return _told(row, at=request.at)


@router.get(PLACE, response=GiftCard, **needing(Scope.CARDS_READ))
def get_gift_card(request: ProgramRequest, card_id: str) -> GiftCard:
    """Read one card. Queries: 1."""
    return _told(_one(request, card_id), at=request.at)


@router.post(f"{PLACE}/stop", response=GiftCard, **needing(Scope.CARDS_WRITE, writes=True))
def stop_gift_card(request: ProgramRequest, card_id: str) -> GiftCard:
    """Let a lost card pay no more; again is no error."""
    purses.stop(_one(request, card_id), at=request.at)
    return _told(_one(request, card_id), at=request.at)


def _of(request: ProgramRequest) -> "PurseQuerySet":
    mine = Purse.objects.issued_by(request.token.shop).filter(kind=PurseKind.CARD)
    return mine.select_related("sale")


def _one(request: ProgramRequest, card_id: str) -> Purse:
    return get_object_or_404(_of(request), public_id=card_id)


def _told(row: Purse, *, at: datetime) -> GiftCard:
    state: Literal["good", "stopped", "over"] = "over" if row.is_over(at) else "good"
    return GiftCard(
        id=row.public_id,
        code_end=row.code_end,
        state="stopped" if row.stopped_at else state,
        origin="bought" if hasattr(row, "sale") else "issued",
        is_good_everywhere=row.merchant_id is None,
        currency=row.currency,
        put_minor=row.put_minor,
        held_minor=row.held_minor,
        free_minor=row.free_minor,
        note=row.note if row.merchant_id else "",
        issued_at=row.issued_at,
        expires_at=row.expires_at,
    )
