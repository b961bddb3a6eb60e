"""Why a campaign, a group or an ad is not made, or not changed."""

from vitrine.kernel.errors import Refusal


class NotToAdvertise(Refusal):
    """The clip is somebody else's who did not allow it, or not everybody may see it."""

    code = "clip_not_to_advertise"
    message = "Choose a public clip of your own, or one whose creator lets you advertise with it."


class NotOurs(Refusal):
    """Ads lead to what the advertiser sells, or to what is on the clip."""

    code = "product_not_ours"
    message = "Choose a product that your shop sells now, or one that is on the clip."


class NothingToCompare(Refusal):
    """What a campaign sold is compared by what a shop sold, and this is no shop's account."""

    code = "nothing_to_compare"
    message = "Only the account of a shop can hold viewers out."


class NeedsProduct(Refusal):
    """Who searches for products is shown products."""

    code = "ad_needs_product"
    message = "In product search ads lead to a product. Choose one."


class SellsNothing(Refusal):
    """A campaign is to sell, and an ad of it leads to nothing that its shop sells."""

    code = "ad_sells_nothing"
    message = (
        "This campaign is to sell. Choose a product that its button leads to; "
        "the ads of a shop lead to its own."
    )


class PicksByTooMuch(Refusal):
    """A hashtag says of who watches it that they may be ill, or of a faith."""

    code = "interest_says_too_much"


class MeetsAgain(Refusal):
    """What is to be seen by many is shown to each viewer once in its days."""

    code = "ad_meets_again"
    message = "To be seen by many, each viewer gets an ad once. Choose in how many days."


class EndsFirst(Refusal):
    """A campaign is to end before it begins."""

    code = "campaign_ends_first"
    message = "It ends before it begins."


class Blocked(Refusal):
    """The operator lets nobody advertise such goods, or with such words."""

    code = "ad_blocked"


class Begun(Refusal):
    """A campaign that runs is to begin at another time, or by other clocks."""

    code = "campaign_begun"
    message = "This campaign has begun: its first day and its time zone stay."


class Over(Refusal):
    """The campaign was ended."""

    code = "campaign_over"
    message = "This campaign is over. Start another one."
