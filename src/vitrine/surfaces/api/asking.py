"""How operations are declared: each with its scope, and with the problems it may answer."""

from typing import Any

from django.http import HttpRequest

from vitrine.kernel.errors import Refusal
from vitrine.programs.models import Token
from vitrine.programs.scopes import Scope

PROBLEM = {
    "description": "A problem document (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
KEY_HEADER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "minLength": 8, "maxLength": 80},
    "description": "A fresh one for each attempt; the same one to try an attempt again.",
}


class ScopeLacking(Refusal):
    """The token is not good for that."""

    code = "scope_lacking"
    status = 403
    message = "This token is not good for that. Make one with the scope that is named."


class Needs:
    """Whom ninja asks whether an operation may be called."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Token:
        """Return the token, which the door has read. Raises: ScopeLacking."""
        token: Token = getattr(request, "token")  # noqa: B009 (ninja knows a plain request)
        if not token.may(self.scope):
            raise ScopeLacking(scope=self.scope.value)
        return token


def needing(scope: Scope, *, writes: bool = False) -> dict[str, Any]:
    """Return what an operation is declared with: who may, and what OpenAPI says of it."""
    statuses = ("401", "403", "404", "429", *(("400", "409", "422") if writes else ()))
    extra: dict[str, Any] = {
        "security": [{"token": [scope.value]}],
        "responses": dict.fromkeys(statuses, PROBLEM),
    }
    if writes:
        extra["parameters"] = [KEY_HEADER]
    return {"auth": Needs(scope), "openapi_extra": extra}
