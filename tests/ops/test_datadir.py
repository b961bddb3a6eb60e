"""The data directory: whose data, and who holds them."""

from pathlib import Path

import pytest

from vitrine.ops.datadir import Child, DataDir, Running
from vitrine.ops.trouble import Trouble


def test_a_new_directory_is_of_the_cell_that_was_asked_for_and_stays_so(tmp_path: Path) -> None:
    directory = DataDir(tmp_path / "data")

    directory.prepare(cell="nz")
    directory.prepare(cell="")

    assert directory.cell() == "nz"
    with pytest.raises(Trouble, match="holds the cell 'nz', not 'us'"):
        directory.prepare(cell="us")


def test_without_a_wish_a_new_directory_is_of_the_first_cell(tmp_path: Path) -> None:
    directory = DataDir(tmp_path / "data")

    directory.prepare(cell="")

    assert directory.cell() == "us"


def test_a_cell_that_does_not_exist_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="There is no cell 'fr'"):
        DataDir(tmp_path / "data").prepare(cell="fr")

    assert not (tmp_path / "data").exists()


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Trouble, match=r"Cannot write to .*/file/data: Not a directory"):
        DataDir(tmp_path / "file" / "data").prepare(cell="us")


def test_only_one_holds_it_at_a_time(tmp_path: Path) -> None:
    directory = DataDir(tmp_path)

    with directory.held():
        assert directory.is_held()
        with pytest.raises(Trouble, match="already up"), DataDir(tmp_path).held():
            pass

    assert not directory.is_held()


def test_a_note_is_read_back_and_a_number_that_came_round_is_not_trusted(tmp_path: Path) -> None:
    directory = DataDir(tmp_path)
    alive = Child.of("up", 1)
    before = Child("web", 1, alive.created - 3600)

    directory.note(Running(alive, "http://localhost:8000", (before,)))
    noted = directory.running()

    assert noted == Running(alive, "http://localhost:8000", (before,))
    assert alive.process() is not None
    assert before.process() is None
