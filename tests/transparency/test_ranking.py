"""The page about ranking: every weight, as the code has it."""

from dataclasses import fields

import pytest
from django.test import Client
from django.utils import timezone

from tests.feed.experiments.declared import DAY, declare
from vitrine.feed import weights
from vitrine.feed.signs import SIGNS
from vitrine.surfaces.transparency import ranking_factors

pytestmark = pytest.mark.django_db


OF_ADS = (
    *("BETWEEN", "FLOATS", "MICROS_A_WORTH", "USUAL_WORTH", "SEEN", "HIDDEN_WORTH", "LEAVES"),
    "USUAL_HIDDEN",
)
"""Weights of ``ads/load.py`` that say where an ad stands."""


def test_every_weight_is_on_the_page_with_a_sentence() -> None:
    plain = {name for name in vars(weights) if name.isupper()} - {
        "TRUST",
        "RULES",
        "QUIET",
        "VALUE",
    }
    known = plain | {f"SIGNS.{name}" for name in SIGNS}
    for of in ("TRUST", "QUIET", "VALUE"):
        known |= {f"{of}.{name}" for name in getattr(weights, of)}
    known |= {f"RULES.{field.name}" for field in fields(weights.RULES)}

    known |= {f"ADS.{name}" for name in OF_ADS}

    shown = [factor for group in ranking_factors.groups() for factor in group.factors]

    assert {factor.name for factor in shown} == known
    assert len(shown) == len(known)
    assert all(factor.meaning for factor in shown)


def test_the_page_shows_what_a_weight_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "LIKED", 1.75)

    html = Client().get("/transparency/ranking").content.decode()

    assert '<code>LIKED</code><span class="num">1.75</span>' in html
    assert "/transparency/ranking" in Client().get("/transparency/").content.decode()


def test_what_is_tried_on_some_is_said_while_it_is() -> None:
    now = timezone.now()
    made = declare({"FRESH": 1.5}, share=20, begins_at=now - DAY, ends_at=now + DAY)

    html = Client().get("/transparency/ranking").content.decode()
    made.stop(at=now)
    after = Client().get("/transparency/ranking").content.decode()

    assert '20 % of viewers: <code>FRESH</code> <b class="num">1.5</b>' in html
    assert "Being tried" not in after
