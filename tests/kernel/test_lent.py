"""Connections of the pool are looked at before they are lent."""

import psycopg
import pytest
from django.db import connection

from vitrine.kernel.lent import Lent

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_whose_server_is_there_is_lent_without_asking_it() -> None:
    with _opened() as lent:
        lent.execute("SELECT 7")
        lent.execute("")

        assert _asked_last(lent) == "SELECT 7"


def test_one_whose_session_has_ended_is_not_lent() -> None:
    with _opened() as lent, connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [lent.info.backend_pid])

        with pytest.raises(psycopg.OperationalError):
            lent.execute("")


def _opened() -> Lent:
    return Lent.connect(**connection.get_connection_params() | {"autocommit": True})


def _asked_last(lent: Lent) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [lent.info.backend_pid])
        (row,) = cursor.fetchall()
    return str(row[0])
