"""All the SQL: one SQLite database, and a module for each group of its tables."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from . import documents, organizations, tokens
from .database import Database, StoreError
from .documents import Documents, DuplicateError
from .organizations import Clients, NameTakenError, Organizations
from .tokens import Codes, RefreshTokens, Tokens

__all__ = ["DuplicateError", "NameTakenError", "Store", "StoreError"]

_SCHEMA = organizations.SCHEMA + documents.SCHEMA + tokens.SCHEMA

_TABLES = (
    "documents",
    "tokens",
    "authorization_codes",
    "refresh_tokens",
    "clients",
    "organizations",
)


class Store:
    """The durable state of a sandbox, table by table. May be used from any thread."""

    def __init__(self, database: str | Path | None = None) -> None:
        """Open the database, creating it if need be."""
        self._database = Database(database, _SCHEMA)
        self.organizations: Organizations = Organizations(self._database)
        self.clients: Clients = Clients(self._database)
        self.tokens: Tokens = Tokens(self._database)
        self.codes: Codes = Codes(self._database)
        self.refresh_tokens: RefreshTokens = RefreshTokens(self._database)
        self.documents: Documents = Documents(self._database)
        self.documents.remove_deleted()

    def close(self) -> None:
        """Close the database; a file keeps its contents."""
        self._database.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Make everything inside the block happen together, or not at all.

        A block within another belongs to the outer one.
        """
        return self._database.transaction()

    def clear(self) -> None:
        """Forget everything."""
        with self.transaction():
            for table in _TABLES:
                self._database.change(f"DELETE FROM {table}")

    def reset(self, organization_id: str) -> None:
        """Forget what an organization has got since it was created."""
        with self.transaction():
            self.documents.clear(organization_id)
            self.codes.clear(organization_id)
            self.refresh_tokens.clear(organization_id)
            self.tokens.reset(organization_id)
