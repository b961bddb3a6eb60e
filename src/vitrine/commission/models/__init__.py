"""Offers to creators, who took them, samples, and what was earned."""

from vitrine.commission.models.deal import Deal, DealRate, Link
from vitrine.commission.models.earned import Commission, CommissionStep, Reckoning, StepKind
from vitrine.commission.models.sample import Sample, SampleState

__all__ = [
    "Commission",
    "CommissionStep",
    "Deal",
    "DealRate",
    "Link",
    "Reckoning",
    "Sample",
    "SampleState",
    "StepKind",
]
