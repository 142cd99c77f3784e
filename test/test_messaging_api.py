from __future__ import annotations

from datetime import datetime, timezone

import pytest
from service import Service

from PureCloudPlatformClientV2 import (
    FacebookIntegrationRequest,
    LineIntegrationRequest,
    MessagingApi,
    TwitterIntegrationRequest,
)
from PureCloudPlatformClientV2.rest import (
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    UnauthorizedException,
)
from PureCloudPlatformClientV2.sandbox import Sandbox


def test_update_sends_only_the_fields_that_were_set(api: MessagingApi, service: Service) -> None:
    service.answer(200, {"id": "int-1", "version": 2, "dateModified": "2019-08-14T09:30:00.000Z"})

    updated = api.put_messaging_integrations_line_integration_id(
        "int-1", LineIntegrationRequest(name="Support", channel_secret="hunter2")
    )

    request = service.requests[-1]
    assert (request.method, request.path) == ("PUT", "/api/v2/messaging/integrations/line/int-1")
    assert request.json == {"name": "Support", "channelSecret": "hunter2"}
    assert updated.date_modified == datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("page_size", "page_number", "query"),
    [
        (None, None, {}),
        (100, None, {"pageSize": "100"}),
        (None, 3, {"pageNumber": "3"}),
        (0, 0, {"pageSize": "0", "pageNumber": "0"}),
    ],
)
def test_only_the_paging_that_was_asked_for_is_sent(
    api: MessagingApi,
    service: Service,
    page_size: int | None,
    page_number: int | None,
    query: dict[str, str],
) -> None:
    service.answer(200, {})
    api.get_messaging_sticker("line", page_size=page_size, page_number=page_number)
    assert service.requests[-1].query == query


def test_a_listing_holds_entities_and_paging(api: MessagingApi, service: Service) -> None:
    service.answer(
        200,
        {
            "entities": [{"id": "s-1", "providerStickerId": 5, "stickerType": "animated"}],
            "pageSize": 25,
            "pageNumber": 1,
            "total": 1,
            "pageCount": 1,
            "selfUri": "/api/v2/messaging/stickers/line?pageSize=25&pageNumber=1",
        },
    )
    listing = api.get_messaging_sticker("line")
    (sticker,) = listing
    assert (sticker.provider_sticker_id, sticker.sticker_type) == (5, "animated")
    assert (listing.page_size, listing.page_number, listing.total) == (25, 1, 1)
    assert listing.self_uri == "/api/v2/messaging/stickers/line?pageSize=25&pageNumber=1"
    assert listing.next_uri is None


# Whole conversations


def test_a_line_integration_lives_from_creation_to_deletion(sandbox_api: MessagingApi) -> None:
    created = sandbox_api.post_messaging_integrations_line(LineIntegrationRequest(name="New"))
    assert created.id
    assert created.name == "New"
    assert created.channel_id is None
    assert created.webhook_uri
    assert created.version == 1
    assert created.date_created is not None
    assert created.date_created.tzinfo is not None

    updated = sandbox_api.put_messaging_integrations_line_integration_id(
        created.id, LineIntegrationRequest(name="Support")
    )
    assert (updated.id, updated.name, updated.version) == (created.id, "Support", 2)

    assert sandbox_api.get_messaging_integrations_line_integration_id(created.id) == updated
    assert [one.id for one in sandbox_api.get_messaging_integrations_line()] == [created.id]

    sandbox_api.delete_messaging_integrations_line_integration_id(created.id)
    with pytest.raises(NotFoundException) as caught:
        sandbox_api.get_messaging_integrations_line_integration_id(created.id)
    assert caught.value.error is not None
    assert caught.value.error.status == 404
    assert caught.value.correlation_id


