"""The order of a slate: arithmetic, without a database."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from vitrine.feed import ranking
from vitrine.feed.ranking import Candidate, Reason, appeal, slate

SEED = 7


def candidate(clip: int, **fields: object) -> Candidate:
    """Make a candidate by a creator of its own, a day old, of average appeal."""
    given_fields = {"creator": clip, "age_hours": 24.0, "appeal": 0.35, "shown": 1_000, **fields}
    return Candidate(clip, **given_fields)  # type: ignore[arg-type]


def test_a_fresh_clip_comes_before_an_old_one_of_the_same_appeal() -> None:
    picks = slate([candidate(1, age_hours=2_000.0), candidate(2, age_hours=0.0)], size=2, seed=SEED)

    assert [pick.clip for pick in picks] == [2, 1]


def test_an_old_clip_that_everybody_finishes_beats_a_newer_one_that_nobody_does() -> None:
    loved = candidate(1, age_hours=90.0, appeal=1.0)
    ignored = candidate(2, age_hours=40.0, appeal=0.0)

    picks = slate([ignored, loved], size=2, seed=SEED)

    assert [(p.clip, p.reason) for p in picks] == [(1, Reason.POPULAR), (2, Reason.FRESH)]


def test_a_followed_creator_is_named_as_the_reason() -> None:
    picks = slate([candidate(1, is_followed=True)], size=1, seed=SEED)

    assert picks[0].reason == Reason.FOLLOWED


def test_clips_that_hardly_anybody_has_seen_have_places_of_their_own() -> None:
    popular = [candidate(n, appeal=1.0, age_hours=0.0) for n in range(1, 101)]
    unknown = [candidate(n, shown=0, appeal=0.0, age_hours=900.0) for n in range(101, 111)]

    picks = slate(popular + unknown, size=10, seed=SEED)

    exploring = {place for place, pick in enumerate(picks) if pick.clip > 100}
    assert exploring == ranking.EXPLORING_PLACES
    assert all(picks[place].reason == Reason.EXPLORING for place in exploring)


def test_one_creator_gets_at_most_two_places_and_never_two_in_a_row() -> None:
    prolific = [candidate(n, creator=1, age_hours=0.0) for n in range(1, 40)]
    others = [candidate(n, age_hours=500.0) for n in range(100, 120)]

    picks = slate(prolific + others, size=10, seed=SEED)

    creators = [1 if pick.clip < 40 else pick.clip for pick in picks]
    assert creators.count(1) == 2
    assert all(one != next_one for one, next_one in itertools.pairwise(creators))


def test_a_lone_creator_still_fills_the_slate() -> None:
    picks = slate([candidate(n, creator=1) for n in range(1, 20)], size=10, seed=SEED)

    assert len({pick.clip for pick in picks}) == 10


def test_one_early_like_is_no_triumph() -> None:
    newcomer = appeal(shown=1, finished=1, liked=1)
    proven = appeal(shown=1_000, finished=700, liked=50)

    assert newcomer < proven


def test_appeal_stays_between_nothing_and_one() -> None:
    assert appeal(shown=0, finished=0, liked=900) == 1.0
    assert appeal(shown=10_000, finished=0, liked=0) < 0.001


candidates = st.lists(
    st.builds(
        Candidate,
        clip=st.integers(1, 500),
        creator=st.integers(1, 9),
        age_hours=st.floats(-1, 5_000),
        appeal=st.floats(0, 1),
        shown=st.integers(0, 2_000),
        is_followed=st.booleans(),
    ),
    unique_by=lambda made: made.clip,
    max_size=60,
)


@given(candidates, st.integers(0, 12), st.integers(0, 2**32))
def test_a_slate_is_full_without_repeats_and_the_same_for_the_same_seed(
    offered: list[Candidate], size: int, seed: int
) -> None:
    picks = slate(offered, size=size, seed=seed)

    assert len(picks) == min(size, len(offered))
    assert len({pick.clip for pick in picks}) == len(picks)
    assert picks == slate(offered, size=size, seed=seed)
