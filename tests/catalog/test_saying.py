"""What an import says: kept as sentences with their facts, and read in any language."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from tests import make
from tests.catalog.bringing import bring
from tests.catalog.feeding import lamp, shopify
from vitrine.catalog.feeds.saying import Said, kept, said_again
from vitrine.catalog.models import ImportRemark

CATALOG = Path(__file__).resolve().parents[2] / "src" / "vitrine" / "catalog"
SAYING: dict[str, tuple[int, ...]] = {"error": (2, 3), "note": (2, 3), "_remark": (2, 3)}
SAYING |= {"FeedRefused": (0, 1), "Finding": (3, 4), "AddressRefused": (0,)}
OWN_NOTES = {"writer", "self", "self._writer"}
"""Whose ``note`` is told the sentences first, and where afterwards."""


def test_a_sentence_is_english_and_remembers_its_facts() -> None:
    why = Said("The address points inside, to {host}.", host="10.0.0.1")
    whole = Said("{why} It was not used.", why=why)

    assert whole == "The address points inside, to 10.0.0.1. It was not used."
    with translation.override("de"):
        assert said_again(kept(whole)) == (
            "Die Adresse führt nach innen, zu 10.0.0.1. Sie wurde nicht verwendet."
        )
    assert said_again(kept("Plain {braces} stay.")) == "Plain {braces} stay."
    hostile = Said("“{typed}” is not a price.", typed="{typed}\u202e{0}" + "x" * 999)
    assert len(said_again(kept(hostile))) < 250
    assert "\u202e" not in said_again(kept(hostile))


def unmarked(source: str) -> Iterator[str]:
    """Yield each sentence of a finding that nobody could translate."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        places = SAYING.get(name, ())
        if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in OWN_NOTES:
            places = (0, 1) if name == "note" else places
        for place in places:
            if place < len(node.args) and isinstance(
                node.args[place], ast.Constant | ast.JoinedStr
            ):
                yield ast.unparse(node.args[place])


def test_every_sentence_of_a_finding_can_be_translated() -> None:
    files = list(CATALOG.rglob("*.py"))

    assert len(files) > 30
    assert {path.name: list(unmarked(path.read_text())) for path in files} == {
        path.name: [] for path in files
    }
    assert list(unmarked('notes.error(1, "a", f"The price {x}.", "Write it.")')) != []


@pytest.mark.django_db
def test_a_report_is_read_in_the_language_of_who_reads_it(client: Client) -> None:
    owner = make.person()
    shop = make.merchant(owner=owner)
    report = bring(
        shop,
        shopify(
            lamp("lamp", **{"Variant Price": "12,50"}),
            lamp("mug", **{"Variant Price": "1.234"}),
            lamp("vase", **{"Image Src": "https://10.0.0.1/a.jpg"}),
        ),
    )
    ImportRemark.objects.create(
        report=report, row=9, severity="note", message="As an earlier release said it."
    )
    client.force_login(owner)
    page = f"/market/{shop.slug}/imports/{report.public_id}/"

    english = client.get(page).content.decode()
    german = client.get(page, headers={"Accept-Language": "de"}).content.decode()

    assert "“12,50” is not a price. Write digits and a point" in english
    assert "„12,50“ ist kein Preis. Schreib Ziffern und einen Punkt" in german
    assert "USD has 2 decimals" in english
    assert "USD has 2 decimals" not in german
    assert "Die Adresse führt nach innen, zu 10.0.0.1. Sie wurde nicht verwendet." in german
    assert "As an earlier release said it." in german
    assert report.remarks.filter(message__startswith="“12,50” is not a price.").exists()
