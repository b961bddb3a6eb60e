"""Which names a file has used, with a number each, in a dozen bytes a name.

A file of a hundred thousand products names each of them two or three times: kept as text in
dictionaries, that was half of all memory by which a long import was larger than a short one.
"""

from array import array

_FEWEST = 1 << 12
_FULL = 4 / 5
_DIGEST = (1 << 64) - 1


class Seen:
    """A number for each name, found by the name's digest: names themselves are not kept.

    The digest has 64 bits and a secret of the process in it (``hash``), so that nobody can choose
    names that share one, and two of a million names do so once in 37 million files.
    Size: 12 bytes for each place, of which at most four fifths are taken.
    """

    def __init__(self) -> None:
        self._digests, self._numbers = _empty(_FEWEST)
        self._taken = 0

    def setdefault(self, name: str, number: int) -> int:
        """Return the number of a name: this one, if it has none yet. number: not negative."""
        place = self._place(name)
        if not self._digests[place]:
            place = self._take(name, place)
            self._numbers[place] = number
        return self._numbers[place]

    def count(self, name: str, by: int) -> int:
        """Add to the number of a name, which is 0 at first, and return what it is now."""
        number = self.setdefault(name, 0) + by
        self._numbers[self._place(name)] = number
        return number

    def _place(self, name: str) -> int:
        """Return where a name stands, or the free place where it would."""
        digest, last = _digest(name), len(self._digests) - 1
        place = digest & last
        while self._digests[place] not in (0, digest):
            place = (place + 1) & last
        return place

    def _take(self, name: str, place: int) -> int:
        if self._taken >= len(self._digests) * _FULL:
            self._grow()
            place = self._place(name)
        self._digests[place] = _digest(name)
        self._taken += 1
        return place

    def _grow(self) -> None:
        digests, numbers = self._digests, self._numbers
        self._digests, self._numbers = _empty(len(digests) * 2)
        last = len(self._digests) - 1
        for digest, number in zip(digests, numbers, strict=True):
            if digest:
                place = digest & last
                while self._digests[place]:
                    place = (place + 1) & last
                self._digests[place], self._numbers[place] = digest, number


def _empty(places: int) -> "tuple[array[int], array[int]]":
    return array("Q", bytes(8 * places)), array("I", bytes(4 * places))


def _digest(name: str) -> int:
    """Return what a name is known by; 0 means a free place."""
    return hash(name) & _DIGEST or 1
