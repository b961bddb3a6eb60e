"""Call the API as a program does."""

import json
from typing import Any

from django.test import Client
from django.utils import timezone

from tests import make
from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant, Role
from vitrine.kernel import ids
from vitrine.programs.models import Token
from vitrine.programs.scopes import Scope


def owner(of: Merchant) -> Person:
    """Return the owner of a shop."""
    return Person.objects.get(pk=of.memberships.get(role=Role.OWNER).person_id)


class Program:
    """A program with a token. Each write has a fresh key, unless one is named."""

    def __init__(self, merchant: Merchant | None = None, *scopes: Scope) -> None:
        self.merchant = merchant or make.merchant()
        self.token, self.text = Token.make(
            self.merchant, name="Warehouse", scopes=scopes or list(Scope), by=owner(self.merchant),
            at=timezone.now(), expires_at=None,
        )  # fmt: skip

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Call and return the answer."""
        headers = {"Authorization": f"Bearer {self.text}"}
        if method != "GET":
            headers["Idempotency-Key"] = ids.new() if key is None else key
        sent = b"" if body is None else json.dumps(body).encode()
        return Client().generic(
            method, f"/api/v1{path}", sent, content_type="application/json", headers=headers
        )

    def ok(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Call and return what is answered, which must be good."""
        answer = self.call(method, path, body, key=key)
        assert answer.status_code < 300, answer.content
        return json.loads(answer.content) if answer.content else None

    def refused(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Call and return the status and the problem, which there must be."""
        answer = self.call(method, path, body, key=key)
        assert answer["Content-Type"] == "application/problem+json", answer.content
        problem = json.loads(answer.content)
        assert problem["status"] == answer.status_code
        return answer.status_code, problem
