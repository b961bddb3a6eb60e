"""The stylesheet of every page, and modules under one name each."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

from vitrine.surfaces.assets import FILES, SOURCES, HashedFiles, styles_of_feed

KIB = 1024


@pytest.mark.parametrize("path, pieces", FILES.items())
def test_a_stylesheet_holds_every_rule_in_order_and_no_comment(
    path: str, pieces: tuple[str, ...]
) -> None:
    found = finders.find(path)

    assert isinstance(found, str)
    css = Path(found).read_text().strip()
    source = "".join((SOURCES / f"{piece}.css").read_text() for piece in pieces)
    lines = [line.strip() for line in source.splitlines()]
    rest = iter(lines)
    assert all(line in rest for line in css.splitlines())
    assert css.splitlines().count("}") == lines.count("}")
    assert "/*" not in css


def test_what_stands_in_a_page_names_no_file_beside_the_stylesheet() -> None:
    assert "url(" not in styles_of_feed()


def test_all_stylesheets_together_fit_into_twenty_kilobytes() -> None:
    everything = "".join(path.read_text() for path in sorted(SOURCES.glob("*.css")))

    assert len(gzip.compress(everything.encode())) <= 20 * KIB


def test_no_colour_is_written_outside_the_tokens_but_over_pictures() -> None:
    named = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(")

    offenders = [path.name for path in SOURCES.glob("*.css") if named.search(path.read_text())]

    assert offenders == []


@pytest.fixture
def hashed(tmp_path: Path) -> HashedFiles:
    """Return the storage with two modules, one of which imports the other."""
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "one.js").write_text('import { two } from "./two.js";\n')
    (tmp_path / "js" / "two.js").write_text("export const two = 2;\n")
    storage = HashedFiles(location=str(tmp_path), base_url="/static/")
    plain = FileSystemStorage(location=tmp_path)
    list(storage.post_process({f"js/{n}.js": (plain, f"js/{n}.js") for n in ("one", "two")}))
    return storage


def test_a_module_imports_another_by_its_hashed_name(hashed: HashedFiles) -> None:
    two = hashed.hashed_files["js/two.js"].removeprefix("js/")

    one = Path(hashed.path(hashed.hashed_files["js/one.js"])).read_text()

    assert f'"./{two}"' in one
