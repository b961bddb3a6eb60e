"""What a web process does before it serves."""

import weakref

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import RequestFactory
from psycopg_pool import ConnectionPool

from vitrine.ops import serving


@pytest.mark.django_db
def test_the_connection_that_came_back_last_is_lent_first() -> None:
    with ConnectionPool(kwargs=connection.get_connection_params(), min_size=3) as pool:
        pool.wait()
        serving.lend_the_latest(pool)
        first, second = pool.getconn(), pool.getconn()
        pool.putconn(second)
        pool.putconn(first)

        lent = [pool.getconn(), pool.getconn()]
        for one in lent:
            pool.putconn(one)

    assert lent == [first, second]


def test_what_knows_a_request_is_gone_when_its_answer_is_sent() -> None:
    request = serving.Request(RequestFactory().get("/").environ)
    user = AnonymousUser()
    vars(request).update(user=user, itself=request)
    left = weakref.ref(user)

    request.close()
    del request, user

    assert left() is None
