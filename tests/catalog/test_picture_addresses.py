"""Addresses in feeds are written by strangers."""

import zipfile
from pathlib import Path

import pytest

from vitrine.catalog.picture_addresses import AddressRefused, judge
from vitrine.catalog.picture_library import NotALibrary, open_library


@pytest.mark.parametrize(
    "url, path",
    [
        ("https://cdn.example.com/eshop/images/1.webp", "/eshop/images/1.webp"),
        ("http://cdn.example.com:80/a%20b.jpg?v=2", "/a b.jpg"),
        ("https://cdn.example.com/hot drinks/1.jpg", "/hot drinks/1.jpg"),
        ("https://bücher.example/1.jpg", "/1.jpg"),
    ],
)
def test_a_public_address_is_a_path_to_look_for(url: str, path: str) -> None:
    assert judge(url) == path


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://cdn.example.com/1.jpg",
        "gopher://cdn.example.com/1",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "//cdn.example.com/1.jpg",
        "/etc/passwd",
        "http://localhost/1.jpg",
        "http://LOCALHOST./1.jpg",
        "http://db.internal/1.jpg",
        "http://printer.local/1.jpg",
        "http://intranet/1.jpg",
        "http://127.0.0.1/1.jpg",
        "http://127.1/1.jpg",
        "http://2130706433/1.jpg",
        "http://0x7f000001/1.jpg",
        "http://0177.0.0.1/1.jpg",
        "http://0/1.jpg",
        "http://10.0.0.8/1.jpg",
        "http://192.168.1.1/1.jpg",
        "http://172.16.0.1/1.jpg",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/1.jpg",
        "http://[::1]/1.jpg",
        "http://[::ffff:127.0.0.1]/1.jpg",
        "http://[::ffff:a9fe:a9fe]/1.jpg",
        "http://[fe80::1%25eth0]/1.jpg",
        "http://[fd00::1]/1.jpg",
        "http://[2002:7f00:1::]/1.jpg",
        "http://8.8.8.8/1.jpg",
        "http://１２７.0.0.1/1.jpg",
        "http://127。0。0。1/1.jpg",
        "https://cdn.example.com:22/1.jpg",
        "https://cdn.example.com:99999/1.jpg",
        "https://user:pass@cdn.example.com/1.jpg",
        "https://cdn.example.com@127.0.0.1/1.jpg",
        "https://cdn.example.com\\@127.0.0.1/1.jpg",
        "https://cdn.example.com/1.jpg\r\nHost: inside",
        "https:///1.jpg",
        "https://" + "a" * 2000,
        "",
    ],
)
def test_an_address_that_is_not_public_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        judge(url)


def test_a_picture_is_found_by_the_longest_tail_of_its_path(tmp_path: Path) -> None:
    (tmp_path / "shoes").mkdir()
    (tmp_path / "shoes" / "1.jpg").write_bytes(b"shoe")
    (tmp_path / "1.jpg").write_bytes(b"other")

    with open_library(tmp_path) as library:
        assert library.find("/cdn/shoes/1.jpg") == b"shoe"
        assert library.find("/hats/1.jpg") == b"other"
        assert library.find("/2.jpg") is None


def test_nothing_outside_the_folder_is_ever_read(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (inside / "link.jpg").symlink_to(tmp_path / "secret.jpg")

    with open_library(inside) as library:
        assert library.find("/../secret.jpg") is None
        assert library.find(str(tmp_path / "secret.jpg")) is None
        assert library.find("/link.jpg") is None
        assert library.find("/") is None


def test_a_zip_is_read_without_being_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "pictures.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("images/1.jpg", b"shoe")
        written.writestr("../../escape.jpg", b"no")
        written.writestr("bomb.jpg", bytes(200_000_000))

    with open_library(archive) as library:
        assert library.find("/shop/images/1.jpg") == b"shoe"
        bomb = library.find("/bomb.jpg")
        assert bomb is not None
        assert len(bomb) == 20 * 1024 * 1024 + 1
    assert [each.name for each in tmp_path.iterdir()] == ["pictures.zip"]


def test_a_zip_that_is_damaged_inside_finds_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "pictures.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("1.jpg", bytes(range(256)) * 400)
    content = bytearray(archive.read_bytes())
    content[60:160] = bytes(100)
    archive.write_bytes(content)

    with open_library(archive) as library:
        assert library.find("/1.jpg") is None


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "pictures.zip"
    wrong.write_bytes(b"not a zip")

    with pytest.raises(NotALibrary), open_library(wrong):
        pass
