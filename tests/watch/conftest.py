"""Nothing rendered or counted for one test is served in the next."""

import pytest


@pytest.fixture(autouse=True)
def _kept_nothing() -> None:
    from vitrine.feed import popularity  # noqa: PLC0415  (conftests load before the settings)
    from vitrine.surfaces.watch import articles  # noqa: PLC0415

    popularity.forget()
    articles.forget()
