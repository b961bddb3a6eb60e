"""What happens later: authors are told. Each fetches by id and calls one verb."""

from procrastinate.contrib.django import app

from vitrine.safety import news
from vitrine.safety.models import Decision


@app.task(queue="mail", name="safety.tell_author", retry=5)
def tell_author(decision_id: int) -> None:
    """Mail a statement of reasons, at least once."""
    news.tell_author(Decision.objects.select_related("case__author").get(pk=decision_id))
