"""How often a viewer's views and clicks are billed, and what is held to be dishonest later.

In one place, each with its reason. No Django here. Source: docs/adr/0118-invalid-traffic.md.
"""

from datetime import timedelta
from typing import NamedTuple

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Allowance(NamedTuple):
    """So many of one viewer's are billed within a time; the others are free for the advertiser.

    what: ``view`` or ``click``. of_one_ad: of each ad so many, not of all together.
    """

    what: str
    within: timedelta
    most: int
    of_one_ad: bool = False


ALLOWANCES = (
    Allowance("click", HOUR, 1, of_one_ad=True),  # who comes back for it has been won once
    Allowance("click", DAY, 2, of_one_ad=True),
    Allowance("click", MINUTE, 2),  # a page has two ads at most, and both may please
    Allowance("click", HOUR, 4),  # of six that one may be shown (``load.MOST_A_SESSION``)
    Allowance("click", DAY, 10),  # of thirty
    Allowance("view", MINUTE, 4),  # an ad is on screen for two seconds, and six clips lie between
    Allowance("view", HOUR, 9),  # six that are shown in an hour, and what was open before it
    Allowance("view", DAY, 35),
)
"""Tighter than the caps on what is shown, which a viewer alone cannot pass: where both hold, a
process that errs bills nobody for it."""

THRESHOLD = 6.5
"""What honest people do less than once in so many tenths of tenths is taken back. Each ad and ten
minutes is asked some five questions, so that one that is honest is hit less than once in 10⁵."""
LEAST = 5
"""Fewer views or clicks than this are never called a crowd, a flood or a rhythm."""
PRIOR = 1.0
SUREST = 30.0
"""How sure a foretold rate is, as the views or clicks that it was learnt from: one at first, so
that a new ad may be twenty times as good as others; thirty at the most, since people of one hour
are not those of another, and a rate goes up and down by a fifth with them."""

VIEWERS_ON_A_DEVICE = 2
FURTHER_VIEWER = 2.5
"""Two of a household share a browser. That each further one follows an ad of the same payer within
the hour is held to be as likely as one in three hundred: four have a score of five, five one of
7.5, and four who follow two ads one of ten."""
VIEWS_FROM_A_NETWORK = 300
"""So many views of one ad are billed in an hour from one connection, behind which an office, a
school or a part of a phone network may be. Views cannot be told from a crowd by their rate, since
most showings are seen; what comes beyond that is free."""

ALIKE_DELAY_S = 0.3
ALIKE_DELAY_SHARE = 0.10
"""Of honest people no tenth follows an ad within the same three tenths of a second after it was put
on their page: it stands below six clips."""
ALIKE_GAP = 0.1
ALIKE_GAP_FROM = 0.25
ALIKE_GAP_SHARE = 0.15
"""Gaps between clicks of one ad, in mean gaps. However the crowd of honest viewers grows and
shrinks, no more than 0.1 / (e × 0.25) of them lie within a tenth, from a quarter on."""
HASTE_S = 2.0
"""Nobody reads a page, gives an address and buys within two seconds of following an ad."""
ALIKE_ORDER_S = 0.5
ALIKE_ORDER_SHARE = 0.10
"""Of honest buyers no tenth takes the same half second from the click to the order."""
SUREST_SCORE = 99.0
"""Of what is no guess: what ``ALLOWANCES`` do not bill was billed since two reports came at one
moment, or a connection has had its views."""
