"""Offers to creators, who took them, and samples."""

from vitrine.commission.models.deal import Deal, DealRate, Link
from vitrine.commission.models.sample import Sample, SampleState

__all__ = ["Deal", "DealRate", "Link", "Sample", "SampleState"]
