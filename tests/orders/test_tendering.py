"""What cards and credit pay, and what goes back to them, as arithmetic."""

from tests.orders.draws import Draw, for_any_case
from vitrine.orders import tendering
from vitrine.orders.tendering import Due, Fund

MOST_MINOR = 400


@for_any_case(by_day=100)
def test_shares_are_exact_and_as_much_as_can_be_paid(draw: Draw) -> None:
    dues = draw.many(1, 4, lambda: (draw.whole(0, 2), draw.whole(0, MOST_MINOR)))
    funds = draw.many(0, 4, lambda: (draw.one_of([None, 0, 1, 2]), draw.whole(0, MOST_MINOR)))
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


@for_any_case(by_day=100)
def test_refunds_never_give_the_bank_or_a_card_more_than_it_gave(draw: Draw) -> None:
    taken = draw.many(1, 4, lambda: draw.whole(0, MOST_MINOR))
    asked = draw.whole(0, MOST_MINOR)
    wanted = draw.many(0, 8, lambda: draw.whole(1, 300))
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
