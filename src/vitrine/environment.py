"""How the environment is read. A value that is missing or malformed is named in a sentence."""

import os
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

KEPT_SECONDS = 600
"""How long a connection is used again, where there is no pool."""


def text(name: str, default: str | None = None) -> str:
    """Return a value that has to be there, or its default. Raises: ImproperlyConfigured."""
    value = os.environ.get(name, default)
    if value is None or value == "":
        raise ImproperlyConfigured(f"{name} is not set; see docs/operations.md.")
    return value


def number(name: str, default: int) -> int:
    """Return a whole number. Raises: ImproperlyConfigured."""
    text = os.environ.get(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.") from None


def flag(name: str, *, default: bool) -> bool:
    """Return whether a switch is on: 1 or 0. Raises: ImproperlyConfigured."""
    text = os.environ.get(name, "1" if default else "0")
    if text not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {text!r}.")
    return text == "1"


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return one of some words. Raises: ImproperlyConfigured."""
    text = os.environ.get(name, default)
    if text not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {text!r}.")
    return text


def database(url: str) -> dict[str, Any]:
    """Return Django's settings of a database from its URL."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "VITRINE_DATABASE_URL must look like postgresql://user@host/name "
            "or postgresql://user@/name?host=/socket/directory."
        )
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    # Django leaves prepared statements off; which are is said by kernel.prepared, whose cursors
    # alone ask for them. Their plans do not hang on the values: planning took longer than running.
    options: dict[str, Any] = {
        "application_name": "vitrine",
        "prepare_threshold": 5,
        "options": "-c plan_cache_mode=force_generic_plan",
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or unquote(query.get("host", "")),
        "PORT": str(parts.port or query.get("port", "")),
        "OPTIONS": options,
        # A job's thread has a connection of its own: to begin one costs more than most jobs do.
        "CONN_MAX_AGE": KEPT_SECONDS,
        # One that was kept may have outlived its server: it is looked at before it is used.
        "CONN_HEALTH_CHECKS": True,
    }


def read(name: str, read: Callable[[str], T]) -> T:
    """Return what a reader makes of a value; its ValueError says what that must be."""
    try:
        return read(os.environ.get(name, ""))
    except ValueError as why:
        raise ImproperlyConfigured(f"{name} must {why}.") from None


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Read comma-separated addresses and networks, such as 10.0.0.0/8."""
    try:
        return [ip_network(part.strip()) for part in os.environ.get(name, "").split(",") if part]
    except ValueError as why:
        raise ImproperlyConfigured(f"{name} must list addresses or networks: {why}.") from None
