"""What a screen reader says of a page: the tree that the browser gives to it, read as one does."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from tests.journeys.browsing import session

SAID = frozenset(
    "button checkbox combobox dialog heading img link listbox menuitem option radio region "
    "searchbox slider spinbutton switch tab textbox".split()
)
"""Roles of which nothing is said but their names: without one, there is nothing to hear."""
ONCE = frozenset({"main", "banner", "contentinfo"})


def tree(page: Page) -> Iterator[tuple[str, str, str]]:
    """Yield role, name and description of all that a screen reader meets, in its order."""
    found = session(page).send("Accessibility.getFullAXTree")
    for node in found["nodes"]:
        if not node.get("ignored"):
            yield _text(node, "role"), _text(node, "name"), _text(node, "description")


def lacking(page: Page) -> Iterator[str]:
    """Yield what a page does not say to those who hear it."""
    heard = list(tree(page))
    roles = [role for role, *_ in heard]
    for role, name, _ in heard:
        if role in SAID and not any(map(str.isalnum, name)):
            yield f"a {role} is called {name!r}"
    for role in ONCE & set(roles):
        if roles.count(role) > 1:
            yield f"there are {roles.count(role)} of the one {role}"
    if "main" not in roles:
        yield "no main part is found"
    navigations = [name for role, name, _ in heard if role == "navigation"]
    if len(set(navigations)) < len(navigations):
        yield f"navigations are called alike: {navigations}"


def _text(node: dict[str, Any], field: str) -> str:
    return str(node.get(field, {}).get("value", "")).strip()