def test_a_facebook_integration_lives_from_creation_to_deletion(
    sandbox_api: MessagingApi, purecloud_sandbox: Sandbox
) -> None:
    created = sandbox_api.post_messaging_integrations_facebook(
        FacebookIntegrationRequest(name="Page", page_access_token="hunter2", app_id="1")
    )
    assert created.id
    assert sandbox_api.get_messaging_integrations_facebook_integration_id(created.id) == created
    listing = sandbox_api.get_messaging_integrations_facebook(page_size=1, page_number=1)
    assert listing.entities == [created]
    assert listing.total == 1
    sandbox_api.delete_messaging_integrations_facebook_integration_id(created.id)
    assert len(sandbox_api.get_messaging_integrations_facebook()) == 0
    verbs = [request.method for request in purecloud_sandbox.requests]
    assert verbs == ["POST", "GET", "GET", "DELETE", "GET"]


def test_a_twitter_integration_lives_from_creation_to_deletion(sandbox_api: MessagingApi) -> None:
    created = sandbox_api.post_messaging_integrations_twitter(
        TwitterIntegrationRequest(
            name="Account",
            access_token_key="key",
            access_token_secret="hunter2",
            consumer_key="consumer",
            consumer_secret="hunter2",
            tier="premium",
            env_name="env-beta",
        )
    )
    assert created.id
    assert (created.tier, created.env_name, created.consumer_key) == (
        "premium",
        "env-beta",
        "consumer",
    )
    assert sandbox_api.get_messaging_integrations_twitter_integration_id(created.id) == created
    assert list(sandbox_api.get_messaging_integrations_twitter()) == [created]
    sandbox_api.delete_messaging_integrations_twitter_integration_id(created.id)
    assert list(sandbox_api.get_messaging_integrations_twitter()) == []


def test_stickers_come_page_by_page(sandbox_api: MessagingApi) -> None:
    first = sandbox_api.get_messaging_sticker("line", page_size=2)
    second = sandbox_api.get_messaging_sticker("line", page_size=2, page_number=2)
    assert len(first) == len(second) == 2
    assert {sticker.id for sticker in first}.isdisjoint(sticker.id for sticker in second)
    assert all(sticker.messenger_type == "line" for sticker in first)
    assert all(isinstance(sticker.provider_sticker_id, int) for sticker in first)


def test_refusals_of_the_service_are_exceptions_with_details(
    sandbox_api: MessagingApi, purecloud_sandbox: Sandbox
) -> None:
    with pytest.raises(BadRequestException) as invalid:
        sandbox_api.post_messaging_integrations_twitter(TwitterIntegrationRequest())
    assert invalid.value.error is not None
    assert invalid.value.error.details

    integration = purecloud_sandbox.create_integration("line", name="L", channelId="1")
    with pytest.raises(ConflictException):
        sandbox_api.put_messaging_integrations_line_integration_id(
            str(integration["id"]), LineIntegrationRequest(channel_id="2")
        )

    client = sandbox_api.api_client
    client.access_token = purecloud_sandbox.create_token(permissions=[])
    with pytest.raises(ForbiddenException):
        sandbox_api.get_messaging_integrations_line()

    client.access_token = "unknown"
    with pytest.raises(UnauthorizedException):
        sandbox_api.get_messaging_integrations_line()


def test_a_near_miss_in_a_dict_is_sent_with_a_warning_that_points_to_the_line(
    api: MessagingApi, service: Service
) -> None:
    service.answer(200, {"id": "int-1"})
    with pytest.warns(
        UserWarning, match=r"^body: there is no field 'chanelId'; did you mean 'channelId'\?$"
    ) as warned:
        api.post_messaging_integrations_line({"name": "Support", "chanelId": "1653000000"})
    assert service.requests[-1].json == {"name": "Support", "chanelId": "1653000000"}
    assert [one.filename for one in warned] == [__file__]


def test_a_name_that_is_like_none_is_sent_without_a_word(
    api: MessagingApi, service: Service
) -> None:
    service.answer(200, {"id": "int-1"})
    api.post_messaging_integrations_line({"name": "Support", "ofTomorrow": True})
    assert service.requests[-1].json == {"name": "Support", "ofTomorrow": True}
