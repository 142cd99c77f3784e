"""The table of the integrations."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import astuple, fields
from typing import Any

from ..entities import Integration, Kind
from .database import Table

# "sequence" keeps the order of creation, which is the order of every listing. An id is unique
# among all organizations, as on the platform: a webhook's address names nothing else.
SCHEMA = """
CREATE TABLE IF NOT EXISTS integrations (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    organization_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    created REAL NOT NULL,
    modified REAL NOT NULL,
    created_by TEXT NOT NULL,
    modified_by TEXT NOT NULL,
    fields TEXT NOT NULL,
    fingerprints TEXT NOT NULL,
    UNIQUE (id, kind)
);
CREATE INDEX IF NOT EXISTS integrations_in_order
    ON integrations (organization_id, kind, sequence);
"""

_COLUMNS = tuple(column.name for column in fields(Integration))
_INSERT = (
    f"INSERT INTO integrations ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
)


class DuplicateError(ValueError):
    """An integration of this kind already has this id."""


class Integrations(Table):
    """The integrations of every organization."""

    def add(self, integration: Integration) -> None:
        """Keep a new integration, unless its id is taken."""
        *values, shown, fingerprints = astuple(integration)
        try:
            self._database.change(_INSERT, *values, json.dumps(shown), json.dumps(fingerprints))
        except sqlite3.IntegrityError as error:
            raise DuplicateError("the id of an integration is already taken") from error

    def find(self, kind: Kind, integration_id: str) -> Integration | None:
        """Look an integration up, of whichever organization."""
        row = self._database.one(
            "SELECT * FROM integrations WHERE kind = ? AND id = ?", kind, integration_id
        )
        return None if row is None else _integration(row)

    def list(
        self, organization_id: str, kind: Kind, *, limit: int, offset: int
    ) -> tuple[list[Integration], int]:
        """Read a part of the integrations in the order of their creation, and count them all."""
        with self._database.transaction():
            ((total,),) = self._database.all(
                "SELECT count(*) FROM integrations WHERE organization_id = ? AND kind = ?",
                organization_id,
                kind,
            )
            rows = self._database.all(
                "SELECT * FROM integrations WHERE organization_id = ? AND kind = ?"
                " ORDER BY sequence LIMIT ? OFFSET ?",
                organization_id,
                kind,
                limit,
                offset,
            )
        return [_integration(row) for row in rows], total

    def save(self, integration: Integration) -> None:
        """Replace what is kept under the integration's kind and id."""
        self._database.change(
            "UPDATE integrations SET status = ?, version = ?, modified = ?, modified_by = ?,"
            " fields = ?, fingerprints = ? WHERE kind = ? AND id = ?",
            integration.status,
            integration.version,
            integration.modified,
            integration.modified_by,
            json.dumps(dict(integration.fields)),
            json.dumps(dict(integration.fingerprints)),
            integration.kind,
            integration.id,
        )

    def remove(self, kind: Kind, integration_id: str) -> None:
        """Forget an integration."""
        self._database.change(
            "DELETE FROM integrations WHERE kind = ? AND id = ?", kind, integration_id
        )

    def set_status(self, integration_id: str, status: str) -> bool:
        """Change a status as the messengers do, without a new version; False for an unknown id."""
        changed = self._database.change(
            "UPDATE integrations SET status = ? WHERE id = ?", status, integration_id
        )
        return changed > 0

    def clear(self, organization_id: str) -> None:
        """Forget the integrations of an organization."""
        self._database.change("DELETE FROM integrations WHERE organization_id = ?", organization_id)


def _integration(row: sqlite3.Row) -> Integration:
    values: dict[str, Any] = {column: row[column] for column in _COLUMNS}
    for name in ("fields", "fingerprints"):
        values[name] = json.loads(values[name])
    return Integration(**values)
