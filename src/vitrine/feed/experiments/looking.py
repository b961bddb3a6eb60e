"""Sum what the viewers of each arm did, while the rows that tell it are still kept."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from vitrine.feed.experiments import intervals
from vitrine.feed.experiments.metrics import Metric
from vitrine.feed.models import Experiment
from vitrine.sovereignty.cell import home, local_day

LATE = timedelta(hours=13)
"""After the end reports of what was served before still come in (``impressions.EXPIRES_AFTER``)."""

LOOK = """
WITH shown AS (
    SELECT viewer, arm_id, min(first_at) AS since, count(*) AS days
    FROM feed_exposure WHERE experiment_id = %(experiment)s GROUP BY viewer, arm_id
), did AS (
    SELECT arm_id, days, watched.*, tapped, liked, ordered
    FROM shown LEFT JOIN accounts_person person ON person.public_id = shown.viewer,
    LATERAL (
        SELECT coalesce(sum(watched_ms), 0) / 1000.0 AS watched_s, count(completed_at) AS completed
        FROM feed_watch WHERE viewer = shown.viewer AND served_at >= since AND served_at < %(until)s
    ) AS watched,
    LATERAL (
        SELECT coalesce(sum(taps), 0) AS tapped FROM (
            SELECT DISTINCT ON (impression) taps FROM feed_viewing
            WHERE viewer = shown.viewer AND at >= since AND at < %(until)s
            ORDER BY impression, sequence DESC
        ) AS latest
    ) AS tapping,
    LATERAL (
        SELECT count(*) AS liked FROM videos_like
        WHERE person_id = person.id AND at >= since AND at < %(until)s
    ) AS liking,
    LATERAL (
        SELECT count(*) AS ordered FROM orders_ordergroup bought
        WHERE buyer_id = person.id AND EXISTS (
            SELECT FROM orders_order WHERE group_id = bought.id AND placed_at >= since
                AND placed_at < %(until)s AND state NOT IN ('cancelled', 'refunded')
        )
    ) AS ordering
), counted AS (
    SELECT arm_id, metric, divisor, amount::float8
    FROM did, LATERAL (VALUES
        ('watched_s', days, watched_s), ('completed', days, completed), ('liked', days, liked),
        ('tapped', days, tapped), ('ordered', days, ordered), ('came', 1, days)
    ) AS of (metric, divisor, amount)
)
INSERT INTO feed_look (home_cell, arm_id, metric, day, at, viewers, days, days_squared, amount,
    amount_squared, amount_by_days)
SELECT %(home)s, arm_id, metric, %(day)s, %(at)s, count(*), sum(divisor),
    sum(divisor::float8 * divisor), sum(amount), sum(amount * amount), sum(amount * divisor)
FROM counted WHERE metric = ANY (%(metrics)s) GROUP BY arm_id, metric
HAVING count(*) >= %(fewest)s
ON CONFLICT (arm_id, metric, day) DO UPDATE SET at = excluded.at, viewers = excluded.viewers,
    days = excluded.days, days_squared = excluded.days_squared, amount = excluded.amount,
    amount_squared = excluded.amount_squared, amount_by_days = excluded.amount_by_days
"""


def look(*, at: datetime) -> None:
    """Sum up all experiments that run, or ended a while ago. Queries: 1, and 1 each."""
    begun = Experiment.objects.filter(begins_at__lte=at, ends_at__gt=at - LATE)
    for experiment in begun.order_by("pk"):
        _look(experiment, at=at)


def _look(experiment: Experiment, *, at: datetime) -> None:
    until = min(at, experiment.ends_at)
    given: dict[str, Any] = {
        "home": home(),
        "experiment": experiment.pk,
        "until": until,
        "day": local_day(until - timedelta(microseconds=1)),  # at midnight: the day that is over
        "at": at,
        "metrics": list(Metric),
        "fewest": intervals.FEWEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOOK, given)
