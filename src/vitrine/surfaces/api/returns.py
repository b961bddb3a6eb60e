"""Returns: answered, received, looked at and settled, as on the shop's own pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from vitrine.kernel import paging, text
from vitrine.kernel.errors import Refusal
from vitrine.orders import models, returning
from vitrine.orders.models import ReturnReason, ReturnState
from vitrine.orders.returning import Found
from vitrine.programs.scopes import Scope
from vitrine.surfaces.api import lines, shapes, telling
from vitrine.surfaces.api.asking import needing
from vitrine.surfaces.api.shapes import Few, Id, Step, Strict
from vitrine.surfaces.api.views import ProgramRequest

router = Router(tags=["returns"])
PLACE = "/returns/{public_id:return_id}"
WRITES = needing(Scope.ORDERS_WRITE, writes=True)


class NotLookedAt(Refusal):
    """Something of a return was left out, or is not of it."""

    code = "not_looked_at"
    status = 422
    message = "Say of each line of the return how many came, and how many can be sold again."


class ReturnLine(Schema):
    """Units on their way back. instead: the variant that the buyer wants for them.

    came, restocked: null until somebody has looked at them.
    """

    line: int
    quantity: int
    instead: Id | None
    came: int | None
    restocked: int | None


class Return(Schema):
    """Goods of an order on their way back. words: the buyer's. answer: the shop's.

    is_withdrawal: the buyer needs no reason and asks nobody. refund: what was given back for it.
    sent_instead: the order that brings what is wanted for it. pending: as of the order.
    """

    id: Id
    order: Id
    state: ReturnState
    is_withdrawal: bool
    reason: ReturnReason | None
    words: str
    answer: str
    asked_at: datetime
    answered_at: datetime | None
    received_at: datetime | None
    settled_at: datetime | None
    refund: shapes.Refund | None
    sent_instead: Id | None
    lines: list[ReturnLine]
    pending: str | None


class AnswerIn(Strict):
    """What the buyer reads: how to send it back and where to, or why it is not taken."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class FoundIn(Strict):
    """What was found of a line: how many came, and how many of those can be sold again."""

    line: Annotated[int, Field(ge=1)]
    came: Few
    restocked: Few


class SettlementIn(Strict):
    """What was found, of each line. note: the buyer reads it."""

    lines: Annotated[list[FoundIn], Field(max_length=200)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


@router.get("/returns", response=shapes.Page[Return], **needing(Scope.ORDERS_READ))
def list_returns(
    request: ProgramRequest,
    order: str | None = None,
    state: ReturnState | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> shapes.Page[Return]:
    """List what buyers send back, what was asked for last first. Queries: 6."""
    rows = _of(request)
    if order is not None:
        rows = rows.filter(order__public_id=order)
    if state is not None:
        rows = rows.filter(state=state)
    page = paging.newest_first(rows, by="asked_at", cursor=cursor, size=limit)
    items = [_told(row) for row in page.rows]
    return shapes.Page[Return](items=items, next_cursor=page.next_cursor)


@router.get(PLACE, response=Return, **needing(Scope.ORDERS_READ))
def get_return(request: ProgramRequest, return_id: str) -> Return:
    """Read one return. Queries: 6."""
    return _told(_one(request, return_id))


@router.post(f"{PLACE}/approval", response=Step, **WRITES)
def approve_return(request: ProgramRequest, return_id: str, body: AnswerIn) -> Step:
    """Let it be sent back. What is wanted instead is held at once, or nothing is approved."""
    return _answer(request, return_id, body, returning.approve)


@router.post(f"{PLACE}/refusal", response=Step, **WRITES)
def refuse_return(request: ProgramRequest, return_id: str, body: AnswerIn) -> Step:
    """Say no, and why."""
    return _answer(request, return_id, body, returning.refuse)


@router.post(f"{PLACE}/reception", response=Step, **WRITES)
def receive_return(request: ProgramRequest, return_id: str) -> Step:
    """Say that it has arrived."""
    returning.receive(_one(request, return_id), by=request.token.made_by, at=request.at)
    return _step(request, return_id)


@router.post(f"{PLACE}/settlement", response=Step, **WRITES)
def settle_return(request: ProgramRequest, return_id: str, body: SettlementIn) -> Step:
    """Put what is good back on its shelf, and give the price of what came back.

    Where the bank refuses, the return waits as received: settle it again, without lines.
    """
    row = _one(request, return_id)
    by, at, note = request.token.made_by, request.at, text.line(body.note)
    returning.settle(row, _found(row, body.lines), note=note, by=by, at=at)
    return _step(request, return_id)


def _of(request: ProgramRequest) -> "QuerySet[models.Return]":
    rows = models.Return.objects.sold_by(request.token.shop)
    rows = rows.select_related("order", "refund__move", "sent_instead")
    return rows.prefetch_related("lines__instead", "refund__lines", "order__lines", "order__moves")


def _one(request: ProgramRequest, return_id: str) -> models.Return:
    return get_object_or_404(_of(request), public_id=return_id)


def _answer(
    request: ProgramRequest, return_id: str, body: AnswerIn, verb: Callable[..., None]
) -> Step:
    words = text.lines(body.words).strip()
    verb(_one(request, return_id), words, by=request.token.made_by, at=request.at)
    return _step(request, return_id)


def _found(row: models.Return, said: list[FoundIn]) -> dict[int, Found]:
    """Return what was found by line, of all or, where they were looked at, none.

    Raises: NoSuchLine, NotLookedAt.
    """
    named = lines.found(row.order, [each.line for each in said])
    wanted = {one.line_id for one in row.lines.all() if one.came is None or said}
    if {line.pk for line in named} != wanted:
        raise NotLookedAt
    return {
        line.pk: Found(each.came, each.restocked) for line, each in zip(named, said, strict=True)
    }


def _step(request: ProgramRequest, return_id: str) -> Step:
    """Tell where a return stands, and nothing of what the buyer wrote."""
    row = _one(request, return_id)
    return Step(id=row.public_id, state=row.state, pending=telling.pending(row.order))


def _told(row: models.Return) -> Return:
    numbers = lines.numbers_of(row.order)
    return Return(
        id=row.public_id,
        order=row.order.public_id,
        state=ReturnState(row.state),
        is_withdrawal=row.is_withdrawal,
        reason=None if row.is_withdrawal else ReturnReason(row.reason),
        words=row.words,
        answer=row.answer,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        received_at=row.received_at,
        settled_at=row.settled_at,
        refund=telling.refund(row.refund, numbers) if row.refund else None,
        sent_instead=row.sent_instead.public_id if row.sent_instead else None,
        lines=[
            ReturnLine(
                line=numbers[one.line_id],
                quantity=one.quantity,
                instead=one.instead.public_id if one.instead else None,
                came=one.came,
                restocked=one.restocked,
            )
            for one in row.lines.all()
        ],
        pending=telling.pending(row.order),
    )
