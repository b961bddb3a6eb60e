"""Whatever a file holds, reading it ends in products and findings, or in one refusal."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.catalog.feeding import lamp, more, offer, rss, shopify
from vitrine.catalog.feeds import reading
from vitrine.catalog.feeds.rows import FeedItem, FeedRefused

SEEDS = (
    shopify(lamp(**{"Option1 Name": "Size", "Option1 Value": "S"}), more(), lamp("chair")).encode(),
    rss(offer("A1", item_group_id="a", size="S"), offer("A2", item_group_id="a")).encode(),
    b"id\ttitle\tprice\nA1\tlamp\t12.34 USD\nA2\tchair\t-1 USD\n",
)


def read(content: bytes) -> list[FeedItem]:
    """Read what can be read, as the importer does."""
    return list(_until_refused(io.BytesIO(content)))


def _until_refused(stream: io.BytesIO) -> Iterator[FeedItem]:
    try:
        yield from reading.read(stream, reading.layout_of(stream), currency="USD")
    except FeedRefused as refused:
        if not (refused.finding.what and refused.finding.do):
            raise


def assert_sound(items: list[FeedItem]) -> None:
    """Check what must hold for every product, whatever it was read from."""
    for item in items:
        if item.product is None:
            assert item.findings
            continue
        assert item.product.key
        assert item.product.title
        assert item.product.variants
        assert len({each.options for each in item.product.variants}) == len(item.product.variants)
        for variant in item.product.variants:
            assert variant.price_minor >= 0
            assert len(variant.options) == len(item.product.option_names)
        assert "\x00" not in f"{item}"


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(content=st.binary(max_size=2_000))
def test_bytes_at_random_never_crash_the_reader(content: bytes) -> None:
    assert_sound(read(content))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.sampled_from(SEEDS),
    cuts=st.lists(
        st.tuples(st.integers(0, 2_000), st.integers(0, 40), st.binary(max_size=40)), max_size=4
    ),
)
def test_a_feed_with_damage_anywhere_never_crashes_the_reader(
    seed: bytes, cuts: list[tuple[int, int, bytes]]
) -> None:
    content = seed
    for place, length, instead in cuts:
        start = place % (len(content) + 1)
        content = content[:start] + instead + content[start + length :]

    assert_sound(read(content))


@settings(max_examples=100)
@given(text=st.text(max_size=300), column=st.sampled_from(["Title", "Variant Price", "Image Src"]))
def test_any_text_in_a_cell_is_kept_or_named(text: str, column: str) -> None:
    items = read(shopify(lamp(**{column: text}), lamp("other")).encode("utf-8", "replace"))

    assert_sound(items)
    assert items[-1].key == "other"


@pytest.mark.parametrize(
    "name", ["shopify_saleor.csv", "google_merchant_eshop.xml", "google_merchant_thrift.tsv"]
)
def test_a_real_feed_cut_off_anywhere_never_yields_half_a_product(shared: Path, name: str) -> None:
    content = (shared / "catalog" / "feeds" / name).read_bytes()
    stream = io.BytesIO(content)
    currency = "EUR" if "thrift" in name else "USD"
    layout = reading.layout_of(stream)
    whole = {
        item.key: item.product
        for item in reading.read(stream, layout, currency=currency)
        if item.product
    }

    for end in range(200, len(content), len(content) // 60):
        cut = io.BytesIO(content[:end])
        try:
            for item in reading.read(cut, layout, currency=currency):
                if item.product is not None:
                    assert len(item.product.variants) <= len(whole[item.key].variants)
                    assert all(v in whole[item.key].variants for v in item.product.variants)
        except FeedRefused:
            continue
