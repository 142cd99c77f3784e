"""The table of JSON documents: whatever the organizations have, by collection."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from .database import Table

# "sequence" keeps the order of creation, which is the order of every listing. The id of an
# integration is unique among all organizations: a webhook's address names nothing else.
SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    organization_id TEXT NOT NULL,
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    content TEXT NOT NULL,
    UNIQUE (organization_id, collection, id)
);
CREATE INDEX IF NOT EXISTS documents_in_order ON documents (organization_id, collection, sequence);
CREATE INDEX IF NOT EXISTS documents_by_id ON documents (id);
CREATE UNIQUE INDEX IF NOT EXISTS integrations_by_id
    ON documents (collection, id) WHERE collection GLOB 'integrations/*';
"""


class DuplicateError(ValueError):
    """Another document has the id already."""


@dataclass
class Document:
    """Something that an organization has: what requests said of it, and what the service knows."""

    id: str
    fields: dict[str, Any]
    """What comes back in responses, by wire name."""
    created: float
    modified: float
    created_by: str
    modified_by: str
    version: int = 1
    create_status: str | None = None
    """What was said by hand; else time and reads decide."""
    create_error: dict[str, Any] = field(default_factory=dict[str, Any])
    reads: int = 0
    """How often it was read, where that decides how far its creation is."""
    deleted: float | None = None
    """When it was deleted, where that shows only later."""
    hidden: dict[str, Any] = field(default_factory=dict[str, Any])
    """What no response of it shows: fingerprints of secrets, say."""


class Documents(Table):
    """The documents of every organization."""

    def add(self, organization_id: str, collection: str, document: Document) -> None:
        """Keep a new document, unless its id is taken."""
        try:
            self._database.change(
                "INSERT INTO documents (organization_id, collection, id, content)"
                " VALUES (?, ?, ?, ?)",
                organization_id,
                collection,
                document.id,
                _content(document),
            )
        except sqlite3.IntegrityError as error:
            raise DuplicateError(f"the id of one of the {collection} is already taken") from error

    def find(self, organization_id: str, collection: str, document_id: str) -> Document | None:
        """Look a document up."""
        row = self._database.one(
            "SELECT id, content FROM documents"
            " WHERE organization_id = ? AND collection = ? AND id = ?",
            organization_id,
            collection,
            document_id,
        )
        return None if row is None else _document(row)

    def all(self, organization_id: str, collection: str) -> list[tuple[str, Document]]:
        """Read a collection in the order of creation; its name may end with ``/*`` for several.

        Each document comes with the collection that it is in.
        """
        rows = self._database.all(
            "SELECT collection, id, content FROM documents"
            " WHERE organization_id = ? AND collection GLOB ? ORDER BY sequence",
            organization_id,
            collection,
        )
        return [(row["collection"], _document(row)) for row in rows]

    def page(
        self, organization_id: str, collection: str, *, limit: int, offset: int
    ) -> tuple[list[Document], int]:
        """Read a part of one collection in the order of creation, and count it all."""
        with self._database.transaction():
            ((total,),) = self._database.all(
                "SELECT count(*) FROM documents WHERE organization_id = ? AND collection = ?",
                organization_id,
                collection,
            )
            rows = self._database.all(
                "SELECT id, content FROM documents WHERE organization_id = ? AND collection = ?"
                " ORDER BY sequence LIMIT ? OFFSET ?",
                organization_id,
                collection,
                limit,
                offset,
            )
        return [_document(row) for row in rows], total

    def places(self, document_id: str) -> list[tuple[str, str]]:
        """Tell in which organizations and collections there is a document of this id."""
        rows = self._database.all(
            "SELECT organization_id, collection FROM documents WHERE id = ?", document_id
        )
        return [(row["organization_id"], row["collection"]) for row in rows]

    def save(self, organization_id: str, collection: str, document: Document) -> None:
        """Replace a document."""
        self._database.change(
            "UPDATE documents SET content = ?"
            " WHERE organization_id = ? AND collection = ? AND id = ?",
            _content(document),
            organization_id,
            collection,
            document.id,
        )

    def remove(
        self,
        organization_id: str,
        collection: str,
        document_id: str,
        *,
        deleted: float | None = None,
    ) -> None:
        """Forget a document; with a time, only if it is the one that was deleted then."""
        self._database.change(
            "DELETE FROM documents WHERE organization_id = ? AND collection = ? AND id = ?"
            " AND (? IS NULL OR json_extract(content, '$.deleted') = ?)",
            organization_id,
            collection,
            document_id,
            deleted,
            deleted,
        )

    def remove_deleted(self) -> None:
        """Forget what was deleted, and was kept for those who had not noticed."""
        self._database.change(
            "DELETE FROM documents WHERE json_extract(content, '$.deleted') IS NOT NULL"
        )

    def clear(self, organization_id: str) -> None:
        """Forget the documents of an organization."""
        self._database.change("DELETE FROM documents WHERE organization_id = ?", organization_id)


def _content(document: Document) -> str:
    """Write down everything but the id, which has a column."""
    return json.dumps({name: one for name, one in vars(document).items() if name != "id"})


def _document(row: sqlite3.Row) -> Document:
    return Document(id=row["id"], **json.loads(row["content"]))
