"""Lines of orders as programs name them: by their number within the order, from one."""

from collections.abc import Iterable, Mapping, Sequence

from vitrine.kernel.errors import Refusal
from vitrine.orders.models import Order, OrderLine, RefundLine, ReturnLine, ShipmentLine
from vitrine.surfaces.api import shapes


class NoSuchLine(Refusal):
    """A number that no line has, or one that is named twice."""

    code = "no_such_line"
    status = 422
    message = "Name lines by their numbers in the order, each once."


def numbered(order: Order) -> dict[int, OrderLine]:
    """Return the lines of an order, which comes with them, by their numbers: in their order."""
    rows = sorted(order.lines.all(), key=lambda each: each.pk)
    return dict(enumerate(rows, 1))


def numbers_of(order: Order) -> dict[int, int]:
    """Return the number of each line by its key."""
    return {line.pk: number for number, line in numbered(order).items()}


def units(
    rows: Iterable[ShipmentLine | RefundLine | ReturnLine], numbers: Mapping[int, int]
) -> list[shapes.Units]:
    """Tell units of lines."""
    return [shapes.Units(line=numbers[row.line_id], quantity=row.quantity) for row in rows]


def found(order: Order, named: Sequence[int]) -> list[OrderLine]:
    """Return the lines that numbers name. Raises: NoSuchLine."""
    by_number = numbered(order)
    if len(set(named)) < len(named) or not by_number.keys() >= set(named):
        raise NoSuchLine
    return [by_number[number] for number in named]


def wanted(order: Order, said: Sequence[shapes.Units]) -> dict[int, int]:
    """Return how many of which line, by its key. Raises: NoSuchLine."""
    rows = found(order, [each.line for each in said])
    return {row.pk: each.quantity for row, each in zip(rows, said, strict=True)}
