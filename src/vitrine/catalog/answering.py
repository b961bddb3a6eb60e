"""Answer questions on a product, and how fast a shop does so."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from vitrine.catalog.models import Merchant

_ANSWERS = """
SELECT count(*), count(first.at),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first.at - asked.at)),
       count(*) FILTER (WHERE first.at IS NULL OR first.at - asked.at > interval '24 hours')
FROM catalog_question asked
JOIN catalog_product product ON product.id = asked.product_id
LEFT JOIN LATERAL (
    SELECT min(answer.at) AS at FROM catalog_question answer
    WHERE answer.thread_id = asked.id AND answer.voice = 'seller' AND answer.withheld_at IS NULL
) first ON true
WHERE product.merchant_id = %s AND asked.thread_id IS NULL AND asked.withheld_at IS NULL
  AND asked.at >= %s AND asked.at < %s
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """How a shop answered what was asked in a span. median: to its first answer; None: to none.

    late: without an answer of the shop within 24 hours.
    """

    asked: int
    answered: int
    late: int
    median: timedelta | None


def answers(merchant: Merchant, *, since: datetime, until: datetime) -> Answers:
    """Sum up how fast a shop answered the questions of a span. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [merchant.pk, since, until])
        asked, answered, median_s, late = cursor.fetchone()
    return Answers(asked, answered, late, None if median_s is None else timedelta(seconds=median_s))
