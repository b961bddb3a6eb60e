"""Run in a cell's own environment: fill it with one of everything, and list its pages by role.

Imported only once Django is set up on the cell.
"""

import json
import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 (settings can be read only now)
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from tests.sovereignty.test_matrix import cases  # noqa: E402
from tests.sovereignty.world import World  # noqa: E402
from vitrine.sovereignty import access  # noqa: E402

ROLES = ("anonymous", "owner", "shop owner", "moderator", "staff")


def main() -> None:
    """Write role -> its session and the addresses of pages by name, each page once."""
    world = World()
    told: dict[str, dict[str, object]] = {}
    met: set[str] = set()
    for role in ROLES:
        session = world.cookies.get(role, "")
        pages = _pages(world, session, besides=met)
        met |= pages.keys()
        told[role] = {"session": session, "pages": pages}
    json.dump(told, sys.stdout)


def _pages(world: World, session: str, *, besides: set[str]) -> dict[str, str]:
    client = Client(SERVER_NAME="localhost", headers={"Accept": "text/html"})
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    found = {}
    for endpoint in access.endpoints():
        name = (endpoint.name or endpoint.pattern).replace(":", "-")
        if name in besides:
            continue
        url = reverse(endpoint.name, kwargs=next(cases(world, endpoint)).kwargs)
        answer = client.get(url)
        if answer.status_code == 200 and not answer.streaming and _is_page(answer.content):
            found[name] = url
    return found


def _is_page(content: bytes) -> bool:
    """Tell a page from a fragment, a document or a picture."""
    return b"<!doctype" in content[:200].lower()


if __name__ == "__main__":
    main()
