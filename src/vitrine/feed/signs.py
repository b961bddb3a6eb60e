"""The signs of a showing: what is known of a viewer and a clip before it, as numbers of about one.

They are logged with the page that they were reckoned for, so that what is learnt of them never
knows what came afterwards. Source: docs/adr/0097-the-ranker-that-learns.md.
"""

from dataclasses import dataclass

import numpy as np

from vitrine.feed import weights
from vitrine.feed.learning.tables import at
from vitrine.feed.viewer import Viewer
from vitrine.recommend.arrays import Counts, Doubles, Flags, Floats

FORM = 3
"""Raised with what the signs mean: those of another form are not learnt from."""
SIGNS = (
    "near",
    "alike",
    "creator_alike",
    "creator_met",
    "taste",
    "taste_lately",
    "followed",
    "received",
    "shown",
    "heat",
    "fresh",
    "length",
    "length_squared",
    "viewer_stays",
    "viewer_watched",
)
WIDTH = 1 + 2 * len(SIGNS)
"""Bytes of one showing's signs: the form, then halves of a float."""


@dataclass(frozen=True)
class Candidates:
    """What is known of candidates, a line for each. line: in the tables, -1 where it is not.

    people: its creator's place among those of the tables, or -1. alike: how like it is to what the
    viewer likes. met: what they did with its creator's other clips. taste: how much more than
    others they stay with clips like it; taste_lately: with the last of them.
    """

    line: Counts
    people: Counts
    near: Doubles
    alike: Floats
    met: Doubles
    taste: Doubles
    taste_lately: Doubles
    received: Doubles
    shown: Doubles
    heat: Doubles
    freshness: Doubles
    is_followed: Flags


def of(viewer: Viewer, those: Candidates) -> Doubles:
    """Return the signs of each candidate, in the order of SIGNS."""
    tables = viewer.learnt.tables
    length = _lengths(tables.lengths_ms, those.line)
    usual = _odds(weights.PRIOR_STAYS)
    found = np.empty((len(SIGNS), len(those.line)))
    for line, sign in zip(
        found,
        (
            np.cbrt(those.near),
            those.alike,
            at(tables.people_vectors, those.people) @ viewer.vector,
            those.met,
            those.taste,
            those.taste_lately,
            those.is_followed,
            _odds(those.received) - usual,
            np.log1p(those.shown) / 5,
            np.log1p(those.heat),
            those.freshness,
            length,
            length**2,
            _odds(viewer.stays) - usual,
            np.log1p(len(viewer.past)) / 5,
        ),
        strict=True,
    ):
        line[:] = sign
    return found.T


def packed(signs: Doubles) -> list[bytes]:
    """Return the bytes that are logged of each showing."""
    return [bytes((FORM,)) + line.astype("<f2").tobytes() for line in signs]


def unpacked(logged: bytes) -> Doubles:
    """Return signs from the bytes of showings one after the other, all of this form."""
    rows = np.frombuffer(logged, np.uint8).reshape(-1, WIDTH)
    return np.ascontiguousarray(rows[:, 1:]).view("<f2").astype(np.float64)


def _lengths(lengths_ms: Counts, line: Counts) -> Doubles:
    known_ms = at(lengths_ms, line, otherwise=weights.USUAL_LENGTH_S * 1000)
    lengths = known_ms / (weights.USUAL_LENGTH_S * 1000)
    return np.asarray(np.clip(np.log(np.maximum(lengths, 1e-3)), -3, 3))


def _odds(share: Doubles | float) -> Doubles:
    found: Doubles = np.log(share / (1 - np.asarray(share)))
    return found
