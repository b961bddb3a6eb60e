"""What is learnt, as a process that serves pages holds it: mapped once, looked for at each page."""

import logging
import os
import threading

from django.conf import settings

from vitrine.feed.learning import snapshots
from vitrine.feed.learning.snapshots import Current, Damaged
from vitrine.feed.learning.tables import Learnt, News, Tables

log = logging.getLogger(__name__)

_lock = threading.Lock()
_seen: tuple[str, int, int] | None = None
"""The file that names what is served, as it was when it was last read: path, inode, time."""
_current = Current()
_learnt: Learnt | None = None


def learnt() -> Learnt | None:
    """Return what is learnt; None where nothing is, or nothing that is whole.

    While one thread maps what is new, the others go on with what was. Queries: 0.
    """
    global _seen
    now = _look()
    if now != _seen and _lock.acquire(blocking=False):
        try:
            _map(now)
            _seen = now
        finally:
            _lock.release()
    return _learnt


def forget() -> None:
    """Map anew at the next call."""
    global _seen, _learnt, _current
    _seen, _learnt, _current = None, None, Current()


def _look() -> tuple[str, int, int] | None:
    path = f"{settings.VITRINE_DATA}/{snapshots.FOLDER}/{snapshots.CURRENT}"
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return path, found.st_ino, found.st_mtime_ns


def _map(now: tuple[str, int, int] | None) -> None:
    """Map what is served. What is damaged is told to the learner, and what was goes on.

    now: how the file that names it is; where it is another by the end, what it named was deleted
    meanwhile, and there is no damage.
    """
    global _current, _learnt
    try:
        served = snapshots.current()
        tables = _tables(served.base)
        news = _news(served.news, tables)
    except Damaged as why:
        if _look() != now:
            return
        log.error("what was learnt is damaged and is built anew: %s", why)
        snapshots.tell_damage()
        return
    is_empty = not served.base and not served.news
    _learnt = None if is_empty else Learnt(tables, news, served.news or served.base)
    _current = served


def _tables(base: str) -> Tables:
    if _learnt is not None and base == _current.base:
        return _learnt.tables
    return snapshots.map_tables(base) if base else Tables.empty()


def _news(name: str, tables: Tables) -> News:
    if _learnt is not None and name and name == _current.news:
        return _learnt.news
    return snapshots.read_news(name) if name else News.empty(epoch_s=tables.epoch_s)
