"""Every number of the viewers who are made up, in one file.

They are guesses in the range of what public platforms tell. How much is skipped was set so that one
feed can nearly meet both goals (85 % of the oracle, twice popularity): with 200 viewers and 4,000
clips the oracle is worth 2.3 times what is popular, with fewer clips less. It was set by that
ratio, after first runs of the feed had been seen, and not by what the feed reached.
"""

from dataclasses import dataclass

DAY_S = 86_400


@dataclass(frozen=True)
class Numbers:
    """A cell and its people: sizes first, then what they are like."""

    viewers: int = 600
    """Fewer than some hundreds cannot give a clip the two hundred showings it is to have."""
    clips: int = 4_000
    """That are there when the first viewer comes: of the last two months, none of the last week."""
    seed: int = 1
    hours: int = 48
    """How long is simulated. Viewers come throughout the first half of it."""

    # Clips --------------------------------------------------------------------------------------

    clips_of_one: int = 8
    """Clips a creator has made, on average; creators have a topic that most of theirs are of."""
    uploads_a_viewer_day: float = 0.05
    """With a hundred showings a viewer and day this is 2,000 showings for each new clip."""
    oldest_days: int = 60
    newest_days: int = 7
    length_median_s: float = 15.0
    length_spread: float = 0.7
    """Of its logarithm. A clip is 3 s long at least and 180 s at most."""
    quality_spread: float = 0.5
    """How much more than another clip of the topic anybody wants to see one."""

    # What clips are of, and people like -----------------------------------------------------------

    topics: int = 40
    size: int = 16
    """Of the space that topics, clips and interests are points of, all of length one."""
    clip_strays: float = 0.6
    """How far a clip is from the middle of its topic."""
    interest_strays: float = 0.4
    interests: tuple[float, ...] = (1.0, 0.8, 0.6)
    """How much each of a viewer's interests counts, the strongest first."""
    closeness: float = 3.0
    """How fast liking falls with distance: exp(closeness * (cosine - 1))."""
    trend: float = 0.8
    """What being in a trend adds, at its height."""
    trends_a_day: float = 4.0
    trend_hours: float = 9.0

    # What creators write beneath their clips ----------------------------------------------------

    tagged: float = 0.6
    """The share of clips with a hashtag that says what they are of."""
    words_of_topic: int = 3
    """Hashtags in use for each topic: not everybody writes the same."""
    mistagged: float = 0.1
    """The share of clips with the hashtag of another topic, to be found by more."""
    generic: float = 0.5
    """The share with one that says nothing, like "for you"."""

    # How they watch -------------------------------------------------------------------------------

    staying: tuple[float, float, float] = (-3.2, 6.8, 1.0)
    """Log-odds of not skipping: of a clip that says nothing to one, for liking, for quality."""
    finishing: tuple[float, float, float] = (-1.4, 3.5, 0.6)
    """The same of watching it to its end, once it is not skipped."""
    skip_s: tuple[float, float] = (0.3, 3.0)
    """A skip comes in between, evenly."""
    replaying: tuple[float, float] = (0.10, 0.15)
    """How likely a clip that was seen to its end is seen once more: for anybody, for liking."""

    # What else they do, of clips that they did not skip ------------------------------------------

    liking: tuple[float, float] = (0.009, 0.012)
    """For anybody, and for liking: 1 to 2 likes in a hundred views."""
    saving: float = 0.004
    following: float = 0.003
    buying: float = 0.0005
    hiding: float = 0.002
    """Of clips that are skipped: "not interested"."""

    # When they come -------------------------------------------------------------------------------

    swipes_median: float = 28.0
    swipes_spread: float = 0.6
    swipes: tuple[int, int] = (10, 80)
    pause_hours: float = 8.0
    """Between two sessions, on average."""
    page: int = 10
    """Clips that are asked for at once."""

    # How they change ------------------------------------------------------------------------------

    wandering: float = 0.05
    """How far each interest moves from one session to the next."""
    new_interest: float = 0.02
    """How likely a session begins with one interest gone, and another in its place."""
    turned: float = 0.3
    """The share of viewers whose interests are all replaced, to see how soon that is noticed."""
    turned_after: int = 100
    """Swipes after which they are."""

    # Who is no viewer -----------------------------------------------------------------------------

    bots: float = 0.02
    """Accounts, beyond the viewers, that watch whatever comes to its end."""
    bot_likes: float = 0.2

    @property
    def accounts(self) -> int:
        """How many accounts there are: the viewers', from 0, then those of bots."""
        return self.viewers + round(self.viewers * self.bots)
