"""Waits for what the platform does in its own time: creations, jobs, exports."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from . import models
from ._settings.checks import checked, optional, seconds, seconds_or_zero
from ._wire.callers import parameters_of
from ._wire.json_values import to_json_value
from ._wire.names import camel_case
from ._wire.response import is_passing
from .exceptions import ApiException, ApiTimeoutException, NotFoundException, told

__all__ = ["wait_until"]

T = TypeVar("T")

FIELDS = ("create_status", "state", "status", "job_state", "job_status")
"""The fields that say how far something is; the first one that there is counts."""

DONE = frozenset({"complete", "completed", "finished", "fulfilled", "succeeded", "success"})
FAILED = frozenset(
    {
        "aborted",
        "canceled",
        "cancelled",
        "completedwitherrors",
        "error",
        "exception",
        "expired",
        "failed",
        "failure",
        "incomplete",
        "internalerror",
        "partialcompleted",
        "partialfailure",
        "rollbackcomplete",
        "rollbackfailed",
        "terminated",
        "validationfailed",
    }
)
UNDER_WAY = frozenset(
    {
        "abortrequested",
        "accepted",
        "created",
        "deleting",
        "executing",
        "finalizing",
        "idle",
        "init",
        "initiated",
        "inprogress",
        "inqueue",
        "ongoing",
        "pending",
        "postprocessing",
        "processing",
        "queued",
        "registered",
        "running",
        "scheduled",
        "scheduling",
        "searching",
        "started",
        "throttled",
        "updating",
        "uploading",
        "validationcompleted",
        "validationinprogress",
        "waitingforupload",
    }
)
"""What the platform's jobs say of themselves, without capitals and underscores."""

_REASONS = (
    "create_error",
    "error",
    "error_information",
    "error_info",
    "error_message",
    "failure_reason",
)
"""The fields that say why something has failed."""

_SHORTEST = 0.001
"""Seconds that a read has at least, as 0 is no time limit; it then says itself that it is late."""

_GROWTH = 1.5
"""How much longer each pause is than the one before."""


def wait_until(
    call: Callable[..., T],
    done: Callable[[T], object] | None = None,
    *,
    failed: Callable[[T], object] | None = None,
    deadline: float | None = 300,
    interval: float = 1,
    max_interval: float = 30,
    missing_for: float = 10,
) -> T:
    """Read something again and again until it is done.

    >>> read = partial(api.get_conversations_messaging_integrations_open_integration_id, created.id)
    >>> integration = wait_until(read)

    Without ``done``, what is read must say itself how far it is: integrations by ``create_status``
    (one without is complete), jobs and exports by ``state`` or ``status``.

    Args:
        call: Reads it, without arguments. If it takes ``_deadline``, as a ``functools.partial`` of
            a method does, each read gets what is left; a lambda's own limits may outlast ours.
        done: Whether it is done, judged by what was read.
        failed: Whether it has failed, and waiting is of no use: a text that says why, or anything
            true.
        deadline: Seconds for all of it; ``None`` for no limit.
        interval: Seconds from the first read to the second. Later pauses are longer.
        max_interval: Seconds that no pause exceeds.
        missing_for: Seconds in which a 404 means that it is not there yet.

    Returns:
        What was read last.

    Raises:
        ApiException: It has failed (status 0; ``entity_id`` is its id, ``error`` is why, if the
            platform has said so), or it cannot be read: a refusal, or a 404 after ``missing_for``.
            What may pass (no answer, 429, 5xx but for 501 and 505) ends the wait only if there is
            no deadline.
        ApiTimeoutException: It was not done in time; ``entity_id`` is its id, ``__cause__`` the
            failure of the last read, if it failed.
        TypeError: An argument is no function.
        ValueError: An argument cannot be used; or, without ``done``, what was read does not say how
            far it is.
    """
    for name, function in (("call", call), ("done", done), ("failed", failed)):
        if not callable(function) and (function is not None or name == "call"):
            raise TypeError(f"{name}: give a function, not {type(function).__name__}")
    wait = _Wait(checked("deadline", optional(seconds), deadline))
    longest = checked("max_interval", seconds, max_interval)
    pause = min(checked("interval", seconds, interval), longest)
    missing_until = wait.begun + checked("missing_for", seconds_or_zero, missing_for)
    takes_deadline = deadline is not None and _takes_deadline(call)
    while True:
        try:
            found = call(_deadline=max(wait.left(), _SHORTEST)) if takes_deadline else call()
        except NotFoundException as error:
            if time.monotonic() >= missing_until:
                raise
            wait.note_failure("it is not there yet", error)
        except ApiException as error:
            if deadline is None or not _may_pass(error):
                raise
            wait.note_failure("it could not be read", error)
        else:
            if failed is not None and (why := failed(found)):
                raise failure(found, why if isinstance(why, str) else "it has failed")
            if done(found) if done is not None else _is_done(found):
                return found
            wait.note(found)
        wait.sleep(pause)
        pause = min(pause * _GROWTH, longest)


