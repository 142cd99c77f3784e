"""What ``paginate`` yields, as a type checker sees it; checked by mypy and pyright, never run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from typing_extensions import assert_type

from PureCloudPlatformClientV2 import LineIntegration, MessagingApi, paginate
from PureCloudPlatformClientV2.models import EntityListing, Model
from PureCloudPlatformClientV2.models.entity_listing import Entities


class Member(Model):
    id: str | None = None


class Members(Entities[Member]):
    """A listing that does not say how many pages there are."""

    entities: list[Member] | None = None
    next_uri: str | None = None


class Row(Model):
    name: str | None = None


class Rows(Model):
    results: list[Row] | None = None
    cursor: str | None = None


class RowsWithin(Model):
    results: EntityListing[Row] | None = None


class Analysis(Model):
    conversations: list[Row] | None = None
    aggregations: list[Member] | None = None
    total_hits: int | None = None


class Details(Model):
    user_details: list[Row] | None = None


class People(Model):
    schemas: list[str] | None = None
    resources: list[Member] | None = None


class Found(Model):
    """What comes as any JSON."""

    results: Any | None = None
    types: list[str] | None = None


def members(queue_id: str, *, page_number: int | None = None) -> Members:
    raise NotImplementedError


def rows(*, cursor: str | None = None) -> Rows:
    raise NotImplementedError


def rows_within(body: dict[str, Any]) -> RowsWithin:
    raise NotImplementedError


def analysis(body: dict[str, Any]) -> Analysis:
    raise NotImplementedError


def details(body: dict[str, Any]) -> Details:
    raise NotImplementedError


def people(*, start_index: int | None = None) -> People:
    raise NotImplementedError


def found(q64: str) -> Found:
    raise NotImplementedError


def integration(integration_id: str) -> LineIntegration:
    raise NotImplementedError


def anything(*, page_number: int | None = None) -> Any:
    raise NotImplementedError


def json(*, cursor: str | None = None) -> dict[str, Any]:
    raise NotImplementedError


def walk(api: MessagingApi) -> None:
    assert_type(paginate(members, "id", page_number=2), Iterator[Member])
    assert_type(paginate(partial(members, "id"), prefetch=1), Iterator[Member])
    assert_type(paginate(rows), Iterator[Row])
    assert_type(paginate(rows_within, {}), Iterator[Row])
    assert_type(paginate(analysis, {"paging": {"pageSize": 100}}), Iterator[Row])
    assert_type(paginate(details, {}), Iterator[Row])
    assert_type(paginate(people), Iterator[Member])
    assert_type(next(paginate(found, "q")), Any)
    assert_type(paginate(analysis, {}, items="aggregations"), Iterator[Any])
    assert_type(paginate(anything), Iterator[Any])
    assert_type(paginate(json), Iterator[Any])
    assert_type(
        paginate(api.get_messaging_integrations_line, prefetch=2), Iterator[LineIntegration]
    )


def misuse(api: MessagingApi) -> None:
    """A type checker objects to each of these lines; else the comment would be too much."""
    paginate(integration, "id")  # type: ignore[arg-type]  # pyright: ignore
    paginate(members("id"))  # type: ignore[call-overload]  # pyright: ignore
    paginate(members, "id", prefetch="1")  # type: ignore[call-overload]  # pyright: ignore
    paginate(members, "id", items=5)  # type: ignore[call-overload]  # pyright: ignore
