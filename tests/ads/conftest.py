"""Each test of ads reads what stands, and holds no lease of another's."""

import pytest


@pytest.fixture(autouse=True)
def _reads_anew(_without_ads: None) -> None:
    from vitrine.ads import (  # noqa: PLC0415  (conftests load before the settings)
        bidding,
        holding,
        standing,
    )

    for module in (bidding, holding, standing):
        module.forget()
