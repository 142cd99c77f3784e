"""The tables of the organizations and of their OAuth clients."""

from __future__ import annotations

import hmac
import sqlite3

from ..credentials import Client, fingerprint
from .database import Table

SCHEMA = """
CREATE TABLE IF NOT EXISTS organizations (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS organizations_by_name ON organizations (name);
CREATE TABLE IF NOT EXISTS clients (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    name TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS organization_clients ON clients (organization_id);
"""


class NameTakenError(ValueError):
    """Another organization is called like this."""


class Organizations(Table):
    """The organizations."""

    def save(self, organization_id: str, name: str) -> None:
        """Keep an organization, or give it another name."""
        try:
            self._database.change(
                "INSERT INTO organizations (id, name) VALUES (?, ?)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                organization_id,
                name,
            )
        except sqlite3.IntegrityError as error:
            raise NameTakenError(f"there is another organization called {name!r}") from error

    def name(self, organization_id: str) -> str | None:
        """Look up what an organization is called; None if there is no such."""
        row = self._database.one("SELECT name FROM organizations WHERE id = ?", organization_id)
        return None if row is None else row[0]

    def names(self) -> dict[str, str]:
        """List the organizations: names by id, in the order of their creation."""
        rows = self._database.all("SELECT id, name FROM organizations ORDER BY sequence")
        return {row["id"]: row["name"] for row in rows}


class Clients(Table):
    """The OAuth clients, without their secrets."""

    def save(self, client_id: str, client_secret: str, *, organization_id: str, name: str) -> None:
        """Accept an OAuth client from now on."""
        self._database.change(
            "INSERT OR REPLACE INTO clients VALUES (?, ?, ?, ?)",
            client_id,
            organization_id,
            fingerprint(client_secret),
            name,
        )

    def find(self, client_id: str) -> Client | None:
        """Look an OAuth client up."""
        row = self._database.one(
            "SELECT id, organization_id, name FROM clients WHERE id = ?", client_id
        )
        return None if row is None else Client(*row)

    def of_organization(self, organization_id: str) -> Client:
        """Find the OAuth client of an organization, the latest if it has had several."""
        row = self._database.one(
            "SELECT id, organization_id, name FROM clients WHERE organization_id = ?"
            " ORDER BY rowid DESC",
            organization_id,
        )
        if row is None:
            raise LookupError(f"there is no organization with the id {organization_id!r}")
        return Client(*row)

    def authenticate(self, client_id: str, client_secret: str) -> Client | None:
        """Look an OAuth client up; None if id and secret don't go together."""
        row = self._database.one("SELECT fingerprint FROM clients WHERE id = ?", client_id)
        if row is None or not hmac.compare_digest(row[0], fingerprint(client_secret)):
            return None
        return self.find(client_id)
