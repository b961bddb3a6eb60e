"""What may be asked of ads: least and most amounts.

Amounts are in the cell's currency: cents and micros (``kernel/money.py``). No Django here.
"""

VIEWS_PER_BID = 1_000
"""Views are sold by the thousand."""
RESERVE_MICROS = 2_000
"""Of a view: 2.00 for a thousand. Below that a clip that people chose is worth more to the feed."""
LEAST_CLICK_MICROS = 20_000
LEAST_ORDER_MINOR, MOST_ORDER_MINOR = 1_00, 9_000_00
"""What an order may be worth to an advertiser: the most is the auction's."""
MOST_BID_MINOR = 100_00
"""A slip of the keyboard, not a bid: for a click or a thousand views."""
LEAST_DAILY_MINOR = 1_00
LEAST_BUDGET_MINOR = 5_00
"""Five hundred views at the most usual bids: less tells nobody anything."""
MOST_BUDGET_MINOR = 1_000_000_00
USUAL_CAP, REACH_CAP = (3, 1), (1, 7)
"""How often one viewer gets an ad, in how many days, where nobody says."""
MOST_INTERESTS = 20
