"""The errors of the service, and the ErrorBody that tells a caller about one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one field or parameter of a request."""

    field: str
    """The field's name on the wire. The value is never part of an error: it may be a secret."""
    code: str
    """The kind of problem, for machines."""
    message: str
    """A sentence with the placeholder ``{fieldName}``."""


class ServiceError(Exception):
    """A request that the service refuses."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        params: Mapping[str, str] | None = None,
        problems: Sequence[Problem] = (),
        entity_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Describe the refusal; message has a placeholder in braces for each of the params."""
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message
        self.params: dict[str, str] = dict(params or {})
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.entity_id = entity_id
        self.headers: dict[str, str] = dict(headers or {})

    def to_body(self, context_id: str) -> dict[str, Any]:
        """Build the ErrorBody."""
        body: dict[str, Any] = {
            "status": self.status,
            "code": self.code,
            "message": self.message.format_map(self.params) if self.params else self.message,
            "contextId": context_id,
            "details": [
                {"errorCode": problem.code, "fieldName": problem.field} for problem in self.problems
            ],
            "errors": [],
        }
        if self.params:
            body["messageWithParams"] = self.message
            body["messageParams"] = self.params
        if self.entity_id is not None:
            body["entityId"] = self.entity_id
        return body


class OAuthError(Exception):
    """A token request that is refused, in the terms of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        """Describe the refusal, without anything that was sent."""
        super().__init__(error, description)
        self.error = error
        self.description = description
        self.status = status


STATUS_ERRORS: dict[int, tuple[str, str]] = {
    400: ("bad.request", "The request could not be understood."),
    401: ("bad.credentials", "Invalid login credentials."),
    403: ("not.authorized", "You are not authorized to perform the requested action."),
    404: ("not.found", "The requested resource was not found."),
    405: ("method.not.allowed", "The resource does not support the request's method."),
    408: ("client.timeout", "The request did not arrive in time."),
    409: ("general.conflict", "The request clashes with the present state of the resource."),
    413: ("request.entity.too.large", "The request is larger than the service accepts."),
    414: ("request.uri.too.long", "The address of the request is longer than the service accepts."),
    415: ("unsupported.media.type", "The request's body must be sent as application/json."),
    429: ("too.many.requests", "Rate limit exceeded the maximum."),
    500: ("internal.server.error", "The service failed to process the request."),
    502: ("bad.gateway", "The service received a bad answer from a server behind it."),
    503: ("service.unavailable", "The service is unavailable at the moment."),
    504: ("request.timeout", "A server behind the service did not answer in time."),
}
"""Code and message for errors about which nothing more is known than their status."""


def error_for_status(status: int, headers: Mapping[str, str] | None = None) -> ServiceError:
    """Make the error for a bare status."""
    code, message = STATUS_ERRORS.get(status, (f"http.{status}", f"HTTP status {status}."))
    return ServiceError(status, code, message, headers=headers)


def invalid(problems: Sequence[Problem]) -> ServiceError:
    """Make the 400 for a request with unacceptable fields; its sentence is about the first."""
    first = problems[0]
    return ServiceError(
        400, "invalid.value", first.message, params={"fieldName": first.field}, problems=problems
    )


def literal(text: str) -> str:
    """Write a text for a message, so that no brace in it is taken for a placeholder's."""
    return text.replace("{", "{{").replace("}", "}}")


def missing(name: str, circumstances: str = "") -> Problem:
    """Tell that a field is required, for example "together with channelId"."""
    sentence = f"The field {{fieldName}} is required {circumstances}".rstrip() + "."
    return Problem(name, "missing.value", sentence)


def not_json() -> ServiceError:
    """Make the 400 for a body that cannot be parsed."""
    return ServiceError(400, "bad.request", "The body is not valid JSON.")


def require_object(body: object) -> dict[str, Any]:
    """Take a parsed body if it is an object, and refuse it otherwise."""
    if not isinstance(body, dict):
        raise invalid([Problem("body", "invalid.type", "The {fieldName} must be a JSON object.")])
    return cast("dict[str, Any]", body)
