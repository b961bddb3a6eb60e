"""Mail to the author: the statement of reasons. Leaves through the gate."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext

from vitrine.accounts import languages
from vitrine.accounts.models import Person
from vitrine.safety import judging
from vitrine.safety.models import Decision
from vitrine.sovereignty import gate


def tell_author(decision: Decision) -> None:
    """Mail what was decided, by which rule, and how to appeal. Queries: at most 1."""
    for person in judging.readers(decision):
        _tell(person, decision)


def _tell(author: Person, decision: Decision) -> None:
    link = f"{settings.VITRINE_ORIGIN}{decision.get_absolute_url()}"
    thing = f"{decision.thing[0].lower()}{decision.thing[1:]}"
    with languages.of(author):
        gate.send_mail(
            to=author.email,
            subject=gettext("A decision about {thing}").format(thing=thing),
            text=render_to_string(
                "safety/mail/statement.txt", {"decision": decision, "link": link}
            ),
            purpose="statement",
        )