class _Wait:
    """How long it may still take, and what was seen last."""

    def __init__(self, limit: float | None) -> None:
        self.begun = time.monotonic()
        self._limit = math.inf if limit is None else limit
        self._seen = ""
        self._id: str | None = None
        self._failure: ApiException | None = None

    def left(self) -> float:
        return self.begun + self._limit - time.monotonic()

    def note(self, found: object) -> None:
        self._id, self._failure = _id_of(found), None
        progress = _progress(found)
        self._seen = "its {} is {}".format(*progress) if progress else "it was there"

    def note_failure(self, what: str, error: ApiException) -> None:
        self._seen, self._failure = what, error

    def sleep(self, pause: float) -> None:
        left = self.left() - min(1, self._limit / 10)  # so that a last read has some time
        if left <= 0:
            raise self._too_late() from self._failure
        time.sleep(min(pause, left))

    def _too_late(self) -> ApiException:
        text = f"{_name(self._id)} was not done within {self._limit:g} seconds: {self._seen}"
        return told(ApiTimeoutException, text, entity_id=self._id)


def _may_pass(error: ApiException) -> bool:
    return error.status == 0 or is_passing(error.status)


def _name(entity_id: str | None) -> str:
    return entity_id or "What was waited for"


def _takes_deadline(call: Callable[..., object]) -> bool:
    if isinstance(call, partial) and "_deadline" in call.keywords:  # a limit of its own
        return False
    try:
        parameters = parameters_of(call)
    except ValueError:  # of a function that is not written in Python
        return False
    return any(one.name == "_deadline" or one.kind is one.VAR_KEYWORD for one in parameters)


def _is_done(found: object) -> bool:
    field, value = _progress(found) or ("", "")
    word = re.sub("[-_ ]", "", value).lower()
    if word in DONE or (not field and _has(found, "create_status")):
        return True
    if word in FAILED:
        raise failure(found, f"its {field} is {value}")
    if word in UNDER_WAY:
        return False
    what = f"whose {field} is {value!r}" if field else f"of type {type(found).__name__}"
    raise ValueError(f"done: say what is waited for, as nobody knows it of something {what}")


def _progress(found: object) -> tuple[str, str] | tuple[()]:
    """Find the field that says how far it is, and what it says."""
    for field in FIELDS:
        value = _value(found, field)
        if value is not None:
            return field, str(value)
        if field == "create_status" and _has(found, field):
            break  # what else it says is about its life after that
    return ()


def failure(found: object, why: str) -> ApiException:
    """Make the exception for something that has failed.

    Args:
        found: What was read, which may say why.
        why: What it was judged by.
    """
    error = next((one for name in _REASONS if (one := _value(found, name))), None)
    said = error if isinstance(error, str) else _value(error, "message")
    entity_id = _id_of(found)
    text = f"{_name(entity_id)} was not done: {why}" + (f": {said}" if said else "")
    is_body = isinstance(error, (Mapping, models.ErrorBody))
    body = json.dumps(to_json_value(error)) if is_body else None
    return told(ApiException, text, entity_id=entity_id, body=body)


def _has(found: object, field: str) -> bool:
    return field in getattr(found, "swagger_types", ())


def _value(found: object, field: str) -> object:
    """Give a field of a model, or of a dict by either of its names."""
    if isinstance(found, Mapping):
        return found.get(camel_case(field), found.get(field))
    return getattr(found, field, None)


def _id_of(found: object) -> str | None:
    value = _value(found, "id")
    return value if isinstance(value, str) else None
