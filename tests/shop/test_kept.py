"""What is kept for the next purchase is shown to its person, and removed when asked."""

import re

import pytest
from django.test import Client

from tests import make
from tests.orders.work import run_jobs
from vitrine.orders import keeping
from vitrine.orders.models import Address, PaymentMethod

pytestmark = pytest.mark.django_db
URL = "/orders/kept"


def test_an_address_and_a_card_are_shown_and_removed_one_by_one() -> None:
    bea, lamp = make.person(), make.variant(stock=9)
    for person in (bea, make.person()):
        make.purchase(lamp, buyer=person)
    run_jobs()
    client = Client()
    client.force_login(bea)
    page = client.get(URL).content.decode()
    assert Address.objects.get(person=bea).line1 in page
    assert PaymentMethod.objects.get(person=bea).label in page
    marks = re.findall(r'name="mark" value="(\w+)"', page)

    for mark in marks:
        client.post(URL, {"mark": mark})

    assert len(marks) == 2
    assert "Nothing is kept" in client.get(URL).content.decode()
    assert Address.objects.exclude(person=bea).count() == 1
    assert PaymentMethod.objects.exclude(person=bea).count() == 1


def test_another_persons_mark_removes_nothing() -> None:
    make.purchase(make.variant(stock=9), buyer=make.person())
    run_jobs()
    stranger = Client()
    stranger.force_login(make.person())

    stranger.post(URL, {"mark": keeping.mark_of(Address.objects.get())})

    assert Address.objects.count() == 1
