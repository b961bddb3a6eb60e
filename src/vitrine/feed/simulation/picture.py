"""A picture of regret: what a viewer has missed, against the oracle, from showing to showing."""

from collections.abc import Mapping

import numpy as np

from vitrine.feed.simulation.running import Run
from vitrine.recommend.arrays import Doubles

WIDTH, HEIGHT, LEFT, BELOW, ABOVE, RIGHT = 720, 400, 60, 50, 40, 130
COLOURS = ("#0b6e4f", "#b3541e", "#5b5f97")
TITLE, ACROSS = "Missed against the oracle, in clips’ lengths", "Clips shown to a viewer"
LEAST_VIEWERS = 0.25
"""The lines end where fewer of the viewers than this got so far."""


def regret(oracle: Run, others: Mapping[str, Run]) -> str:
    """Draw each run's regret as SVG: the sum of what was missed by the mean viewer, in lengths."""
    best, until = _mean(oracle)
    lines = {name: np.cumsum((best - _mean(run)[0])[:until]) for name, run in others.items()}
    most = max(float(line.max()) for line in lines.values())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{TITLE}</text>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        x, y = _x(share), _y(share)
        parts += [
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share * most:.0f}</text>',
            f'<text x="{x:.1f}" y="{HEIGHT - BELOW + 20}" text-anchor="middle">'
            f"{share * until:.0f}</text>",
        ]
    middle = _x(0.5)
    parts.append(f'<text x="{middle:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{ACROSS}</text>')
    for colour, (name, line) in zip(COLOURS, lines.items(), strict=False):
        points = " ".join(
            f"{_x((n + 1) / until):.1f},{_y(max(float(sum_), 0) / most):.1f}"
            for n, sum_ in enumerate(line)
        )
        end = _y(float(line[-1]) / most)
        parts += [
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
            f'<text x="{WIDTH - RIGHT + 8}" y="{end + 4:.1f}" fill="{colour}">{name}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def _mean(run: Run) -> tuple[Doubles, int]:
    """Return the mean value by showing, and up to which enough viewers got."""
    count = np.bincount(run.nth)
    until = int(np.argmax(count < LEAST_VIEWERS * run.world.numbers.viewers)) or len(count)
    return np.bincount(run.nth, run.value) / np.maximum(count, 1), until


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BELOW - share * (HEIGHT - BELOW - ABOVE)
