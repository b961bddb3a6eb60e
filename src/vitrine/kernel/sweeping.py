"""Act on many things, each by itself: one that breaks costs the others nothing."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")


def each(things: Iterable[T], act: Callable[[T], R]) -> list[R]:
    """Act on each thing; return what came of those that went well.

    One that breaks (a lost object, a provider that answers nonsense) is logged with its cause, and
    met again by the next sweep. act: opens a transaction of its own if it needs one.
    """
    done = []
    for thing in things:
        try:
            done.append(act(thing))
        except Exception:
            log.exception("sweep: %s is left for the next time", _name(thing))
    return done


def _name(thing: object) -> str:
    return f"{type(thing).__name__} {getattr(thing, 'pk', thing)}"
