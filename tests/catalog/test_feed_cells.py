"""What single cells may hold."""

import pytest

from vitrine.catalog.feeds import cells
from vitrine.catalog.feeds.rows import Notebook


def notes() -> Notebook:
    return Notebook("a-product")


@pytest.mark.parametrize(
    "cell, currency, minor",
    [
        ("12.34", "USD", 1234),
        ("12", "USD", 1200),
        ("0", "USD", 0),
        (" 12.30 ", "NZD", 1230),
        ("12.340", "USD", 1234),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
    ],
)
def test_a_price_is_read_exactly_in_its_currency(cell: str, currency: str, minor: int) -> None:
    found = notes()

    price = cells.price_minor(cell, currency=currency, line=3, where="Price", notes=found)

    assert price == minor
    assert found.findings == []


@pytest.mark.parametrize(
    "cell, what",
    [
        ("", "The price is missing."),
        ("-5.00", "The price -5.00 is negative."),
        ("12.345", "USD has 2 decimals; “12.345” has more."),
        ("1,234.00", "“1,234.00” is not a price."),
        ("1e9", "“1e9” is not a price."),
        ("NaN", "“NaN” is not a price."),
        ("١٢", "“١٢” is not a price."),
        ("=1+1", "“=1+1” is not a price."),
        ("99999999999.00", "The amount is too large."),
        ("9" * 5_000, f"“{'9' * 40}” is not a price."),
    ],
)
def test_a_price_that_is_none_is_refused_by_name(cell: str, what: str) -> None:
    found = notes()

    price = cells.price_minor(cell, currency="USD", line=3, where="Price", notes=found)

    assert price is None
    assert [(each.line, each.where, each.what) for each in found.findings] == [(3, "Price", what)]


def test_a_price_in_another_currency_is_named_and_never_converted() -> None:
    found = notes()

    price = cells.price_with_currency(
        "12.34 EUR", currency="USD", line=3, where="price", notes=found
    )

    assert price is None
    assert found.findings[0].what == "The price is in EUR, but this shop sells in USD."


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://evil.example","x")',
        "+SUM(A1:A9)",
        "-cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)",
        "\t=1+1",
        "\u200b=1+1",
    ],
)
def test_a_formula_keeps_its_product_out(cell: str) -> None:
    found = notes()

    cells.text(cell, line=2, where="Title", notes=found)

    assert found.has_error
    assert "spreadsheet formula" in found.findings[0].what


@pytest.mark.parametrize("title", ["-5 °C sleeping bag", "@home mug", "+size shirt", "A = B"])
def test_a_title_that_only_looks_like_a_formula_is_kept(title: str) -> None:
    found = notes()

    assert cells.text(title, line=2, where="Title", notes=found) == title
    assert found.findings == []


def test_text_is_composed_and_loses_what_cannot_be_seen() -> None:
    found = notes()

    text = cells.text("Cafe\u0301 \u202etable\x00\n mug", line=2, where="Title", notes=found)

    assert text == "Café table mug"


def test_a_description_keeps_paragraphs_and_loses_scripts() -> None:
    source = (
        '<p onclick="x()">Warm &amp; dry.</p><script>alert(1)</script>'
        '<ul><li><a href="javascript:x()">Wool</a></li></ul><img src=x onerror=x>'
    )

    kept = cells.description(source, line=2, where="Body", notes=notes())

    assert kept == "<p>Warm &amp; dry.</p><ul><li>Wool</li></ul>"


@pytest.mark.parametrize("cell, count", [("25", 25), ("", None), ("0", 0), ("-3", 0)])
def test_stock_is_a_count_or_nothing(cell: str, count: int | None) -> None:
    assert cells.stock(cell, line=2, where="Qty", notes=notes()) == count


@pytest.mark.parametrize("cell", ["2.5", "many", "1e3", "99999999"])
def test_stock_that_is_no_count_is_refused(cell: str) -> None:
    found = notes()

    assert cells.stock(cell, line=2, where="Qty", notes=found) is None
    assert found.has_error
