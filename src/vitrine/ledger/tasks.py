"""What happens on time to the books. Each is safe to run twice."""

from django.utils import timezone
from procrastinate.contrib.django import app

from vitrine.ledger import chain, closing


@app.periodic(cron="* * * * *")
@app.task(queue="settle", name="ledger.seal", queueing_lock="ledger.seal")
def seal(timestamp: int) -> None:
    """Seal what was posted since the last minute."""
    chain.seal(at=timezone.now())


@app.periodic(cron="11 * * * *")
@app.task(queue="settle", name="ledger.close", queueing_lock="ledger.close")
def close(timestamp: int) -> None:
    """Close yesterday's books, in the first hour of the day or as soon as a worker runs."""
    now = timezone.now()
    chain.seal(at=now)
    closing.close_yesterday(at=now)
