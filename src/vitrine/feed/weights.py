"""What the feed holds to be worth what: every weight of it, in one file.

Each is a choice, and changing one changes the next page of everybody. What was measured for them is
in docs/benchmarks.md; the pairs' window and fading are those of ADR 0090.
"""

from vitrine.recommend.mixing import Rules

# What one viewer did with a clip --------------------------------------------------------------

INDIFFERENT = 0.5
"""A gain (the share of others' watches that a watch beats) at which it says neither yes nor no."""
STAYED = 0.2
"""At least, where it was watched as long as a view needs, however long others watch."""
SKIPPED = -0.05
"""Left within three seconds, before half of it. Little, since most of what anybody is shown they
leave: together it takes off what is near everything, which is what is popular (docs/adr/0096)."""
HIDDEN = -2.0
"""Not interested, or reported: outweighs all else."""
LIKED, SAVED, SHARED, COMMENTED, FOLLOWS = 1.0, 1.0, 1.0, 0.5, 0.5
TAPPED, IN_CART, BOUGHT = 0.5, 1.0, 2.0
"""Its product: looked at, put into a bag, bought."""
LEAST_WORTH, MOST_WORTH = -2.0, 3.0

# Whose watches speak for others (docs/adr/0106) ---------------------------------------------------

KNOWN_BY_CREATORS = 5
"""Creators whose clips an account has stayed with once it is known: one clip, or one creator, makes
nobody known."""
KNOWN_DAYS = 8
"""Who is known for so many days, today among them, speaks in full in any cell; in one that is
younger, who is known for as many as is usual."""
KNOWN_FEWEST = 20
"""Fewer accounts than these do not say what is usual. In a cell with fewer that are known, all
speak in full."""
CROWD = 0.25
"""On one clip, and on all of one creator, those who are known for fewer days than is usual are
heard at most as often as this share of the others, and once more."""

# What showing a clip is worth, by what is foretold of it (docs/adr/0097) --------------------------

VALUE = {
    "begun": 1.0,
    "gain": 3.0,
    "finished": 1.0,
    "liked": 1.0,
    "commented": 1.0,
    "kept": 2.0,
    "tapped": 0.5,
    "bought": 4.0,
    "refused": -10.0,
    "reported": -20.0,
}
"""How likely each is to happen times this, added up: watched past the first seconds, the place
among others' watches of clips of that length, watched to its end, liked, commented on, saved or
shared or its creator followed, product looked at, put into a bag or bought, refused, reported. The
place weighs most: it favours neither short clips nor long ones."""
LEARNT_FROM = 2_000
"""Showings from which it is foretold; until then sources are weighed as below."""

LATELY_FADES = 0.9
"""How much a watch counts of what the one after it does in what was done lately: the last twenty
count seven eighths of all."""
GLADLY = 4.0
"""What the place of a stay among others' watches tells of taste, beside that it was one: who stays
to the end of what most leave in the middle tells as much again."""
PRIOR_TASTE = 0.3
"""How much may be chance in what clips like one tell before any was watched: about what one watch
of the like adds, so that the first tells little."""
PRIOR_MET = 2.0
"""Watches of a creator's clips that say half of what many would."""
SIGNS_HALF_LIFE_DAYS = 14.0
"""How long until a showing counts half in what is learnt of showings."""
USUAL_LENGTH_S = 15.0
"""The length that says nothing for or against a clip."""

# What the next clips are looked for by --------------------------------------------------------

NEAR_FADES = 0.97
"""How much the last but one of the viewer's clips counts of what the last one does, and so on."""
NEAR_POPULAR = 0.5
"""The power of popularity that is taken off pairs, on both sides."""
NEAR_LATEST = 40
NAMED = 300
"""Clips that each source names."""
CREATORS_MET = 20
"""Creators, of those whose clips the viewer stayed with, whose others are named."""
PROBED = 2_000
"""Lines of factors that are looked at."""
ASKED = 160
"""Of those named, the best; the database is asked which of them may be shown, where it has not said
so of the freshest."""

FRESH_HALF_LIFE_HOURS = 72.0
HEAT_HALF_LIFE_HOURS = 6.0
HARDLY_SHOWN = 200
"""Showings up to which a clip of the last day has a share of places of its own."""
HEARD_WITHIN_HOURS = 24.0
"""How long a clip that was hardly shown has those places. Older ones had theirs, and are ranked:
where nothing is new, so is the place (docs/adr/0109)."""
PRIOR_SHOWN, PRIOR_STAYS = 8.0, 0.25
"""What a clip without showings begins with: so many, of which this share stayed; what is shown in
the cell moves the share, and its creator's other clips do."""
PRIOR_OF_CREATOR = 20.0
"""Showings of a creator's other clips that count as much as all others', and of all in a cell that
count as much as what it begins with."""

# What a source's word counts: once as a share of the viewer's best, once as the root of it -------

TRUST = {
    "near": (1.2, 0.8),
    "factors": (1.0, 0.0),
    "heat": (0.1, 0.2),
}
"""Sources that learnt; they say nothing of a clip that they do not know."""
QUIET = {"near": 1.0, "factors": 0.3, "heat": 0.0}
"""The best that a source says at which its word counts half: what was seen once speaks softly."""
FRESH, RECEIVED, MET, TASTE, FOLLOWED = 1.0, 6.0, 2.0, 0.5, 0.35
"""Half after three days; the share who stayed, 0 to 1; what the viewer did with its creator's other
clips, on average; how much more gladly than others the viewer watches clips like it, where 1 is
what chance alone seldom does; whether its creator is followed."""

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
