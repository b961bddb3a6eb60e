"""What happens later to the queue itself."""

from procrastinate.contrib.django import app

KEPT_HOURS = 7 * 24


@app.periodic(cron="29 * * * *")
@app.task(queue="settle", name="ops.forget", queueing_lock="ops.forget")
async def forget(timestamp: int) -> None:
    """Forget jobs that failed or were given up a week ago. Those that went well go at once."""
    await app.job_manager.delete_old_jobs(
        nb_hours=KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
