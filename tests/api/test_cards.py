"""Gift cards by the API: issued once, their code told once, read by code, stopped."""

import json
from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.api.calling import Program
from tests.orders.cards import press, selling
from tests.orders.money import balances
from tests.orders.test_gift_cards import earned
from vitrine.accounts.limits import LIMITS, Action
from vitrine.orders import purses
from vitrine.orders.giftcards import buying
from vitrine.orders.models import Purse
from vitrine.programs.models import KeptAnswer
from vitrine.programs.scopes import Scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    """Return a program of a shop that has 23.75 available."""
    lamp = make.variant(stock=1)
    assert earned(lamp) == 2375
    return Program(lamp.merchant)


def by_code(program: Program, code: str) -> Any:
    headers = {"Authorization": f"Bearer {program.text}", "Gift-Card-Code": code}
    return Client().get("/api/v1/gift-card-balance", headers=headers)


def test_a_card_is_issued_once_and_its_code_is_kept_nowhere(program: Program) -> None:
    body = {"amount_minor": 500, "note": "For Ada"}
    made = program.ok("POST", "/gift-cards", body, key="attempt-1")
    again = program.ok("POST", "/gift-cards", body, key="attempt-1")

    card = Purse.objects.get()
    assert len(purses.plain(made["code"])) == 16
    assert again == {**made, "code": None}
    assert made["code"] not in "".join(KeptAnswer.objects.values_list("body", flat=True))
    assert (made["free_minor"], made["state"], made["origin"]) == (500, "good", "issued")
    assert (card.note, card.free_minor) == ("For Ada", 500)
    available = f"merchant:{program.merchant.public_id}:available"
    assert (balances()[available], balances()[card.account]) == (1875, 500)
    assert program.refused("POST", "/gift-cards", {"amount_minor": 600}, key="attempt-1")[0] == 409


def test_what_the_shop_has_not_and_what_no_law_lets_end_is_refused(program: Program) -> None:
    status, problem = program.refused("POST", "/gift-cards", {"amount_minor": 2376})
    assert (status, problem["code"]) == (409, "not_backed")
    ends = {"amount_minor": 100, "last_on": "2040-01-01"}
    assert program.refused("POST", "/gift-cards", ends)[1]["code"] == "card_ends_too_soon"
    for wrong in ({"amount_minor": 0}, {"amount_minor": 10**9}, {"amount_minor": 5, "to": "Ada"}):
        assert program.refused("POST", "/gift-cards", wrong)[0] == 422

    assert not Purse.objects.exists()


def test_a_card_is_read_by_its_code_where_it_can_be_spent(program: Program) -> None:
    code = program.ok("POST", "/gift-cards", {"amount_minor": 500})["code"]
    everywhere = purses.issue(700, key="p", merchant=None, by=make.person(), at=make.NOON)
    purses.stop(everywhere[0], at=make.NOON)

    mine = json.loads(by_code(program, code.lower().replace("-", " ")).content)
    assert (mine["free_minor"], mine["is_good_everywhere"]) == (500, False)
    platforms = json.loads(by_code(program, everywhere[1]).content)
    assert (platforms["state"], platforms["is_good_everywhere"]) == ("stopped", True)
    other = Program()
    assert by_code(other, code).status_code == 404
    assert other.refused("GET", f"/gift-cards/{mine['id']}")[0] == 404
    assert other.refused("POST", f"/gift-cards/{mine['id']}/stop")[0] == 404

    for _ in range(LIMITS[Action.CARD][0].most):
        assert by_code(program, "AAAA-BBBB-CCCC-DDDD").status_code == 404
    answer = by_code(program, code)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_fast")


def test_cards_are_listed_with_those_that_were_bought_and_stopped(program: Program) -> None:
    issued = program.ok("POST", "/gift-cards", {"amount_minor": 500})
    buying.buy(press(selling(program.merchant)), at=make.NOON)

    stopped = program.ok("POST", f"/gift-cards/{issued['id']}/stop")
    again = program.ok("POST", f"/gift-cards/{issued['id']}/stop")

    assert (stopped["state"], again) == ("stopped", stopped)
    assert program.ok("GET", f"/gift-cards/{issued['id']}") == stopped
    page = program.ok("GET", "/gift-cards?limit=1")
    rest = program.ok("GET", f"/gift-cards?limit=1&cursor={page['next_cursor']}")
    assert {one["origin"] for one in page["items"] + rest["items"]} == {"issued", "bought"}


def test_each_scope_opens_its_half() -> None:
    reads = Program(None, Scope.CARDS_READ)
    writes = Program(None, Scope.CARDS_WRITE)

    assert reads.refused("POST", "/gift-cards", {"amount_minor": 5})[1]["code"] == "scope_lacking"
    assert writes.refused("GET", "/gift-cards")[1]["code"] == "scope_lacking"
    assert reads.ok("GET", "/gift-cards") == {"items": [], "next_cursor": None}
