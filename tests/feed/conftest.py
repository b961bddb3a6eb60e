"""Nothing counted for one test is believed in the next."""

import pytest


@pytest.fixture(autouse=True)
def _counted_anew() -> None:
    from vitrine.feed import (  # noqa: PLC0415  (conftests load before the settings)
        deliveries,
        popularity,
        rejections,
    )

    popularity.forget()
    deliveries.drop()
    rejections.batch.drop()
