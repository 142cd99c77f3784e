"""All the SQL: one SQLite database, and a module for each group of its tables."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from . import grants, integrations, organizations, tokens
from .database import Database, StoreError
from .integrations import DuplicateError
from .organizations import NameTakenError

__all__ = ["DuplicateError", "NameTakenError", "Store", "StoreError"]

_SCHEMA = organizations.SCHEMA + integrations.SCHEMA + tokens.SCHEMA + grants.SCHEMA

_TABLES = (
    "integrations",
    "tokens",
    "authorization_codes",
    "refresh_tokens",
    "clients",
    "organizations",
)


class Store:
    """The durable state of a sandbox. Every method may be called from any thread.

    Attributes:
        organizations: Who has data here.
        clients: Their OAuth clients.
        tokens: Access tokens.
        codes: Authorization codes.
        refresh_tokens: Refresh tokens.
        integrations: The integrations of every organization.
    """

    def __init__(self, database: str | Path | None = None) -> None:
        """Open the database, creating it if need be."""
        self._database = Database(database, _SCHEMA)
        self.organizations: organizations.Organizations = organizations.Organizations(
            self._database
        )
        self.clients: organizations.Clients = organizations.Clients(self._database)
        self.tokens: tokens.Tokens = tokens.Tokens(self._database)
        self.codes: grants.Codes = grants.Codes(self._database)
        self.refresh_tokens: grants.RefreshTokens = grants.RefreshTokens(self._database)
        self.integrations: integrations.Integrations = integrations.Integrations(self._database)

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
            self.integrations.clear(organization_id)
            self.codes.clear(organization_id)
            self.refresh_tokens.clear(organization_id)
            self.tokens.reset(organization_id)
