"""The register of invariants that ``vitrine check`` verifies against a live database."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """What a check saw. checked: rows looked at. violations: a sentence for each broken row."""

    checked: int
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Invariant:
    """A rule that must hold after any crash, and the query that looks for its breach."""

    code: str
    sentence: str
    check: Callable[[], Finding]


REGISTER: list[Invariant] = []


def invariant(code: str, sentence: str) -> Callable[[Callable[[], Finding]], Callable[[], Finding]]:
    """Register a check function under its code in docs/architecture.md, e.g. "M1"."""

    def register(check: Callable[[], Finding]) -> Callable[[], Finding]:
        REGISTER.append(Invariant(code, sentence, check))
        return check

    return register
