"""The SQLite database of a sandbox: one connection that all threads share."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

SCHEMA_VERSION = 4

Value = str | int | float | None
"""What a column may hold."""


class StoreError(Exception):
    """The database cannot be used; the message says which and why."""


class Database:
    """A database with the tables of a sandbox. Every method may be called from any thread."""

    def __init__(self, database: str | Path | None, schema: str) -> None:
        """Open the database, creating it if need be."""
        self._lock = threading.RLock()
        self._name = ":memory:" if database is None else str(database)
        try:
            # The lock takes the place of sqlite3's own check for use by a single thread.
            self._connection = sqlite3.connect(
                self._name, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise StoreError(f"cannot open the database {self._name}: {error}") from error
        self._connection.row_factory = sqlite3.Row
        try:
            self._prepare(schema)
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
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        if self._connection.in_transaction:  # some errors have rolled back already
            self._connection.execute("ROLLBACK")

    def one(self, sql: str, *parameters: Value) -> sqlite3.Row | None:
        """Read the first row of a result."""
        with self._lock:
            row: sqlite3.Row | None = self._connection.execute(sql, parameters).fetchone()
        return row

    def all(self, sql: str, *parameters: Value) -> list[sqlite3.Row]:
        """Read a result."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def change(self, sql: str, *parameters: Value) -> int:
        """Insert, update or delete."""
        with self._lock:
            return self._connection.execute(sql, parameters).rowcount

    def _prepare(self, schema: str) -> None:
        try:
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if version != SCHEMA_VERSION and (version or tables):
                raise StoreError(f"{self._name} is not a database of this sandbox")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(schema)
            self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")
        except sqlite3.Error as error:
            raise StoreError(f"cannot use the database {self._name}: {error}") from error


class Table:
    """What reads and writes a table."""

    def __init__(self, database: Database) -> None:
        """Work on a database that has the table."""
        self._database = database
