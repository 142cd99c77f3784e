"""The tables of the access tokens, and of what is traded for them: codes and refresh tokens."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import astuple

from ..credentials import AuthorizationCode, RefreshToken, Token, fingerprint, token_id
from .database import Table

# "permanent" is 1 for the token that an organization was created with, which a reset revives.
SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    fingerprint TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL,
    permissions TEXT NOT NULL,
    owner TEXT NOT NULL,
    expires REAL,
    permanent INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS organization_tokens ON tokens (organization_id);
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


class Tokens(Table):
    """The access tokens of every organization, without the tokens themselves."""

    def add(
        self,
        token: str,
        *,
        organization_id: str,
        permissions: frozenset[str],
        owner: str,
        expires: float | None,
    ) -> None:
        """Accept a token from now on; one without an end stays when its organization is reset."""
        self._database.change(
            "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, ?)",
            fingerprint(token),
            organization_id,
            json.dumps(sorted(permissions)),
            owner,
            expires,
            expires is None,
        )

    def find(self, token: str) -> Token | None:
        """Look a token up, whether or not it has expired."""
        row = self._database.one(
            "SELECT organization_id, permissions, owner, expires FROM tokens WHERE fingerprint = ?",
            fingerprint(token),
        )
        if row is None:
            return None
        organization_id, permissions, owner, expires = row
        return Token(
            token_id(token), organization_id, frozenset(json.loads(permissions)), owner, expires
        )

    def organization_id(self, token: str) -> str | None:
        """Find the organization to which a token belongs, even one that has expired."""
        row = self._database.one(
            "SELECT organization_id FROM tokens WHERE fingerprint = ?", fingerprint(token)
        )
        return None if row is None else row[0]

    def ids(self, organization_id: str) -> list[str]:
        """List the ids of an organization's tokens, as the request log has them."""
        rows = self._database.all(
            "SELECT substr(fingerprint, 1, 16) FROM tokens WHERE organization_id = ?",
            organization_id,
        )
        return [row[0] for row in rows]

    def expire(self, token: str, when: float) -> bool:
        """Let a token end, and say whether it is known."""
        changed = self._database.change(
            "UPDATE tokens SET expires = ? WHERE fingerprint = ?", when, fingerprint(token)
        )
        return changed > 0

    def expire_all(self, when: float) -> None:
        """Let every token end that has not ended before."""
        self._database.change(
            "UPDATE tokens SET expires = ? WHERE expires IS NULL OR expires > ?", when, when
        )

    def reset(self, organization_id: str) -> None:
        """Forget an organization's tokens, and revive the one that it was created with."""
        self._database.change(
            "DELETE FROM tokens WHERE organization_id = ? AND NOT permanent", organization_id
        )
        self._database.change(
            "UPDATE tokens SET expires = NULL WHERE organization_id = ?", organization_id
        )


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
