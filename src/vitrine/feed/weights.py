"""What the feed holds to be worth what: every weight of it, in one file.

Each is a choice, and changing one changes the next page of everybody. What was measured for them is
in docs/benchmarks.md; the pairs' window and fading are those of ADR 0090.
"""

from vitrine.recommend.mixing import Rules

# What one viewer did with a clip --------------------------------------------------------------

INDIFFERENT = 0.3
"""A gain (the share of others' watches that a watch beats) at which it says neither yes nor no."""
STAYED = 0.2
"""At least, where it was watched as long as a view needs, however long others watch."""
SKIPPED = -0.4
"""Left within three seconds, before half of it."""
HIDDEN = -2.0
"""Not interested: outweighs all else."""
LIKED, SAVED, SHARED, COMMENTED, FOLLOWS = 1.0, 1.0, 1.0, 0.5, 0.5
TAPPED, IN_CART, BOUGHT = 0.5, 1.0, 2.0
"""Its product: looked at, put into a bag, bought."""
LEAST_WORTH, MOST_WORTH = -2.0, 3.0

GAIN_OF_STAY, GAIN_OF_LEAVING = 0.65, 0.2
"""What a showing counts until its clip's gains are reckoned anew from the log."""

# What the next clips are looked for by --------------------------------------------------------

NEAR_FADES = 0.85
"""How much the last but one of the viewer's clips counts of what the last one does, and so on."""
NEAR_POPULAR = 0.4
"""The power of popularity that is taken off pairs, on both sides."""
NEAR_LATEST = 20
NAMED = 250
"""Clips that each source names."""
PROBED = 2_000
"""Lines of factors that are looked at."""
ASKED = 160
"""Of those named, the best that the database is asked for; it says which may be shown."""

FRESH_HALF_LIFE_HOURS = 72.0
HEAT_HALF_LIFE_HOURS = 6.0
HARDLY_SHOWN = 200
"""Showings up to which a clip is new: it has a share of places of its own."""
PRIOR_SHOWN, PRIOR_GAIN = 8.0, 0.42
"""What a clip without showings begins with; its creator's other clips move the gain."""
PRIOR_OF_CREATOR = 20.0
"""Showings of a creator's other clips that count as much as the general prior."""

# What a source's word counts: once as a share of the viewer's best, once as the root of it -------

TRUST = {
    "near": (1.2, 0.8),
    "factors": (0.5, 0.3),
    "heat": (0.1, 0.2),
}
"""Sources that learnt; they say nothing of a clip that they do not know."""
FRESH, RECEIVED, FOLLOWED = 1.0, 1.0, 0.35
"""As in ADR 0013: half after three days; mean gain, 0 to 1; whether its creator is followed."""

# What is searched for ----------------------------------------------------------------------------

IN_SEARCH = 1.0
"""By how many doublings at most a clip that the viewer's watching speaks for goes before others
that have the words as well. One is as much as four times the likes, and less than it is to have a
word in the title and not only in the description (``search/finding.py``)."""

# How a page is mixed ------------------------------------------------------------------------------

RULES = Rules(worth=0.8, over=150, most=2, within=10, apart=4, new=0.2, chance=0.01)
LIKENESS = 0.7
"""How alike two clips are at most, as the mixing sees it. Vectors of a small cell all look alike:
without this, a page of what somebody likes would be filled up with what nobody does."""
DRAWS = 32
"""How often the new clips draw for their places: the share of draws that one wins is its chance."""
