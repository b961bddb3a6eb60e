"""When a payee's turn is, as arithmetic. A turn is a day of the cell."""

from datetime import date, timedelta

MONDAY = 0


def next_turn(after: date, schedule: str) -> date:
    """Return the first day after a day on which a schedule pays. Raises: ValueError."""
    match schedule:
        case "daily":
            return after + timedelta(days=1)
        case "weekly":
            return after + timedelta(days=7 - (after.weekday() - MONDAY) % 7)
        case "monthly":
            return (after.replace(day=1) + timedelta(days=32)).replace(day=1)
    raise ValueError(f"there is no schedule {schedule!r}")
