"""What cards and credit pay, and what goes back to them, as arithmetic."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nightly import IS_NIGHT
from vitrine.orders import tendering
from vitrine.orders.tendering import Due, Fund

CASES = 100_000 if IS_NIGHT else 100
AMOUNTS = st.integers(0, 400)


@settings(max_examples=CASES)
@given(
    dues=st.lists(st.tuples(st.integers(0, 2), AMOUNTS), min_size=1, max_size=4),
    funds=st.lists(st.tuples(st.sampled_from([None, 0, 1, 2]), AMOUNTS), max_size=4),
)
def test_shares_are_exact_and_as_much_as_can_be_paid(
    dues: list[tuple[int, int]], funds: list[tuple[int | None, int]]
) -> None:
    owed = [Due(number, shop, amount) for number, (shop, amount) in enumerate(dues)]
    have = [Fund(number, amount, shop) for number, (shop, amount) in enumerate(funds)]

    shares = tendering.share(owed, have)

    by_part = {due.part: 0 for due in owed}
    by_fund = {fund.purse: 0 for fund in have}
    for one in shares:
        assert one.amount_minor > 0
        assert have[one.purse].merchant in (None, owed[one.part].merchant)
        by_part[one.part] += one.amount_minor
        by_fund[one.purse] += one.amount_minor
    assert all(by_part[due.part] <= due.amount_minor for due in owed)
    assert all(by_fund[fund.purse] <= fund.free_minor for fund in have)
    at_shop = {
        shop: min(
            sum(due.amount_minor for due in owed if due.merchant == shop),
            sum(fund.free_minor for fund in have if fund.merchant == shop),
        )
        for shop in range(3)
    }
    anywhere = sum(fund.free_minor for fund in have if fund.merchant is None)
    total = sum(due.amount_minor for due in owed)
    paid = sum(at_shop.values())
    assert sum(by_part.values()) == paid + min(anywhere, total - paid)


@settings(max_examples=CASES)
@given(
    taken=st.lists(AMOUNTS, min_size=1, max_size=4),
    asked=AMOUNTS,
    wanted=st.lists(st.integers(1, 300), max_size=8),
)
def test_refunds_never_give_the_bank_or_a_card_more_than_it_gave(
    taken: list[int], asked: int, wanted: list[int]
) -> None:
    left, cards, bank = asked + sum(taken), dict(enumerate(taken)), asked
    for amount in [*wanted, 10_000]:
        amount = min(amount, left)
        to_bank, stored = tendering.given_back(amount, asked_left_minor=bank)
        shares = tendering.back_to(stored, list(cards.items()))
        assert to_bank + sum(one for _, one in shares) == amount
        bank, left = bank - to_bank, left - amount
        for purse, one in shares:
            cards[purse] -= one
        assert bank >= 0
        assert min(cards.values()) >= 0
    assert (left, bank, sum(cards.values())) == (0, 0, 0)
