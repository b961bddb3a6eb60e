"""A browser without a screen: cookies, forms, and patience while a cell recovers."""

import http.cookiejar
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from html.parser import HTMLParser

PATIENCE_SECONDS = 600
"""Longer than thirty kills take: whom they starve is answered once they end."""


@dataclass(frozen=True)
class Answer:
    """What came back. url: after redirects."""

    status: int
    headers: Message
    body: str
    url: str


class Unanswered(Exception):
    """The cell did not answer: the caller does not know whether it heard."""


class _Form(HTMLParser):
    """Collect the fields of one form as a browser would send them untouched."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        self.fields: dict[str, str] = {}
        self._inside = False
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "form":
            self._inside = self.action in found.get("action", "")
        elif not self._inside:
            return
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in found or (value and self._select not in self.fields):
                self.fields[self._select] = value
        elif tag == "input" and name:
            is_choice = found.get("type") in ("radio", "checkbox")
            if not is_choice or "checked" in found:
                self.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""


class Browser:
    """One person's browser. origin: of the cell, on loopback."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request. Raises: Unanswered when the cell is down or broke off."""
        url = urllib.parse.urljoin(self.origin, path)
        token = next((c.value for c in self.cookies if c.name == "csrftoken"), None) or ""
        request = urllib.request.Request(url, data=body, method=method)
        for name, value in {"X-CSRFToken": token, "Referer": url, **(headers or {})}.items():
            request.add_header(name, value)
        try:
            with self._opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode(), answer.url)
        except urllib.error.HTTPError as error:
            if error.code >= 500:
                raise Unanswered(f"{error.code}: {error.read()[:500]!r}") from error
            return Answer(error.code, error.headers, error.read().decode(), error.url or url)
        except OSError as error:  # refused, reset, timed out
            raise Unanswered(repr(error)) from error
        except http.client.HTTPException as error:  # broke off in the middle
            raise Unanswered(repr(error)) from error

    def ask_until_answered(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Send a request that may be repeated, until the cell is back."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        heard: Counter[str] = Counter()
        while True:
            try:
                return self.ask(method, path, body)
            except Unanswered as error:
                heard[str(error)] += 1
                assert time.monotonic() < deadline, f"{path} was not answered: {heard}"
                time.sleep(0.1)

    def form(self, page: str, action: str) -> dict[str, str]:
        """Return the fields of a form on a page as they stand."""
        reader = _Form(action)
        answer = self.ask_until_answered("GET", page)
        reader.feed(answer.body)
        assert reader.fields, f"no form for {action} on {page}: {answer.status}\n{answer.body}"
        return reader.fields

    def send(self, action: str, fields: Mapping[str, str]) -> Answer:
        """Send a form until it is answered: a second press of the same button."""
        return self.ask_until_answered("POST", action, urllib.parse.urlencode(fields).encode())
