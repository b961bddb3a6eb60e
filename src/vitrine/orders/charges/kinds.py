"""What is paid by charges of its own, and what each kind does when its money moves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vitrine.orders.deposits import disputing as deposit_disputing
from vitrine.orders.deposits import filling
from vitrine.orders.giftcards import disputing, issuing
from vitrine.orders.models import (
    CardDispute,
    CardMove,
    CardSale,
    Charged,
    ChargeDispute,
    ChargeMove,
    Deposit,
    DepositDispute,
    DepositMove,
)


@dataclass(frozen=True)
class Kind:
    """One kind: its tables, and its verbs. Each verb runs with what was charged held.

    taken, given_back: the bank moved the money. not_given_back: it would not give it back.
    disputed: the payer's bank claims it; won, lost: that is decided.
    """

    charged: type[Charged]
    move: type[ChargeMove]
    dispute: type[ChargeDispute]
    taken: Callable[..., None]
    given_back: Callable[..., None]
    not_given_back: Callable[..., None]
    disputed: Callable[..., None]
    won: Callable[..., None]
    lost: Callable[..., None]


KINDS = (
    Kind(
        CardSale,
        CardMove,
        CardDispute,
        taken=issuing.issue,
        given_back=issuing.take_back,
        not_given_back=issuing.let_pay_again,
        disputed=disputing.stop,
        won=disputing.let_pay_again,
        lost=disputing.take_back,
    ),
    Kind(
        Deposit,
        DepositMove,
        DepositDispute,
        taken=filling.fill,
        given_back=filling.give_back,
        not_given_back=filling.put_back,
        disputed=deposit_disputing.set_aside,
        won=deposit_disputing.put_back,
        lost=deposit_disputing.lose,
    ),
)


def of(charged: Charged) -> Kind:
    """Return of which kind something is."""
    return next(kind for kind in KINDS if isinstance(charged, kind.charged))


def find(**by: Any) -> Charged | None:
    """Return what was charged that has such fields. Queries: 1 for each kind, at most."""
    for kind in KINDS:
        rows = kind.charged._default_manager.select_related(*kind.charged.READ_WITH)
        found = rows.filter(**by).first()
        if found is not None:
            return found
    return None


def find_move(**by: Any) -> ChargeMove | None:
    """Return the move that has such fields, with what it is of. Queries: as ``find``."""
    for kind in KINDS:
        rows = kind.move._default_manager.select_related(kind.move.OF)
        found = rows.filter(**by).first()
        if found is not None:
            return found
    return None
