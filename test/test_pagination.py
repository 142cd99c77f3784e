from __future__ import annotations

from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiException, MessagingApi, paginate
from PureCloudPlatformClientV2.models import MessagingStickerEntityListing
from PureCloudPlatformClientV2.sandbox import Sandbox


def pages_asked_for(service: Service) -> list[str]:
    return [request.query["pageNumber"] for request in service.requests]


def answer_pages(service: Service, *pages: list[str], page_count: int | None) -> None:
    for ids in pages:
        page: dict[str, Any] = {"entities": [{"id": one} for one in ids]}
        if page_count is not None:
            page["pageCount"] = page_count
        service.answer(200, page)


def test_paginate_walks_to_the_last_page(api: MessagingApi, service: Service) -> None:
    answer_pages(service, ["a", "b"], ["c"], page_count=2)
    walk = paginate(api.get_messaging_integrations_line, page_size=2)
    assert [integration.id for integration in walk] == ["a", "b", "c"]
    assert pages_asked_for(service) == ["1", "2"]
    assert {request.query["pageSize"] for request in service.requests} == {"2"}


def test_paginate_stops_at_an_empty_page_where_the_count_is_unknown(
    api: MessagingApi, service: Service
) -> None:
    answer_pages(service, ["a"], ["b"], [], page_count=None)
    assert [one.id for one in paginate(api.get_messaging_integrations_facebook)] == ["a", "b"]
    assert pages_asked_for(service) == ["1", "2", "3"]


def test_paginate_stops_at_an_empty_page_whatever_the_count(
    api: MessagingApi, service: Service
) -> None:
    answer_pages(service, ["a"], [], page_count=9)
    assert len(list(paginate(api.get_messaging_integrations_twitter))) == 1
    assert pages_asked_for(service) == ["1", "2"]


def test_paginate_starts_where_it_is_told(api: MessagingApi, service: Service) -> None:
    answer_pages(service, ["c"], page_count=3)
    walk = paginate(api.get_messaging_integrations_line, page_number=3)
    assert [integration.id for integration in walk] == ["c"]
    assert pages_asked_for(service) == ["3"]


def test_paginate_hands_on_positional_arguments_and_options(
    api: MessagingApi, service: Service
) -> None:
    answer_pages(service, ["s"], page_count=1)
    walk = paginate(api.get_messaging_sticker, "line", _headers={"X-Own": "yes"})
    assert [sticker.id for sticker in walk] == ["s"]
    assert service.requests[-1].path == "/api/v2/messaging/stickers/line"
    assert service.requests[-1].headers["X-Own"] == "yes"


def test_pages_are_fetched_only_when_their_entities_are_asked_for(
    api: MessagingApi, service: Service
) -> None:
    answer_pages(service, ["a", "b"], ["c"], page_count=2)
    walk = paginate(api.get_messaging_integrations_line)
    assert service.requests == []
    assert [next(walk).id, next(walk).id] == ["a", "b"]
    assert pages_asked_for(service) == ["1"]
    assert next(walk).id == "c"
    assert pages_asked_for(service) == ["1", "2"]


def test_a_page_that_cannot_be_fetched_raises_where_the_walk_is(
    api: MessagingApi, service: Service
) -> None:
    answer_pages(service, ["a"], page_count=2)
    service.answer(503, {})
    walk = paginate(api.get_messaging_integrations_line)
    assert next(walk).id == "a"
    with pytest.raises(ApiException):
        next(walk)


def test_a_result_in_place_of_the_method_is_refused() -> None:
    listing: Any = MessagingStickerEntityListing()
    with pytest.raises(TypeError, match="method"):
        paginate(listing)


def test_a_callback_is_refused(api: MessagingApi, service: Service) -> None:
    with pytest.raises(TypeError, match="callback"):
        paginate(api.get_messaging_integrations_line, callback=print)
    assert service.requests == []


def test_paginate_walks_over_everything_there_is(
    sandbox_api: MessagingApi, purecloud_sandbox: Sandbox
) -> None:
    ids = [purecloud_sandbox.create_integration("line", name=f"n{n}")["id"] for n in range(7)]
    walk = paginate(sandbox_api.get_messaging_integrations_line, page_size=3)
    assert sorted(str(integration.id) for integration in walk) == sorted(ids)
