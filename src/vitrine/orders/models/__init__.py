"""Carts, orders and the payments that settle them. Figures on an order are frozen."""

from vitrine.orders.models.bill import Bill, BillCount, BillKind
from vitrine.orders.models.card_sale import CardDispute, CardMove, CardOffer, CardSale
from vitrine.orders.models.cart import Address, Cart, CartLine, PaymentMethod
from vitrine.orders.models.charged import Charged, ChargeDispute, ChargeMove, SaleState
from vitrine.orders.models.dispute import Dispute, DisputeState
from vitrine.orders.models.drop import Drop, Place, PlaceQuerySet
from vitrine.orders.models.due_receipt import DueReceipt
from vitrine.orders.models.figures import Bagging, ShopDay
from vitrine.orders.models.fulfilment import Fulfilment, OrderEvent
from vitrine.orders.models.label import Label, LabelState
from vitrine.orders.models.message import Message, MessageQuerySet, Side
from vitrine.orders.models.order import (
    Destination,
    GroupState,
    Order,
    OrderGroup,
    OrderState,
)
from vitrine.orders.models.order_line import OrderLine
from vitrine.orders.models.order_tax import OrderTax
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
    PayoutFileReading,
    PayoutState,
    PayoutTerms,
    Schedule,
)
from vitrine.orders.models.promotion import Promotion, Redemption, Voucher
from vitrine.orders.models.purse import Purse, PurseKind, PurseStep, Tender, TenderState
from vitrine.orders.models.purse import StepKind as PurseStepKind
from vitrine.orders.models.queued import QueuedHandover
from vitrine.orders.models.refund import Refund, RefundKind, RefundLine
from vitrine.orders.models.release import FeeTax, Holdback, Release
from vitrine.orders.models.report import LineState, ProviderReport, ReportLine
from vitrine.orders.models.reservation import Reservation, ReservationState
from vitrine.orders.models.returned import (
    FAULTS,
    Return,
    ReturnCredit,
    ReturnLine,
    ReturnReason,
    ReturnState,
)
from vitrine.orders.models.review import (
    HelpfulVote,
    Rating,
    Review,
    ReviewPicture,
    ReviewQuerySet,
)
from vitrine.orders.models.shipment import Scan, ScanKind, Shipment, ShipmentLine
from vitrine.orders.models.statement import Statement
from vitrine.orders.models.stranded import StrandedRefund
from vitrine.orders.models.wallet import Deposit, DepositDispute, DepositMove, Wallet
from vitrine.orders.payment.bank import BankCharge, BankMove

__all__ = [
    "FAULTS",
    "Address",
    "Bagging",
    "BankAccount",
    "BankCharge",
    "BankMove",
    "Bill",
    "BillCount",
    "BillKind",
    "CardDispute",
    "CardMove",
    "CardOffer",
    "CardSale",
    "Cart",
    "CartLine",
    "ChargeDispute",
    "ChargeMove",
    "Charged",
    "Clawback",
    "Deposit",
    "DepositDispute",
    "DepositMove",
    "Destination",
    "Dispute",
    "DisputeState",
    "Drop",
    "DueReceipt",
    "FeeTax",
    "Fulfilment",
    "GroupState",
    "HelpfulVote",
    "Holdback",
    "Label",
    "LabelState",
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
    "PayoutFileReading",
    "PayoutState",
    "PayoutTerms",
    "Place",
    "PlaceQuerySet",
    "Promotion",
    "ProviderEvent",
    "ProviderReport",
    "Purse",
    "PurseKind",
    "PurseStep",
    "PurseStepKind",
    "QueuedHandover",
    "Rating",
    "Redemption",
    "Refund",
    "RefundKind",
    "RefundLine",
    "Release",
    "ReportLine",
    "Reservation",
    "ReservationState",
    "Return",
    "ReturnCredit",
    "ReturnLine",
    "ReturnReason",
    "ReturnState",
    "Review",
    "ReviewPicture",
    "ReviewQuerySet",
    "SaleState",
    "Scan",
    "ScanKind",
    "Schedule",
    "Shipment",
    "ShipmentLine",
    "ShopDay",
    "Side",
    "Statement",
    "StrandedRefund",
    "Tender",
    "TenderState",
    "Voucher",
    "Wallet",
]
