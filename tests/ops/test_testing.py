"""What ./vitrine test hands on to the tests."""

from pathlib import Path

import pytest

from vitrine.ops import testing


def test_the_settings_of_a_running_cell_stay_outside_and_the_nights_come_in() -> None:
    ours = {"PATH": "/bin", "VITRINE_CELL": "nz", "VITRINE_NIGHTLY": "1", "VITRINE_FIRST_SEED": "7"}

    found = testing.environment(ours)

    assert found == {"PATH": "/bin", "VITRINE_NIGHTLY": "1", "VITRINE_FIRST_SEED": "7"}


def test_the_browser_without_a_window_is_driven_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = [testing.browser()]

    for name in ("google-chrome", "chromium", "chromium-headless-shell"):
        (tmp_path / name).touch(mode=0o755)
        found.append(testing.browser())

    assert found[0] is None
    assert [Path(path or "").name for path in found[1:]] == [
        "google-chrome",
        "chromium",
        "chromium-headless-shell",
    ]
