"""Carts, orders and the payments that settle them. Figures on an order are frozen."""

from vitrine.orders.models.cart import Address, Cart, CartLine, PaymentMethod
from vitrine.orders.models.dispute import Dispute, DisputeState
from vitrine.orders.models.fulfilment import Fulfilment, OrderEvent
from vitrine.orders.models.message import Message, MessageQuerySet, Side
from vitrine.orders.models.order import (
    Destination,
    GroupState,
    Order,
    OrderGroup,
    OrderLine,
    OrderState,
    OrderTax,
)
from vitrine.orders.models.payment import (
    MoveKind,
    MoveState,
    Payment,
    PaymentMove,
    PaymentState,
    ProviderEvent,
)
from vitrine.orders.models.payout import (
    BankAccount,
    Clawback,
    Payout,
    PayoutFile,
    PayoutState,
    PayoutTerms,
    Schedule,
)
from vitrine.orders.models.promotion import Promotion, Redemption, Voucher
from vitrine.orders.models.queued import QueuedHandover
from vitrine.orders.models.release import FeeTax, Holdback, Release
from vitrine.orders.models.report import LineState, ProviderReport, ReportLine
from vitrine.orders.models.reservation import Reservation, ReservationState
from vitrine.orders.models.review import (
    HelpfulVote,
    Rating,
    Review,
    ReviewPicture,
    ReviewQuerySet,
)
from vitrine.orders.models.statement import Statement
from vitrine.orders.payment.bank import BankCharge, BankMove

__all__ = [
    "Address",
    "BankAccount",
    "BankCharge",
    "BankMove",
    "Cart",
    "CartLine",
    "Clawback",
    "Destination",
    "Dispute",
    "DisputeState",
    "FeeTax",
    "Fulfilment",
    "GroupState",
    "HelpfulVote",
    "Holdback",
    "LineState",
    "Message",
    "MessageQuerySet",
    "MoveKind",
    "MoveState",
    "Order",
    "OrderEvent",
    "OrderGroup",
    "OrderLine",
    "OrderState",
    "OrderTax",
    "Payment",
    "PaymentMethod",
    "PaymentMove",
    "PaymentState",
    "Payout",
    "PayoutFile",
    "PayoutState",
    "PayoutTerms",
    "Promotion",
    "ProviderEvent",
    "ProviderReport",
    "QueuedHandover",
    "Rating",
    "Redemption",
    "Release",
    "ReportLine",
    "Reservation",
    "ReservationState",
    "Review",
    "ReviewPicture",
    "ReviewQuerySet",
    "Schedule",
    "Side",
    "Statement",
    "Voucher",
]
