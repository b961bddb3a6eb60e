"""Mail about a deposit: the invoice when it is paid, a credit note when some of it went back."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext

from vitrine.accounts import languages
from vitrine.orders.models import DepositMove, MoveKind
from vitrine.orders.payment import providers
from vitrine.sovereignty import gate
from vitrine.sovereignty.cell import operator


def send(key: str) -> None:
    """Mail the invoice or the credit note of a move. No transaction is open.

    A job that dies after the letter writes the same letter again.
    """
    move = DepositMove.objects.select_related("deposit").get(key=key)
    deposit = move.deposit
    with languages.of_address(deposit.email):
        if move.kind == MoveKind.CAPTURE:
            subject = gettext("Paid into your ad wallet: invoice {number}")
        else:
            subject = gettext("Given back from your ad wallet: credit note {number}")
        said = {
            "move": move,
            "deposit": deposit,
            "operator": operator(),
            "operator_number": settings.VITRINE_OPERATOR_TAX_NUMBER,
            "link": f"{settings.VITRINE_ORIGIN}{deposit.get_absolute_url()}",
            "is_test": providers.named(deposit.provider).is_test,
        }
        gate.send_mail(
            to=deposit.email,
            subject=subject.format(number=move.label),
            text=render_to_string("orders/mail/deposit.txt", said),
            purpose="receipt",
        )
