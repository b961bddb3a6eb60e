"""S1: stock is never promised or sold that is not there."""

from django.db import connection

from vitrine.kernel.invariants import Finding, invariant

SQL = """
SELECT stock.id, variant.sku, stock.on_hand, stock.reserved,
       coalesce(sum(movement.quantity), 0),
       coalesce(-sum(movement.quantity) FILTER (WHERE movement.reason = 'sold'), 0),
       coalesce(sum(movement.quantity) FILTER (WHERE movement.reason <> 'sold'), 0)
FROM catalog_stock stock
JOIN catalog_variant variant ON variant.id = stock.variant_id
LEFT JOIN catalog_stockmovement movement ON movement.stock_id = stock.id
GROUP BY stock.id, variant.sku
"""

ON_THE_WAY = """
SELECT line.id, transfer.state, line.quantity, coalesce(sum(movement.quantity), 0)
FROM catalog_transferline line
JOIN catalog_transfer transfer ON transfer.id = line.transfer_id
LEFT JOIN catalog_stockmovement movement
    ON movement.transfer_line_id = line.id AND movement.reason IN ('moved_out', 'moved_in')
GROUP BY line.id, transfer.state, line.quantity
HAVING coalesce(sum(movement.quantity), 0)
    <> CASE transfer.state WHEN 'sent' THEN -line.quantity ELSE 0 END
"""


@invariant("S1", "Stock: 0 ≤ reserved ≤ on hand, and on hand is the sum of what moved.")
def stock_adds_up() -> Finding:
    """Compare every stock row with its movements, and every transfer. Queries: 2."""
    checked = 0
    violations: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        for pk, sku, on_hand, reserved, moved, sold, came_in in cursor:
            checked += 1
            if not 0 <= reserved <= on_hand:
                violations.append(f"stock {pk} ({sku}): {reserved} reserved of {on_hand} on hand")
            if moved != on_hand:
                violations.append(f"stock {pk} ({sku}): {on_hand} on hand, movements say {moved}")
            if sold > came_in:
                violations.append(f"stock {pk} ({sku}): {sold} sold, but only {came_in} came in")
        cursor.execute(ON_THE_WAY)
        for pk, state, quantity, moved in cursor:
            violations.append(f"transfer line {pk} ({state}) of {quantity}: moved {moved}")
    return Finding(checked, violations)
