"""The two files of rollout.py: the state that is wanted, and what became of every organization."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import IO, Any

from PureCloudPlatformClientV2 import (
    FacebookIntegrationRequest,
    LineIntegrationRequest,
    TwitterIntegrationRequest,
)

if sys.platform != "win32":  # there, two runs at once are yours to avoid
    import fcntl

Json = dict[str, Any]

CREDENTIALS = {"access_token", "client_id", "client_secret"}

REQUESTS: dict[str, Any] = {
    "facebook": FacebookIntegrationRequest,
    "line": LineIntegrationRequest,
    "twitter": TwitterIntegrationRequest,
}


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
            for name, value in wanted.items():
                place = f"{key}: {kind} {wanted['name']!r}: {name}"
                _require(name in REQUESTS[kind].swagger_types, f"{place}: there is no such field")
                if name in REQUESTS[kind].secret_fields or not isinstance(value, str):
                    _require_reference(place, value)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _require_reference(place: str, value: object) -> None:
    good = isinstance(value, dict) and len(value) == 1 and value.keys() <= {"env", "file"}
    _require(good, f'{place}: write {{"env": "NAME"}} or {{"file": "PATH"}}, never a secret itself')


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

    def was_cut_off(self, key: str) -> bool:
        """Say whether an earlier run had begun with an organization and did not end it.

        Args:
            key: The organization.
        """
        return self._latest.get(key, {}).get("status") == "begun"

    def note(self, key: str, status: str, **more: object) -> None:
        """Write a line.

        Args:
            key: The organization.
            status: "begun", "done" or "failed".
            **more: What else to write.
        """
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = {"organization": key, "status": status, "time": now, **more}
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        if status != "begun":
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file, and let another run have it."""
        self._file.close()
