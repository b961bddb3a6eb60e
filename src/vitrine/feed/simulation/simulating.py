"""Run everything that ``vitrine simulate`` says, on as many processors as there are up to two."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from vitrine.feed.simulation import crowding, figures, picture, running
from vitrine.feed.simulation.figures import Figure
from vitrine.feed.simulation.numbers import Numbers
from vitrine.feed.simulation.policies import Feed, Oracle, Popularity
from vitrine.feed.simulation.running import Run

AT_ONCE = 2


@dataclass(frozen=True)
class Simulated:
    """What it came to, and a picture of regret as SVG."""

    figures: Sequence[Figure]
    picture: str


def simulate(viewers: int, clips: int, seed: int) -> Simulated:
    """Simulate a cell under each policy. The same numbers give the same figures."""
    numbers = Numbers(viewers=viewers, clips=clips, seed=seed)
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("fork")) as pool:
        runs = [
            pool.submit(each, numbers)
            for each in (_feed, _crowded, _crowded_patiently, _oracle, _popularity)
        ]
        feed, crowded, patiently, oracle, popularity = (run.result() for run in runs)
    found = [
        *figures.figures(feed, oracle, popularity),
        *crowding.figures(feed, crowded, crowding.PLAIN),
        *crowding.figures(feed, patiently, crowding.PATIENT),
    ]
    drawn = picture.regret(oracle, {"the feed": feed, "popularity": popularity})
    return Simulated(found, drawn)


def _feed(numbers: Numbers) -> Run:
    return running.run(numbers, Feed)


def _crowded(numbers: Numbers) -> Run:
    return running.run(numbers, Feed, strangers=crowding.PLAIN.events)


def _crowded_patiently(numbers: Numbers) -> Run:
    return running.run(numbers, Feed, strangers=crowding.PATIENT.events)


def _oracle(numbers: Numbers) -> Run:
    return running.run(numbers, Oracle)


def _popularity(numbers: Numbers) -> Run:
    return running.run(numbers, Popularity)
