"""All the SQL: integrations, OAuth clients and what they were issued, in one SQLite database."""

from __future__ import annotations

import hmac
import json
import sqlite3
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from .entities import (
    AuthorizationCode,
    Integration,
    Kind,
    RefreshToken,
    Token,
    fingerprint,
    token_id,
)

SCHEMA_VERSION = 1

# "sequence" keeps the order of creation, which is the order of every listing.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS integrations (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
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
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS integrations_in_order ON integrations (kind, sequence);
CREATE TABLE IF NOT EXISTS tokens (
    fingerprint TEXT PRIMARY KEY,
    permissions TEXT NOT NULL,
    owner TEXT NOT NULL,
    expires REAL
);
CREATE TABLE IF NOT EXISTS clients (
    id TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    name TEXT NOT NULL
);
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

_TABLES = ("integrations", "tokens", "clients", "authorization_codes", "refresh_tokens")

_INSERT_INTEGRATION = """
INSERT INTO integrations (
    kind, id, status, version, created, modified, created_by, modified_by, fields, fingerprints
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class StoreError(Exception):
    """The database cannot be used; the message says which and why."""


class DuplicateError(ValueError):
    """An integration of this kind already has this id."""


class Store:
    """The durable state of a sandbox. Every method may be called from any thread."""

    def __init__(self, database: str | Path | None = None) -> None:
        """Open the database, creating it if need be.

        Args:
            database: A file, or None to keep everything in memory.

        Raises:
            StoreError: The file cannot be opened, or is something else than a sandbox database.
        """
        self._lock = threading.RLock()
        self._database = ":memory:" if database is None else str(database)
        try:
            # The lock takes the place of sqlite3's own check for use by a single thread.
            self._connection = sqlite3.connect(
                self._database, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise StoreError(f"cannot open the database {self._database}: {error}") from error
        self._connection.row_factory = sqlite3.Row
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the database; a file keeps its contents."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Make everything inside the block happen together, or not at all.

        A block within another belongs to the outer one.
        """
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def clear(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in _TABLES:
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - one of ours

    def add_integrations(self, integrations: Iterable[Integration]) -> None:
        """Keep new integrations, all or none.

        Args:
            integrations: What to keep, in the order in which listings shall show them.

        Raises:
            DuplicateError: One of them has an id that is taken.
        """
        with self.transaction():
            try:
                self._connection.executemany(
                    _INSERT_INTEGRATION,
                    (_integration_row(integration) for integration in integrations),
                )
            except sqlite3.IntegrityError as error:
                raise DuplicateError("the id of an integration is already taken") from error

    def find_integration(self, kind: Kind, integration_id: str) -> Integration | None:
        """Look an integration up.

        Args:
            kind: Which messenger it belongs to.
            integration_id: Its id.
        """
        with self._lock:
            row = self._connection.execute(
                "SELECT * FROM integrations WHERE kind = ? AND id = ?",
                (kind, integration_id),
            ).fetchone()
        return None if row is None else _integration(row)

    def list_integrations(
        self, kind: Kind, *, limit: int, offset: int
    ) -> tuple[list[Integration], int]:
        """Read a part of the integrations in the order of their creation.

        Args:
            kind: Which messenger they belong to.
            limit: How many to read at most.
            offset: How many to skip first.

        Returns:
            The integrations, and how many there are in total.
        """
        with self._lock:
            (total,) = self._connection.execute(
                "SELECT count(*) FROM integrations WHERE kind = ?", (kind,)
            ).fetchone()
            rows = self._connection.execute(
                "SELECT * FROM integrations WHERE kind = ? ORDER BY sequence LIMIT ? OFFSET ?",
                (kind, limit, offset),
            ).fetchall()
        return [_integration(row) for row in rows], total

    def save_integration(self, integration: Integration) -> None:
        """Replace what is kept under the integration's kind and id.

        Args:
            integration: The new state.
        """
        with self._lock:
            self._connection.execute(
                "UPDATE integrations SET status = ?, version = ?, modified = ?, modified_by = ?,"
                " fields = ?, fingerprints = ? WHERE kind = ? AND id = ?",
                (
                    integration.status,
                    integration.version,
                    integration.modified,
                    integration.modified_by,
                    json.dumps(dict(integration.fields)),
                    json.dumps(dict(integration.fingerprints)),
                    integration.kind,
                    integration.id,
                ),
            )

    def remove_integration(self, kind: Kind, integration_id: str) -> bool:
        """Forget an integration.

        Args:
            kind: Which messenger it belongs to.
            integration_id: Its id.

        Returns:
            Whether there was one.
        """
        with self._lock:
            cursor = self._connection.execute(
                "DELETE FROM integrations WHERE kind = ? AND id = ?", (kind, integration_id)
            )
            return cursor.rowcount > 0

    def set_status(self, integration_id: str, status: str) -> bool:
        """Put an integration of any kind into a state, as the messengers do: no new version.

        Args:
            integration_id: Its id.
            status: The new status.

        Returns:
            Whether there was one.
        """
        with self._lock:
            cursor = self._connection.execute(
                "UPDATE integrations SET status = ? WHERE id = ?", (status, integration_id)
            )
            return cursor.rowcount > 0

    def add_token(
        self, token: str, *, permissions: frozenset[str], owner: str, expires: float | None
    ) -> None:
        """Accept a token from now on.

        Args:
            token: The bearer token; only its fingerprint is kept.
            permissions: What it may do.
            owner: On whose behalf it acts.
            expires: When it stops working, in seconds since the epoch; None for never.
        """
        with self._lock:
            self._connection.execute(
                "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?)",
                (fingerprint(token), json.dumps(sorted(permissions)), owner, expires),
            )

    def find_token(self, token: str) -> Token | None:
        """Look a token up, whether or not it has expired.

        Args:
            token: The bearer token.
        """
        with self._lock:
            row = self._connection.execute(
                "SELECT permissions, owner, expires FROM tokens WHERE fingerprint = ?",
                (fingerprint(token),),
            ).fetchone()
        if row is None:
            return None
        permissions, owner, expires = row
        return Token(token_id(token), frozenset(json.loads(permissions)), owner, expires)

    def expire_token(self, token: str, when: float) -> bool:
        """Let a token end.

        Args:
            token: The bearer token.
            when: The moment from which it is refused, in seconds since the epoch.

        Returns:
            Whether the token is known.
        """
        with self._lock:
            cursor = self._connection.execute(
                "UPDATE tokens SET expires = ? WHERE fingerprint = ?", (when, fingerprint(token))
            )
            return cursor.rowcount > 0

    def expire_tokens(self, when: float) -> None:
        """Let every token end that has not ended before.

        Args:
            when: The moment from which they are refused, in seconds since the epoch.
        """
        with self._lock:
            self._connection.execute(
                "UPDATE tokens SET expires = ? WHERE expires IS NULL OR expires > ?", (when, when)
            )

    def add_code(self, code: str, record: AuthorizationCode) -> None:
        """Accept an authorization code from now on.

        Args:
            code: The code; only its fingerprint is kept.
            record: What it is bound to.
        """
        with self._lock:
            self._connection.execute(
                "INSERT INTO authorization_codes VALUES (?, ?, ?, ?, ?)",
                (fingerprint(code), *astuple(record)),
            )

    def find_code(self, code: str) -> AuthorizationCode | None:
        """Look an authorization code up, whether or not it has expired.

        Args:
            code: The code.
        """
        with self._lock:
            row = self._connection.execute(
                "SELECT client_id, redirect_uri, challenge, expires FROM authorization_codes"
                " WHERE fingerprint = ?",
                (fingerprint(code),),
            ).fetchone()
        return None if row is None else AuthorizationCode(*row)

    def remove_code(self, code: str) -> None:
        """Forget an authorization code.

        Args:
            code: The code.
        """
        with self._lock:
            self._connection.execute(
                "DELETE FROM authorization_codes WHERE fingerprint = ?", (fingerprint(code),)
            )

    def add_refresh_token(self, refresh_token: str, record: RefreshToken) -> None:
        """Accept a refresh token from now on.

        Args:
            refresh_token: The token; only its fingerprint is kept.
            record: What it is bound to.
        """
        with self._lock:
            self._connection.execute(
                "INSERT INTO refresh_tokens VALUES (?, ?, ?)",
                (fingerprint(refresh_token), *astuple(record)),
            )

    def find_refresh_token(self, refresh_token: str) -> RefreshToken | None:
        """Look a refresh token up.

        Args:
            refresh_token: The token.
        """
        with self._lock:
            row = self._connection.execute(
                "SELECT client_id, confidential FROM refresh_tokens WHERE fingerprint = ?",
                (fingerprint(refresh_token),),
            ).fetchone()
        return None if row is None else RefreshToken(row[0], bool(row[1]))

    def remove_refresh_token(self, refresh_token: str) -> None:
        """Forget a refresh token.

        Args:
            refresh_token: The token.
        """
        with self._lock:
            self._connection.execute(
                "DELETE FROM refresh_tokens WHERE fingerprint = ?", (fingerprint(refresh_token),)
            )

    def remove_refresh_tokens(self) -> None:
        """Forget all refresh tokens."""
        with self._lock:
            self._connection.execute("DELETE FROM refresh_tokens")

    def find_client(self, client_id: str) -> str | None:
        """Look an OAuth client up.

        Args:
            client_id: Its id.

        Returns:
            The client's name, or None if there is no such client.
        """
        with self._lock:
            row = self._connection.execute(
                "SELECT name FROM clients WHERE id = ?", (client_id,)
            ).fetchone()
        return None if row is None else row[0]

    def add_client(self, client_id: str, client_secret: str, name: str) -> None:
        """Accept an OAuth client from now on.

        Args:
            client_id: Its id.
            client_secret: Its secret; only the fingerprint is kept.
            name: What it is called.
        """
        with self._lock:
            self._connection.execute(
                "INSERT OR REPLACE INTO clients VALUES (?, ?, ?)",
                (client_id, fingerprint(client_secret), name),
            )

    def authenticate_client(self, client_id: str, client_secret: str) -> str | None:
        """Check the credentials of an OAuth client.

        Args:
            client_id: Its id.
            client_secret: Its secret.

        Returns:
            The client's name, or None if id and secret don't go together.
        """
        with self._lock:
            row = self._connection.execute(
                "SELECT fingerprint, name FROM clients WHERE id = ?", (client_id,)
            ).fetchone()
        if row is None or not hmac.compare_digest(row[0], fingerprint(client_secret)):
            return None
        name: str = row[1]
        return name

    def _prepare(self) -> None:
        try:
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if version != SCHEMA_VERSION and (version or tables):
                raise StoreError(f"{self._database} is not a database of this sandbox")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
            self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")
        except sqlite3.Error as error:
            raise StoreError(f"cannot use the database {self._database}: {error}") from error


def _integration_row(integration: Integration) -> tuple[str | int | float, ...]:
    return (
        integration.kind,
        integration.id,
        integration.status,
        integration.version,
        integration.created,
        integration.modified,
        integration.created_by,
        integration.modified_by,
        json.dumps(dict(integration.fields)),
        json.dumps(dict(integration.fingerprints)),
    )


def _integration(row: sqlite3.Row) -> Integration:
    return Integration(
        kind=row["kind"],
        id=row["id"],
        status=row["status"],
        version=row["version"],
        created=row["created"],
        modified=row["modified"],
        created_by=row["created_by"],
        modified_by=row["modified_by"],
        fields=json.loads(row["fields"]),
        fingerprints=json.loads(row["fingerprints"]),
    )
