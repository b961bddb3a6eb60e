"""After the order by the API: parcels, collections, returns, refunds and bills."""

from typing import Any

import pytest
from django.utils import timezone

from tests import make
from tests.api.calling import Program, owner
from tests.orders.money import at_bank, balances
from tests.orders.work import run_jobs
from vitrine.catalog.models import LocationKind, Merchant, Stock, Variant
from vitrine.kernel import invariants
from vitrine.ledger import accounts
from vitrine.orders import codes, returning
from vitrine.orders.models import BankCharge, Order, OrderState, Return, ReturnReason, Scan
from vitrine.orders.returning import Wish
from vitrine.programs.models import Delivery, Endpoint, Event

pytestmark = pytest.mark.django_db


def lamp(shop: Merchant, **fields: Any) -> Variant:
    return make.variant(make.product(shop), stock=5, **fields)


def bought(program: Program, *variants: Variant, **fields: Any) -> Order:
    variants = variants or (lamp(program.merchant),)
    return make.purchase(*variants, quantity=3, **fields).group.orders.get()


def sold(program: Program) -> Order:
    """Sell three lamps at 20.00 in New York: 60.00 + 4.95 + 2.60 tax; the fee is 3.60."""
    return make.handed_over(lamp(program.merchant), quantity=3)


def sent_back(order: Order, units: int = 1) -> Return:
    wish = Wish({order.lines.get().pk: units}, ReturnReason.BROKEN, "The glass is cracked")
    return returning.ask(order, wish, key=f"{order.pk}:{units}", at=make.NOON)


def heard(shop: Merchant) -> Endpoint:
    return Endpoint.make(
        shop, url="https://one.example/", events=Event.values, by=owner(shop), at=timezone.now()
    )


def told(endpoint: Endpoint) -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(endpoint=endpoint).exclude(event="product.changed")
    return list(rows.order_by("pk").values_list("event", "thing"))


def nothing_is_broken() -> None:
    assert [one for check in invariants.REGISTER for one in check.check().violations] == []


def test_an_order_is_packed_in_two_parcels_put_right_scanned_and_told_of() -> None:
    program = Program()
    order, place = bought(program), make.location(program.merchant)
    endpoint = heard(program.merchant)
    path = f"/orders/{order.public_id}/parcels"

    said = {"lines": [{"line": 1, "quantity": 2}], "carrier": "Post", "tracking": "T1"}
    first = program.ok("POST", path, said | {"location": place.public_id})
    second = program.ok("POST", path, {"lines": [{"line": 1, "quantity": 1}]})
    more = program.refused("POST", path, {"lines": [{"line": 1, "quantity": 1}]})
    none = program.refused("POST", path, {"lines": [{"line": 2, "quantity": 1}]})
    twice = program.refused("POST", path, {"lines": [{"line": 1, "quantity": 1}] * 2})
    nowhere = program.refused("POST", path, said | {"location": order.public_id})

    assert (first["lines"], first["location"]) == ([{"line": 1, "quantity": 2}], place.public_id)
    assert (first["sent_at"], first["pending"], first["scans"]) == (None, None, [])
    assert (more[0], more[1]["code"]) == (409, "not_to_pack")
    assert {none[1]["code"], twice[1]["code"]} == {"no_such_line"}
    assert (nowhere[0], nowhere[1]["code"]) == (422, "no_such_location")
    assert order.shipments.count() == 2

    scanned = program.ok(
        "POST", f"/parcels/{first['id']}/scans",
        {"kind": "taken", "place": "Albany", "at": "2026-11-01T08:00:00Z"},
    )  # fmt: skip
    again = program.ok(
        "POST", f"/parcels/{first['id']}/scans",
        {"kind": "taken", "place": "Albany", "at": "2026-11-01T08:00:00Z"},
    )  # fmt: skip
    later = program.refused(
        "POST", f"/parcels/{first['id']}/scans", {"kind": "taken", "at": "2999-01-01T00:00:00Z"}
    )
    assert scanned["pending"] == "capture"
    assert [one["at"] for one in again["scans"]] == ["2026-11-01T08:00:00Z"]
    assert (later[0], later[1]["code"], Scan.objects.count()) == (422, "not_yet", 1)
    run_jobs()
    put_right = program.ok(
        "PATCH", f"/parcels/{first['id']}", {"carrier": "Post", "tracking": "T9"}
    )
    left = program.ok("POST", f"/parcels/{second['id']}/dispatch")

    order.refresh_from_db()
    assert (order.state, order.fulfilment.tracking) == (OrderState.SHIPPED, "T9")
    assert (put_right["tracking"], left["pending"]) == ("T9", None)
    assert order.events.filter(kind="parcel_corrected", note="T9").count() == 1
    assert at_bank() == {"capture": order.total_minor}
    assert program.ok("GET", "/parcels?state=packed")["items"] == []
    listed = program.ok("GET", f"/parcels?order={order.public_id}&limit=1")
    rest = program.ok("GET", f"/parcels?limit=1&cursor={listed['next_cursor']}")["items"]
    assert {listed["items"][0]["id"], rest[0]["id"]} == {first["id"], second["id"]}
    bill = order.bills.get().public_id
    assert told(endpoint) == [
        ("parcel.packed", first["id"]),
        ("parcel.packed", second["id"]),
        ("parcel.sent", first["id"]),
        ("parcel.scanned", first["id"]),
        ("order.shipped", order.public_id),
        ("bill.issued", bill),
        ("parcel.sent", second["id"]),
    ]


