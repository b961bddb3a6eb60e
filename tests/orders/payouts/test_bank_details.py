"""What is typed as a bank account is one of its country, or is refused with a sentence."""

import pytest

from vitrine.orders.models import BankAccount
from vitrine.orders.payouts import bank_details
from vitrine.orders.payouts.bank_details import BadDetails


@pytest.mark.parametrize(
    "country, routing, number, kept",
    [
        ("US", "021000021", "1234-5678 9", ("021000021", "123456789")),
        ("CA", "003-12345", "1234567", ("00312345", "1234567")),
        ("AU", "062-000", "1234 5678", ("062000", "12345678")),
        ("NZ", "", "01-0902-0068389-00", ("010902", "0068389000")),
    ],
)
def test_good_details_are_kept_as_digits(
    country: str, routing: str, number: str, kept: tuple[str, str]
) -> None:
    assert bank_details.read(country, routing, number) == kept


@pytest.mark.parametrize(
    "country, routing, number, field",
    [
        ("US", "021000022", "123456789", "routing"),
        ("US", "21000021", "123456789", "routing"),
        ("US", "021000021", "123", "number"),
        ("CA", "12345", "1234567", "routing"),
        ("AU", "062-00", "12345678", "routing"),
        ("AU", "062-000", "1234567890", "number"),
        ("NZ", "", "01-0902-0068389-01x", "number"),
        ("NZ", "", "99-9999-0068389-00", "number"),
    ],
)
def test_bad_details_are_refused_at_their_field(
    country: str, routing: str, number: str, field: str
) -> None:
    with pytest.raises(BadDetails) as refused:
        bank_details.read(country, routing, number)

    assert refused.value.field == field


def test_an_account_is_shown_by_its_end_alone() -> None:
    assert BankAccount(number="123456789").masked == "•••6789"
    assert BankAccount(number="1234").masked == "•••34"
