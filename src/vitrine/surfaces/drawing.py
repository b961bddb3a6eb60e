"""The templates of pages, which let go of what was shown."""

from typing import Any

from django.http import HttpRequest
from django.template.backends.django import DjangoTemplates, Template
from django.template.context import make_context
from django.utils.safestring import SafeString


class Pages(DjangoTemplates):
    """Django's own, whose pages are forgotten once they are drawn."""

    def get_template(self, template_name: str) -> "Page":
        """Find a template."""
        return Page(super().get_template(template_name).template, self)


class Page(Template):
    """A template whose context does not outlive its page.

    Each level of a context knows the context: a ring, with all that the page was about. The
    collector had to find a hundred objects for each page of a product, a fortieth of its time.
    """

    def render(
        self, context: dict[Any, Any] | None = None, request: HttpRequest | None = None
    ) -> SafeString:
        """Draw it."""
        made = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            return self.template.render(made)
        finally:
            made.dicts.clear()