def test_what_was_cancelled_is_not_put_right_and_a_bank_that_refuses_is_told_of() -> None:
    program = Program()
    order = bought(program)
    endpoint = heard(program.merchant)
    path = f"/orders/{order.public_id}"
    parcel = program.ok("POST", f"{path}/parcels", {"lines": [{"line": 1, "quantity": 3}]})
    BankCharge.objects.update(outcome="declined")
    program.ok("POST", f"/parcels/{parcel['id']}/dispatch")
    run_jobs()

    assert program.ok("GET", f"/parcels/{parcel['id']}")["sent_at"] is None
    assert told(endpoint)[-1] == ("order.refused", order.public_id)
    program.ok("POST", f"{path}/cancellation", {"reason": "Broken"})
    wrong = program.refused("PATCH", f"/parcels/{parcel['id']}", {"tracking": "T1"})
    assert (wrong[0], wrong[1]["code"]) == (409, "order_not_open")


def test_a_collection_is_handed_over_for_its_code() -> None:
    program = Program()
    store, variant = make.location(program.merchant, LocationKind.STORE), lamp(program.merchant)
    variant.stock.update(location=store)
    order = make.purchase(variant, store=store).group.orders.get()
    path = f"/orders/{order.public_id}"

    assert program.ok("POST", f"{path}/readiness")["state"] == "ready"
    wrong = program.refused("POST", f"{path}/collection", {"code": "WRONG"})
    step = program.ok("POST", f"{path}/collection", {"code": codes.of_order(order)})
    run_jobs()

    assert (wrong[0], wrong[1]["code"], step["pending"]) == (409, "wrong_code", "capture")
    assert program.ok("GET", path)["state"] == "collected"


def test_a_return_is_approved_received_and_settled_and_no_answer_names_what_was_written() -> None:
    program = Program()
    order, endpoint = sold(program), heard(program.merchant)
    asked = sent_back(order, 2)
    path = f"/returns/{asked.public_id}"

    (listed,) = program.ok("GET", f"/returns?state=asked&order={order.public_id}")["items"]
    assert (listed["words"], listed["reason"]) == ("The glass is cracked", "broken")
    early = program.refused("POST", f"{path}/reception")
    silent = program.refused("POST", f"{path}/approval", {"words": " "})
    approved = program.call("POST", f"{path}/approval", {"words": "To 1 Elm Street, please"})
    program.ok("POST", f"{path}/reception")
    left_out = program.refused("POST", f"{path}/settlement", {"lines": []})
    too_many = program.refused(
        "POST", f"{path}/settlement", {"lines": [{"line": 1, "came": 3, "restocked": 0}]}
    )
    settled = program.ok(
        "POST", f"{path}/settlement", {"lines": [{"line": 1, "came": 2, "restocked": 1}]}
    )
    run_jobs()

    assert (early[0], early[1]["code"], silent[0]) == (409, "return_moved", 422)
    assert approved.json() == {"id": asked.public_id, "state": "approved", "pending": None}
    assert (left_out[1]["code"], too_many[1]["code"]) == ("not_looked_at", "more_than_bought")
    assert (settled["state"], settled["pending"]) == ("settled", "refund")
    read = program.ok("GET", path)
    assert (read["answer"], read["pending"]) == ("To 1 Elm Street, please", None)
    assert read["lines"] == [{"line": 1, "quantity": 2, "instead": None, "came": 2, "restocked": 1}]
    assert (read["refund"]["amount_minor"], read["refund"]["state"]) == (4_160, "done")
    assert read["refund"]["lines"] == [{"line": 1, "quantity": 2}]
    assert Stock.objects.get().on_hand == 3
    steps = ["asked", "approved", "received", "settled"]
    credit = order.bills.get(kind="credit").public_id
    assert told(endpoint) == [
        *((f"return.{step}", asked.public_id) for step in steps),
        ("bill.issued", credit),
        ("order.part_refunded", order.public_id),
    ]
    nothing_is_broken()


def test_a_return_whose_bank_refuses_is_settled_again_without_looking_twice() -> None:
    program = Program()
    order = sold(program)
    path = f"/returns/{sent_back(order).public_id}"
    program.ok("POST", f"{path}/approval", {"words": "To us"})
    program.ok("POST", f"{path}/reception")
    BankCharge.objects.update(outcome="declined")
    program.ok("POST", f"{path}/settlement", {"lines": [{"line": 1, "came": 1, "restocked": 1}]})
    run_jobs()
    assert program.ok("GET", path)["state"] == "received"

    BankCharge.objects.update(outcome="authorised")
    program.ok("POST", f"{path}/settlement", {"lines": []})
    run_jobs()

    assert program.ok("GET", path)["refund"]["amount_minor"] == 2_080
    assert Stock.objects.get().on_hand == 3


