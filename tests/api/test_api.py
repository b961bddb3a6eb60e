"""The API: what a token opens, that a key has one effect, and what each operation does."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.api.calling import Program
from vitrine.accounts.limits import LIMITS, Action, Limit
from vitrine.accounts.models import Pace
from vitrine.catalog.models import Attribute, AttributeValue, Category, Product, Stock
from vitrine.orders.models import OrderState
from vitrine.programs.models import KeptAnswer, Token
from vitrine.programs.scopes import Scope

pytestmark = pytest.mark.django_db
LAMP: dict[str, Any] = {
    "title": "Lamp",
    "option_names": ["Size"],
    "variants": [{"sku": "L-1", "option_values": ["Small"], "price_minor": 1_900}],
}
METHODS = {"get", "post", "patch", "delete", "put"}


def document() -> Any:
    """Return what the API says of itself."""
    return Client().get("/api/v1/openapi.json").json()


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Return (method, path, declaration) of all that the document names."""
    return [
        (method.upper(), path, told)
        for path, methods in document()["paths"].items()
        for method, told in methods.items()
        if method in METHODS
    ]


def test_the_document_is_openapi_3_1_and_each_operation_names_its_scope() -> None:
    said = document()

    assert said["openapi"].startswith("3.1")
    assert said["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert len(operations()) >= 37
    for method, path, told in operations():
        ((scopes,),) = [each.values() for each in told["security"]]
        assert [Scope(each) for each in scopes], (method, path)
        named = {each["name"] for each in told["parameters"]}
        assert ("Idempotency-Key" in named) == (method != "GET"), (method, path)


def test_a_token_opens_nothing_beyond_its_scopes() -> None:
    shop = make.merchant()
    variant = make.variant(make.product(shop), stock=5)
    order = make.purchase(variant).group.orders.get()
    some = variant.stock.get().location.public_id
    for method, path, told in operations():
        (needed,) = told["security"][0]["token"]
        others = [scope for scope in Scope if scope != needed]
        url = path.removeprefix("/api/v1")
        for name, value in (
            ("product_id", variant.product.public_id),
            ("variant_id", variant.public_id),
            ("location_id", some),
            ("order_id", order.public_id),
            ("endpoint_id", order.public_id),
            ("delivery_id", order.public_id),
            ("parcel_id", order.public_id),
            ("return_id", order.public_id),
            ("bill_id", order.public_id),
            ("card_id", order.public_id),
        ):
            url = url.replace("{" + name + "}", value)
        assert "{" not in url
        status, problem = Program(shop, *others).refused(method, url, {})
        assert (status, problem["code"], problem["scope"]) == (403, "scope_lacking", needed), url
        Token.objects.all().delete()
    assert not KeptAnswer.objects.exists()
    order.refresh_from_db()
    assert order.state == OrderState.PLACED


def test_another_shops_things_are_not_there() -> None:
    program, other = Program(), make.variant(stock=2)
    order = make.purchase(other).group.orders.get()
    place = other.stock.get().location

    for method, path, body in (
        ("GET", f"/products/{other.product.public_id}", None),
        ("PATCH", f"/products/{other.product.public_id}", {"title": "Mine"}),
        ("POST", f"/products/{other.product.public_id}/publication", None),
        ("PATCH", f"/stock/{other.public_id}/{place.public_id}", {"on_hand": 9, "seen": 2}),
        ("GET", f"/orders/{order.public_id}", None),
        ("GET", f"/orders/{order.public_id}/money", None),
        ("POST", f"/orders/{order.public_id}/cancellation", {"reason": "Mine"}),
    ):
        assert program.refused(method, path, body)[0] == 404, path
    assert program.ok("GET", "/products")["items"] == []
    assert program.ok("GET", "/orders")["items"] == []
    assert program.ok("GET", f"/stock?variant={other.public_id}")["items"] == []


def test_a_token_that_is_revoked_over_or_wrong_is_turned_away() -> None:
    program = Program()
    program.ok("GET", "/locations")
    assert Token.objects.get().used_at is not None
    now = timezone.now()

    Token.objects.update(expires_at=now - timedelta(seconds=1))
    over = program.refused("GET", "/locations")
    Token.objects.update(expires_at=None)
    program.token.revoke(at=now)
    revoked = program.refused("GET", "/locations")
    program.text = "vtr_wrong"

    for status, problem in (over, revoked, program.refused("GET", "/locations")):
        assert (status, problem["code"]) == (401, "token_needed")


def test_a_write_without_a_key_is_refused_and_a_repeat_has_the_first_answer() -> None:
    program = Program()
    assert program.refused("POST", "/products", LAMP, key="")[1]["code"] == "idempotency_key_needed"

    first = program.call("POST", "/products", LAMP, key="attempt-1")
    again = program.call("POST", "/products", LAMP, key="attempt-1")
    other = program.refused("POST", "/products", LAMP | {"title": "Other"}, key="attempt-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert (other[0], other[1]["code"]) == (409, "idempotency_key_used")
    assert Product.objects.count() == 1


def test_what_was_refused_did_nothing_and_its_key_is_free() -> None:
    program = Program()
    wrong = LAMP | {"variants": [{"option_values": ["Small"], "price_minor": -1, "colour": 1}]}

    status, problem = program.refused("POST", "/products", wrong, key="attempt-1")
    program.ok("POST", "/products", LAMP, key="attempt-1")

    assert status == 422
    pointers = {each["pointer"] for each in problem["errors"]}
    assert pointers == {"#/variants/0/price_minor", "#/variants/0/colour"}
    assert Product.objects.count() == 1


def test_kept_answers_are_forgotten_after_a_day() -> None:
    program = Program()
    program.ok("POST", "/products", LAMP)

    KeptAnswer.forget(at=timezone.now() + timedelta(hours=23))
    assert KeptAnswer.objects.count() == 1
    KeptAnswer.forget(at=timezone.now() + timedelta(hours=25))
    assert not KeptAnswer.objects.exists()


def test_calls_are_counted_and_too_many_are_told_when_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = Program()
    (usual,) = LIMITS[Action.PROGRAM]
    monkeypatch.setitem(LIMITS, Action.PROGRAM, (Limit(usual.each, 2, 2),))

    first = program.call("GET", "/locations")
    program.call("GET", "/locations")
    third = program.call("GET", "/locations")

    assert first["RateLimit-Policy"] == '"token";q=2;w=60'
    assert first["RateLimit"].startswith('"token";r=1;t=')
    assert (third.status_code, third["Content-Type"]) == (429, "application/problem+json")
    assert 0 < int(third["Retry-After"]) <= 60
    assert third["RateLimit"].startswith('"token";r=0;t=')
    assert Pace.objects.get().who == program.token.public_id


def test_errors_outside_the_operations_are_problem_documents_too() -> None:
    program = Program()

    assert program.refused("GET", "/nothing/here")[0] == 404
    assert program.refused("PUT", "/products", {})[1]["code"] == "method_not_allowed"
    broken: Any = Client().post(
        "/api/v1/products", b"{", content_type="application/json",
        headers={"Authorization": f"Bearer {program.text}", "Idempotency-Key": "attempt-1"},
    )  # fmt: skip
    assert (broken.status_code, broken["Content-Type"]) == (400, "application/problem+json")


def test_a_product_is_written_changed_published_and_withdrawn() -> None:
    program = Program()
    made = program.ok("POST", "/products", LAMP | {"description_html": "<p>Warm<script>x</script>"})
    assert (made["state"], made["description_html"]) == ("draft", "<p>Warm</p>")
    path = f"/products/{made['id']}"

    assert program.ok("POST", f"{path}/publication")["state"] == "on_sale"
    Product.objects.filter(public_id=made["id"]).update(compare_is_recommended=True)
    changed = program.ok("PATCH", path, {"title": "Large lamp"})
    assert (changed["title"], changed["variants"]) == ("Large lamp", made["variants"])
    (variant,) = changed["variants"]
    dearer = {"id": variant["id"], "sku": "L-1", "option_values": ["Small"], "price_minor": 2_500}
    assert program.ok("PATCH", path, {"variants": [dearer]})["variants"][0]["price_minor"] == 2_500
    assert Product.objects.get(public_id=made["id"]).compare_is_recommended
    assert program.ok("DELETE", f"{path}/publication")["state"] == "withdrawn"

    unlike = program.refused("PATCH", path, {"option_names": ["Size", "Colour"]})
    assert (unlike[0], unlike[1]["code"]) == (422, "options_unlike")


def test_a_program_leaves_a_product_where_its_shop_has_put_it() -> None:
    program = Program()
    place = Category.objects.get(key="home/lighting")
    lamp = make.product(program.merchant, listed_in=place, option_names=["Size"])
    make.variant(lamp)
    power = Attribute.objects.of(place)[0]
    AttributeValue.objects.create(product=lamp, attribute=power, said="40")

    program.ok("PATCH", f"/products/{lamp.public_id}", {"title": "Large lamp"})

    lamp.refresh_from_db()
    assert (lamp.title, lamp.listed_in) == ("Large lamp", place)
    assert AttributeValue.objects.get().said == "40"


def test_products_come_page_by_page() -> None:
    program = Program()
    for number in range(3):
        made = make.product(program.merchant)
        Product.objects.filter(pk=made.pk).update(created_at=make.NOON + timedelta(hours=number))

    first = program.ok("GET", "/products?limit=2")
    second = program.ok("GET", f"/products?limit=2&cursor={first['next_cursor']}")

    seen = [each["id"] for each in (*first["items"], *second["items"])]
    assert len(set(seen)) == 3
    assert second["next_cursor"] is None
    assert program.refused("GET", "/products?limit=1000")[0] == 422


def test_stock_is_set_only_where_it_is_still_what_was_seen() -> None:
    program = Program()
    variant = make.variant(make.product(program.merchant), stock=5)
    place = variant.stock.get().location
    path = f"/stock/{variant.public_id}/{place.public_id}"

    assert program.ok("PATCH", path, {"on_hand": 7, "seen": 5})["available"] == 7
    status, problem = program.refused("PATCH", path, {"on_hand": 9, "seen": 5})

    assert (status, problem["code"]) == (409, "stock_changed")
    assert Stock.objects.get(variant=variant).on_hand == 7
    (level,) = program.ok("GET", f"/stock?location={place.public_id}")["items"]
    assert (level["sku"], level["on_hand"]) == (variant.sku, 7)


def test_an_order_is_read_and_shipped_and_its_answer_names_no_buyer() -> None:
    program = Program()
    order = make.purchase(make.variant(make.product(program.merchant), stock=5)).group.orders.get()
    path = f"/orders/{order.public_id}"

    (listed,) = program.ok("GET", "/orders?state=placed")["items"]
    money = program.ok("GET", f"{path}/money")
    step = program.call("POST", f"{path}/dispatch", {"carrier": "Post", "tracking": "T1"})

    assert (listed["address"]["name"], listed["lines"][0]["quantity"]) == ("Bea", 1)
    assert money["share_minor"] == money["total_minor"] - money["tax_minor"] - money["fee_minor"]
    assert step.json() == {"id": order.public_id, "state": "placed", "pending": "capture"}
    assert b"Bea" not in step.content
    assert program.refused("POST", f"{path}/cancellation", {"reason": "No"})[0] == 409


def test_an_order_is_cancelled_for_a_reason() -> None:
    program = Program()
    order = make.purchase(make.variant(make.product(program.merchant), stock=5)).group.orders.get()
    path = f"/orders/{order.public_id}/cancellation"

    assert program.refused("POST", path, {"reason": " "})[0] == 422
    assert program.ok("POST", path, {"reason": "Broken"})["state"] == "cancelled"
