"""What a request asks for beyond its address."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from vitrine.kernel.asked import is_delete, wants_fragment

ask = RequestFactory()


@pytest.mark.parametrize(
    "request_, deletes",
    [
        (ask.delete("/"), True),
        (ask.post("/", {"method": "delete"}), True),
        (ask.post("/"), False),
        (ask.post("/", {"method": "put"}), False),
        (ask.get("/?method=delete"), False),
    ],
)
def test_a_form_without_script_can_say_delete(request_: HttpRequest, deletes: bool) -> None:
    assert is_delete(request_) is deletes


def test_only_scripts_get_a_part_of_a_page() -> None:
    assert wants_fragment(ask.get("/", headers={"HX-Request": "true"}))
    assert not wants_fragment(ask.get("/"))
