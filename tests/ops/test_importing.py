"""Videos and products from the operator's disk."""

import shutil
from pathlib import Path

import pytest

from tests import make
from vitrine.catalog.models import Product
from vitrine.ops import importing, staff
from vitrine.ops.trouble import Trouble
from vitrine.videos.models import Clip, Encoding

pytestmark = pytest.mark.django_db

FEED = """\
Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,\
Variant Inventory Qty,Variant Price,Status
cup,Blue cup,<p>Holds tea.</p>,Kiln,Cups,,TRUE,Title,Default Title,CUP-1,3,12.50,active
bowl,Broken bowl,,Kiln,Bowls,,TRUE,Title,Default Title,BOWL-1,1,a lot,active
"""


def test_a_folder_of_videos_comes_in_once(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    creator = make.person("filmer")
    shutil.copy2(shared / "media" / "nature-flower.mp4", tmp_path / "a_flower.mp4")
    (tmp_path / "a_flower.txt").write_text("A flower\nopens.", "utf-8")
    (tmp_path / "broken.mp4").write_bytes(b"not a film")
    (tmp_path / "notes.txt").write_text("not even called one")

    importing.videos(tmp_path, handle="@Filmer", publish=False)
    importing.videos(tmp_path, handle="filmer", publish=False)

    clip = Clip.objects.get(creator=creator, original_key__gt="")
    assert (clip.title, clip.description) == ("a flower", "A flower opens.")
    assert clip.published_at is None
    assert Encoding.objects.get(clip=clip).state == "waiting"
    said = capsys.readouterr().out
    assert "1 of 2 videos came in." in said
    assert "a_flower.mp4: was here already" in said
    assert "0 of 2 videos came in." in said


def test_videos_of_nobody_and_of_nothing_are_refused(tmp_path: Path) -> None:
    make.person("filmer")

    with pytest.raises(Trouble, match="Nobody here is called @stranger"):
        importing.videos(tmp_path, handle="@stranger", publish=False)
    with pytest.raises(Trouble, match="holds no videos"):
        importing.videos(tmp_path, handle="@filmer", publish=False)


def test_a_file_of_products_is_reported_row_by_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    merchant = make.merchant("Kiln & Co")
    file = tmp_path / "products.csv"
    file.write_text(FEED)

    importing.products(file, merchant_name="kiln & co", pictures=None)

    assert [product.title for product in Product.objects.filter(merchant=merchant)] == ["Blue cup"]
    said = capsys.readouterr().out
    assert "1 products with 1 variants written, 0 unchanged, 1 refused." in said
    assert "Variant Price" in said


def test_products_of_an_unknown_merchant_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="There is no merchant 'Nobody'"):
        importing.products(tmp_path / "any.csv", merchant_name="Nobody", pictures=None)


def test_an_existing_person_joins_the_staff() -> None:
    person = make.person("helper", email="helper@example.org")

    assert staff.promote(" Helper@Example.org ") is True
    assert staff.promote("nobody@example.org") is False

    person.refresh_from_db()
    assert person.is_staff


def test_a_new_person_on_the_staff_needs_a_real_password() -> None:
    with pytest.raises(Trouble, match="too short"):
        staff.hire("new@example.org", handle="newcomer", password="short")

    staff.hire("new@example.org", handle="newcomer", password="glass-and-thread-7")

    assert staff.promote("new@example.org") is True
