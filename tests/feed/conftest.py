"""Nothing counted for one test is believed in the next."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _counted_anew() -> None:
    from vitrine.feed import (  # noqa: PLC0415  (conftests load before the settings)
        deliveries,
        popularity,
        rejections,
    )
    from vitrine.feed.experiments import running  # noqa: PLC0415

    popularity.forget()
    running.forget()
    deliveries.drop()
    rejections.batch.drop()


@pytest.fixture
def learnt_folder(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """Learn into a folder of the test's own, and forget what was mapped."""
    from vitrine.feed.learning import served  # noqa: PLC0415

    settings.VITRINE_DATA = tmp_path
    served.forget()
    yield tmp_path / "learnt"
    served.forget()
