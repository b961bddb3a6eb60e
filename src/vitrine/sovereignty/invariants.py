"""What ``vitrine check`` asks of sovereignty."""

from vitrine.kernel.invariants import Finding, invariant
from vitrine.sovereignty import checks


@invariant("D1", "Every stored column has a declared class, and every row its home-cell wall")
def every_column_is_declared() -> Finding:
    """Compare the data map with the live database."""
    checked, differences = checks.compare_with_database()
    return Finding(checked, differences)


@invariant("D1", "Every file in the object store lies under a declared root")
def every_file_root_is_declared() -> Finding:
    """Compare the data map with the live store."""
    return Finding(*checks.compare_with_store())
