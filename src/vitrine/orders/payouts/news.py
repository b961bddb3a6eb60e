"""Mail about where a payee is paid, without any number. Leaves through the gate."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext

from vitrine.accounts import languages
from vitrine.orders.models import BankAccount
from vitrine.orders.payouts import notices
from vitrine.sovereignty import gate


def send_bank_news(account: BankAccount) -> None:
    """Mail everybody who looks after the money that another account was named, by whom, and since
    when it is paid. Queries: 2.
    """
    link = f"{settings.VITRINE_ORIGIN}{notices.page_of(account.payee)}"
    for person in notices.keepers(account.payee):
        with languages.of(person):
            gate.send_mail(
                to=person.email,
                subject=gettext("Another bank account for your payouts"),
                text=render_to_string("orders/mail/bank.txt", {"account": account, "link": link}),
                purpose="shop",
            )