def test_money_goes_back_by_line_and_by_amount_and_never_more_than_was_paid() -> None:
    program = Program()
    order = sold(program)
    path = f"/orders/{order.public_id}"
    two = {"reason": "Lost", "lines": [{"line": 1, "quantity": 2}]}

    step = program.ok("POST", f"{path}/refund", two)
    program.ok("POST", f"{path}/refund", {"reason": "Late", "amount_minor": 700})
    run_jobs()
    more = program.refused("POST", f"{path}/refund", two)
    both = program.refused("POST", f"{path}/refund", two | {"amount_minor": 1})

    assert step == {"id": order.public_id, "state": "shipped", "pending": "refund"}
    assert (more[0], more[1]["code"], both[0]) == (409, "nothing_left", 422)
    by_line, by_amount = program.ok("GET", f"{path}/refunds")
    assert (by_line["kind"], by_line["amount_minor"], by_line["fee_minor"]) == ("lines", 4_160, 240)
    assert by_line["lines"] == [{"line": 1, "quantity": 2}]
    assert (by_amount["kind"], by_amount["amount_minor"], by_amount["state"]) == (
        "goodwill", 700, "done",
    )  # fmt: skip
    assert Stock.objects.get().on_hand == 2  # nobody sends them back
    assert at_bank() == {"capture": 6_755, "refund": 4_860}

    program.ok("POST", f"{path}/refund", {"reason": "Lost", "lines": [{"line": 1, "quantity": 1}]})
    run_jobs()
    assert program.ok("GET", path)["state"] == "refunded"
    assert balances() == {}
    nothing_is_broken()


def test_what_is_on_its_way_back_is_not_paid_back_beside_its_return() -> None:
    program = Program()
    order = sold(program)
    sent_back(order)
    body = {"reason": "Lost", "lines": [{"line": 1, "quantity": 1}]}

    status, problem = program.refused("POST", f"/orders/{order.public_id}/refund", body)

    assert (status, problem["code"]) == (409, "nothing_left")
    assert "on its way back" in problem["detail"]
    assert at_bank() == {"capture": 6_755}
    assert balances()[accounts.merchant_pending(program.merchant.public_id)] == 6_135


def test_bills_are_read_by_their_figures_and_printed_with_the_buyers_name() -> None:
    program = Program()
    order = sold(program)
    program.ok(
        "POST", f"/orders/{order.public_id}/refund",
        {"reason": "Lost", "lines": [{"line": 1, "quantity": 1}]},
    )  # fmt: skip
    run_jobs()

    (credit,) = program.ok("GET", f"/bills?kind=credit&order={order.public_id}")["items"]
    invoice = program.ok("GET", f"/bills/{credit['corrects']}")
    page = program.call("GET", f"/bills/{invoice['id']}/page")

    assert (invoice["number"], invoice["kind"], invoice["corrects"]) == ("00001", "invoice", None)
    assert (credit["number"], credit["total_minor"]) == ("C00001", 2_080)
    assert invoice["total_minor"] == 6_755
    figures = sum(row["amount_minor"] for row in (*invoice["rows"], *invoice["taxes"]))
    assert figures == invoice["total_minor"]
    assert not invoice["tax_included"]
    assert b"Bea" not in program.call("GET", f"/bills/{invoice['id']}").content
    assert page["Content-Type"].startswith("text/html")
    for part in (b"Bea", b"00001", b"<style>", b"67.55"):
        assert part in page.content


def test_another_shops_parcels_returns_and_bills_are_not_there() -> None:
    program, other = Program(), Program()
    order = sold(other)
    asked, parcel, bill = sent_back(order), order.shipments.get(), order.bills.get()
    words = {"words": "Mine"}

    for method, path, body in (
        ("GET", f"/parcels/{parcel.public_id}", None),
        ("PATCH", f"/parcels/{parcel.public_id}", {"tracking": "Mine"}),
        ("POST", f"/parcels/{parcel.public_id}/dispatch", None),
        ("POST", f"/parcels/{parcel.public_id}/scans", {"kind": "taken"}),
        ("POST", f"/orders/{order.public_id}/parcels", {"lines": [{"line": 1, "quantity": 1}]}),
        ("GET", f"/orders/{order.public_id}/refunds", None),
        ("POST", f"/orders/{order.public_id}/collection", {"code": "ABC"}),
        ("GET", f"/returns/{asked.public_id}", None),
        ("POST", f"/returns/{asked.public_id}/approval", words),
        ("POST", f"/returns/{asked.public_id}/refusal", words),
        ("POST", f"/returns/{asked.public_id}/reception", None),
        ("POST", f"/returns/{asked.public_id}/settlement", {"lines": []}),
        ("GET", f"/bills/{bill.public_id}", None),
        ("GET", f"/bills/{bill.public_id}/page", None),
    ):
        assert program.refused(method, path, body)[0] == 404, path
    for path in ("/parcels", "/returns", "/bills"):
        assert program.ok("GET", path)["items"] == []
        assert len(other.ok("GET", path)["items"]) == 1
    asked.refresh_from_db()
    assert asked.state == "asked"
