"""What a command says and how it ends when the service does not do what it should."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import click

from .._wire.json_values import to_json_value
from ..catalog import operations
from ..exceptions import ApiException, UnauthorizedException
from . import PROGRAM
from .endpoints import Endpoint, read_endpoint
from .errors import CommandError, ExitCode
from .index import command_name, group_name, list_commands
from .recording import record_call
from .session import HOW_TO_SIGN_IN

_SIGN_IN_ERRORS = ("access_denied", "invalid_client", "invalid_grant", "unauthorized_client")
"""What the login service calls credentials that it does not accept (RFC 6749, section 5.2)."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class CallFailedError(CommandError):
    """A call ended in an ``ApiException``."""

    def __init__(
        self,
        failure: ApiException,
        endpoint: Endpoint | None = None,
        arguments: Mapping[str, Any] | None = None,
        target: Sequence[str] = (),
    ) -> None:
        """Say what happened, and what to do about it."""
        self.failure: ApiException = failure
        self.code: ExitCode = failure_exit_code(failure)
        text = str(failure)
        if self.code is ExitCode.NOT_SIGNED_IN and not failure.advice:
            text = f"{text}. To sign in, {HOW_TO_SIGN_IN}."
        elif self.code is ExitCode.OUTCOME_UNKNOWN:
            if failure.status and not failure.entity_id:  # otherwise the text says so already
                text += "; it may have been carried out all the same, so look before you send it "
                text += "again"
            look = command_to_look(endpoint, arguments or {}, target) if endpoint else None
            text += f". To look: {look}" if look else "."
        elif endpoint and failure.status in (400, 404):
            hint = name_advice(endpoint, arguments or {}, target)
            text += f". {hint}" if hint else ""
        super().__init__(text)

    def details(self) -> dict[str, Any]:
        """Give what a script may want to know."""
        failure = self.failure
        return {
            "status": failure.status,
            "code": failure.code,
            "details": to_json_value(failure.details),
            "method": failure.method,
            "url": failure.url,
            "correlationId": failure.correlation_id,
            "retryAfter": failure.retry_after,
            "outcomeUnknown": failure.outcome_unknown,
            "entityId": failure.entity_id,
        }


class InterruptedWriteError(click.ClickException):
    """Ctrl-C has ended a command that was writing."""

    exit_code: ClassVar[int] = ExitCode.INTERRUPTED

    def __init__(
        self, endpoint: Endpoint, arguments: dict[str, Any], target: Sequence[str]
    ) -> None:
        """Say what is not known now, and how to find out."""
        look = command_to_look(endpoint, arguments, target)
        super().__init__(
            f"Interrupted: {endpoint.verb} {endpoint.path} may have been carried out, so look "
            f"before you send it again.{f' To look: {look}' if look else ''}"
        )


def failure_exit_code(failure: ApiException) -> ExitCode:
    """Choose the exit code."""
    if failure.outcome_unknown:
        return ExitCode.OUTCOME_UNKNOWN
    if isinstance(failure, UnauthorizedException) or failure.oauth_error in _SIGN_IN_ERRORS:
        return ExitCode.NOT_SIGNED_IN
    if not failure.status and failure.method is None:  # no request has failed, but what it was for
        return ExitCode.REFUSED
    if not failure.status or 200 <= failure.status < 300:
        return ExitCode.NOT_REACHED
    return ExitCode.REFUSED


def name_advice(
    endpoint: Endpoint, arguments: Mapping[str, Any], target: Sequence[str]
) -> str | None:
    """Say how to find the id of something, where its name may have been given instead.

    That is where the value is no UUID, as ids are, and such things can be listed by name.
    """
    places = [one for one in endpoint.parameters if one.place == "path"]
    given = next((one for one in places if not _UUID.fullmatch(str(arguments[one.name]))), None)
    if given is None:
        return None
    api_class, name = endpoint.api_class, str(arguments[given.name])
    path = endpoint.path.partition(f"/{{{given.wire_name}}}")[0]
    for one in operations.class_operations(api_class.__name__):
        takes_name = any(own.wire_name == "name" for own in one.parameters)
        if (one.verb, one.path, takes_name) != ("GET", path, True):
            continue
        listing = read_endpoint(api_class, one.name).listing
        if listing is None:
            return None
        words = [
            PROGRAM,
            *target,
            group_name(api_class.__name__),
            command_name(api_class.__name__, one.name),
            *([f"--name={name}"] if name.startswith("-") else ["--name", name]),
            "--query",
            f"{'.'.join(listing.path)}[].id",
        ]
        return f"If {name!r} is a name, find the id: {shlex.join(words)}"
    return None


def command_to_look(
    endpoint: Endpoint, arguments: Mapping[str, Any], target: Sequence[str]
) -> str | None:
    """Find the command that reads the path of a write, to show whether it was carried out."""
    own = [one for one in endpoint.parameters if one.place == "path"]
    by_wire_name = {one.wire_name: str(arguments[one.name]) for one in own}
    thing = endpoint.method_name.partition("_")[2]
    commands = list_commands(endpoint.api_class.__name__).items()
    # The one that is called alike comes first: most often that is it, and no other need be asked.
    for command, name in sorted(commands, key=lambda one: one[1] != f"get_{thing}"):
        # A name begins with the verb, so that only those that read need to be asked for the path.
        if (
            not name.startswith("get_")
            or record_call(endpoint.api_class, name).path != endpoint.path
        ):
            continue
        other = read_endpoint(endpoint.api_class, name)
        values = [by_wire_name[one.wire_name] for one in other.parameters if one.place == "path"]
        words = [
            PROGRAM,
            *target,
            group_name(endpoint.api_class.__name__),
            command,
            *(["--all"] if other.is_paged else []),
            *(["--"] if any(value.startswith("-") for value in values) else []),
            *values,
        ]
        return shlex.join(words)
    return None
