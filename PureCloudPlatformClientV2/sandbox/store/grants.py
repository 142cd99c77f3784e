"""The tables of what is traded for tokens: authorization codes and refresh tokens."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple

from ..entities import AuthorizationCode, RefreshToken, fingerprint
from .database import Table

SCHEMA = """
CREATE TABLE IF NOT EXISTS authorization_codes (
    fingerprint TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    challenge TEXT,
    expires REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS refresh_tokens (
    fingerprint TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    confidential INTEGER NOT NULL
);
"""


class _Grants(Table):
    """A table of what is traded for tokens, by fingerprint."""

    table = ""

    def add(self, grant: str, record: AuthorizationCode | RefreshToken) -> None:
        """Accept a code or refresh token from now on."""
        values = (fingerprint(grant), *astuple(record))
        marks = ", ".join("?" * len(values))
        self._database.change(f"INSERT INTO {self.table} VALUES ({marks})", *values)

    def remove(self, grant: str) -> None:
        """Forget a code or refresh token."""
        self._database.change(f"DELETE FROM {self.table} WHERE fingerprint = ?", fingerprint(grant))

    def remove_all(self) -> None:
        """Forget everything in the table."""
        self._database.change(f"DELETE FROM {self.table}")

    def clear(self, organization_id: str) -> None:
        """Forget what is for the clients of an organization."""
        self._database.change(
            f"DELETE FROM {self.table} WHERE client_id IN"
            " (SELECT id FROM clients WHERE organization_id = ?)",
            organization_id,
        )

    def _row(self, grant: str) -> sqlite3.Row | None:
        return self._database.one(
            f"SELECT * FROM {self.table} WHERE fingerprint = ?", fingerprint(grant)
        )


class Codes(_Grants):
    """The authorization codes, without the codes themselves."""

    table = "authorization_codes"

    def find(self, code: str) -> AuthorizationCode | None:
        """Look an authorization code up, whether or not it has expired."""
        row = self._row(code)
        return None if row is None else AuthorizationCode(*row[1:])


class RefreshTokens(_Grants):
    """The refresh tokens, without the tokens themselves."""

    table = "refresh_tokens"

    def find(self, refresh_token: str) -> RefreshToken | None:
        """Look a refresh token up."""
        row = self._row(refresh_token)
        return None if row is None else RefreshToken(row["client_id"], bool(row["confidential"]))
