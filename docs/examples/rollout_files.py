"""The two files of rollout.py: the state that is wanted, and what became of every organization."""

from __future__ import annotations

import calendar
import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import IO, Any

from PureCloudPlatformClientV2 import (
    FacebookIntegrationRequest,
    FacebookIntegrationUpdateRequest,
    OpenIntegrationRequest,
    OpenIntegrationUpdateRequest,
)

if sys.platform != "win32":  # there, two runs at once are yours to avoid
    import fcntl

Json = dict[str, Any]

TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"

CREDENTIALS = {"access_token", "client_id", "client_secret"}

REQUESTS: dict[str, Any] = {
    "facebook": FacebookIntegrationRequest,
    "open": OpenIntegrationRequest,
}

UPDATES: dict[str, Any] = {
    "facebook": FacebookIntegrationUpdateRequest,
    "open": OpenIntegrationUpdateRequest,
}

REQUIRED = {
    "facebook": {"name"},
    "open": {
        "name",
        "outbound_notification_webhook_url",
        "outbound_notification_webhook_signature_secret_token",
    },
}

READ_ONLY = {"id", "self_uri"}

REFERENCES = {"supported_content", "messaging_setting"}
"""Fields that refer to something else of the organization; the file has its id."""


def load(path: Path) -> dict[str, Json]:
    """Read the state file, and refuse what would fail half-way through.

    Args:
        path: The file.

    Returns:
        The organizations by key.

    Raises:
        OSError: The file cannot be read.
        ValueError: Something in it cannot be used; the message says where.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        organizations: dict[str, Json] = document["organizations"]
        for key, organization in organizations.items():
            _check(key, organization)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} has not the form that docs/scaling.md shows: {error!r}"
        ) from error
    return organizations


def _check(key: str, organization: Json) -> None:
    for name in organization.keys() - {"host", "integrations"}:
        _require(name in CREDENTIALS, f"{key}: there is no setting {name!r}")
        _require_reference(f"{key}: {name}", organization[name])
    client = {"client_id", "client_secret"} <= organization.keys()
    _require(
        isinstance(organization["host"], str) and (client or "access_token" in organization),
        f"{key}: give host, and access_token or client_id and client_secret",
    )
    for kind, all_wanted in organization["integrations"].items():
        _require(kind in REQUESTS, f"{key}: {kind} is none of {', '.join(REQUESTS)}")
        names = [wanted["name"] for wanted in all_wanted]
        _require(len(set(names)) == len(names), f"{key}: two {kind} integrations have one name")
        for wanted in all_wanted:
            _check_integration(f"{key}: {kind} {wanted['name']!r}", kind, wanted)


def _check_integration(place: str, kind: str, wanted: Json) -> None:
    missing = sorted(REQUIRED[kind] - wanted.keys())
    _require(not missing, f"{place}: there must be {' and '.join(missing)}")
    fields = REQUESTS[kind].swagger_types.keys() - READ_ONLY
    for name, value in wanted.items():
        _require(name in fields, f"{place}: {name}: there is no such field")
        if name == "webhook_headers":
            _require(isinstance(value, dict), f"{place}: {name}: write headers and their values")
            for header, secret in value.items():
                _require_reference(f"{place}: {name}: {header}", secret)
        elif name in REQUESTS[kind].secret_fields or not isinstance(value, str):
            _require_reference(f"{place}: {name}", value)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _require_reference(place: str, value: object) -> None:
    form = '{"env": "NAME"} or {"file": "PATH"}'
    _require(_is_reference(value), f"{place}: write {form}, never a secret itself")


def _is_reference(value: object) -> bool:
    match value:
        case {"env": str(), **more} | {"file": str(), **more}:
            return not more
        case _:
            return False


def digest(*wanted: object) -> str:
    """Make a short text that differs if what is wanted does. There is no secret in it.

    Args:
        *wanted: What the state file says, and the options that matter.
    """
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


class Results:
    """What became of every organization: a line of JSON each time, on the disk at once."""

    def __init__(self, path: Path) -> None:
        """Open the file, and keep other runs from it until this one ends.

        Args:
            path: The file; a new one if there is none.

        Raises:
            ValueError: Another run has it open, or it is something else.
        """
        self._file: IO[bytes] = path.open("a+b")
        if sys.platform != "win32":
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ValueError(f"another run is writing to {path}") from None
        self._file.seek(0)
        *lines, torn = self._file.read().split(b"\n")
        try:
            self._latest: dict[str, Json] = {
                line["organization"]: line for line in map(json.loads, lines)
            }
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is not a file of results: {error!r}") from error
        if torn:  # by a run that was cut off while it wrote
            self._file.truncate(self._file.tell() - len(torn))

    def finished(self, key: str) -> str | None:
        """Give the digest of what an organization was brought to; None if it was not.

        Args:
            key: The organization.
        """
        latest = self._latest.get(key, {})
        return latest.get("digest") if latest.get("status") == "done" else None

    def last_change(self, key: str) -> float:
        """Say when an organization was changed by the work on it, in seconds since 1970.

        Args:
            key: The organization.

        Returns:
            The time; now, if an earlier run had begun and did not end; 0 if nothing is known.
        """
        latest = self._latest.get(key, {})
        if latest.get("status") == "begun":
            return time.time()
        if not latest.get("changes"):
            return 0
        return calendar.timegm(time.strptime(latest["time"], TIME_FORMAT)) + 1  # it was cut down

    def note(self, key: str, status: str, **more: object) -> None:
        """Write a line.

        Args:
            key: The organization.
            status: "begun", "done" or "failed".
            **more: What else to write.
        """
        now = time.strftime(TIME_FORMAT, time.gmtime())
        line = {"organization": key, "status": status, "time": now, **more}
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        if status != "begun":
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file, and let another run have it."""
        self._file.close()
