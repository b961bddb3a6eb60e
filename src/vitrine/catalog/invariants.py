"""S1: stock is never promised or sold that is not there. C1: only who may sell, sells."""

from django.db import connection

from vitrine.catalog.models import Merchant, Product
from vitrine.kernel.invariants import Finding, invariant
from vitrine.sovereignty import immutable

GUARDS = [
    "catalog_product_waits",
    "catalog_merchant_shuts",
    "catalog_verdict_fit",
    "catalog_verdict_append_only",
    "catalog_inspection_append_only",
    "catalog_memberchange_append_only",
    "catalog_membership_owned",
    "product_shut_is_off_sale",
    "orders_order_of_who_sells",
]
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


@invariant("C1", "Nothing of a merchant that is not approved, or is suspended, is on sale")
def only_who_may_sell_sells() -> Finding:
    """Look for products on sale of merchants that may not sell, and for the guards. Queries: 4."""
    shut = Merchant.objects.exclude(pk__in=Merchant.objects.trading().values("pk"))
    sold = Product.objects.on_sale().filter(merchant__in=shut)
    broken = [
        f"product {product} is on sale" for product in sold.values_list("public_id", flat=True)
    ]
    waiting = Product.objects.filter(shut_at__isnull=False, merchant__in=Merchant.objects.trading())
    stuck = waiting.values_list("public_id", flat=True)
    broken += [f"product {product} waits for a merchant that may sell" for product in stuck]
    broken += [f"what merchants may do lost its guard {name}" for name in immutable.missing(GUARDS)]
    return Finding(Product.objects.count(), broken)
