"""Let whoever runs a demo on their own machine sign in as its people.

There is no password that the world knows: each data directory has its own, in a file that only
its owner reads, and a cell that the public can reach has none at all.
"""

import ipaddress
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from vitrine.ops.datadir import DataDir

_PASSWORD = "password  "  # noqa: S105


def is_private(origin: str) -> bool:
    """Tell whether an origin is this very machine's own."""
    host = urlsplit(origin).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def password(people: dict[str, str]) -> str | None:
    """Give the demo's password, made and written down the first time. None: nobody may sign in.

    people: what somebody is -> e-mail.
    """
    if not is_private(settings.VITRINE_ORIGIN):
        return None
    file = DataDir(Path(settings.VITRINE_DATA)).demo_logins
    if file.exists():
        for line in file.read_text().splitlines():
            if line.startswith(_PASSWORD):
                return line.removeprefix(_PASSWORD).strip()
    chosen = secrets.token_urlsafe(12)
    lines = [f"{what:<10}{email}" for what, email in people.items()]
    _write_private(file, "\n".join([*lines, f"{_PASSWORD}{chosen}", ""]))
    return chosen


def _write_private(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    unfinished.replace(path)
