"""Entities to make rows of, and what is in the only row."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from PureCloudPlatformClientV2 import QueueEntityListing, to_rows
from PureCloudPlatformClientV2.models import LocalDateTime, Model, Secret
from PureCloudPlatformClientV2.year_month import YearMonth

QUEUE: dict[str, Any] = {
    "id": "q-1",
    "name": "Käse",
    "division": {"id": "d-1", "name": "Home", "selfUri": "/d"},
    "dateCreated": "2026-11-03T09:30:00.120Z",
    "memberCount": 3,
    "autoAnswerOnly": True,
    "mediaSettings": {"call": {"alertingTimeoutSeconds": 8}},
    "memberGroups": [{"id": "g-1", "type": "TEAM"}],
}


def queues(*wire: dict[str, Any]) -> QueueEntityListing:
    return QueueEntityListing.from_dict({"entities": list(wire)})


def only(listing: Any, **options: Any) -> dict[str, Any]:
    """The only row, without what is not set."""
    (row,) = to_rows(listing, **options)
    return {name: value for name, value in row.items() if value is not None}


class Thing(Model):
    """Has a field of every kind."""

    text: str | None = None
    number: float | None = None
    day: date | None = None
    moment: datetime | None = None
    local: LocalDateTime | None = None
    month: YearMonth | None = None
    anything: Any = None
    pin: Secret[str] = None
    word: Secret[str] = None
    id: Secret[str] = None
    self_uri: str | None = None
