"""The table of the access tokens."""

from __future__ import annotations

import json

from ..entities import Token, fingerprint, token_id
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
