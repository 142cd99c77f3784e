"""Opening: what is asked for, what is refused, and what is left."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from traceback import TracebackException
from typing import Any

import pytest
from sandbox.caller import wait_until
from service import Service, hanging, make_answer, unused_url

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    NotificationChannel,
    UnauthorizedException,
)
from PureCloudPlatformClientV2._wire.redaction import Masked
from PureCloudPlatformClientV2.notifications import Rejection, topics
from PureCloudPlatformClientV2.notifications.websocket import check_place
from PureCloudPlatformClientV2.rest import (
    ApiConnectionException,
    ApiTimeoutException,
    BadRequestException,
    ForbiddenException,
)
from PureCloudPlatformClientV2.sandbox import Sandbox

from .fake_platform import FakePlatform
from .test_events import PRESENCE, STATUS, next_event

MESSAGES = topics.user_conversations_messages("8f3c")
BADGES = "v2.users.somebody.badges.chats"


def subscriptions(sandbox: Sandbox) -> list[list[str]]:
    """What the channels are subscribed to, those that have a connection."""
    return [channel.topics for channel in sandbox.channels if channel.connection is not None]


def assert_nothing_left(sandbox: Sandbox) -> None:
    assert [channel.topics for channel in sandbox.channels if channel.topics] == []
    # The sandbox learns a moment later that a connection is closed.
    wait_until(lambda: not any(channel.connection for channel in sandbox.channels))


def test_it_is_subscribed_while_it_is_open(sandbox: Sandbox, client: ApiClient) -> None:
    with NotificationChannel(client, [PRESENCE, STATUS, PRESENCE]) as events:
        assert subscriptions(sandbox) == [[PRESENCE, STATUS]]
        assert events.topics == (PRESENCE, STATUS)
        assert events.rejected == ()
        assert repr(events).endswith("2 topics)")

    assert_nothing_left(sandbox)


def test_the_websocket_is_told_who_asks_and_no_token(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    fake_client.set_default_header("X-Key", "the-key")
    fake_client.cookie = "the=cookie"
    with NotificationChannel(fake_client, [PRESENCE]):
        socket = platform.socket()

    assert socket.headers["User-Agent"] == fake_client.user_agent
    assert not {"Authorization", "X-Key", "Cookie", "Proxy-Authorization"} & socket.headers.keys()
    assert socket.path == "/channels/channel-1"


# What is not permitted


@pytest.fixture
def poor_client(sandbox: Sandbox) -> ApiClient:
    """One whose token lacks what message conversations ask for."""
    token = sandbox.create_token(permissions=["conversation:message:create"])
    return ApiClient(configuration=Configuration(host=sandbox.host, access_token=token))


def test_a_topic_that_is_not_permitted_is_named_with_what_it_lacks(
    sandbox: Sandbox, poor_client: ApiClient
) -> None:
    channel = NotificationChannel(poor_client, [PRESENCE, MESSAGES])
    with poor_client, pytest.raises(ForbiddenException) as caught, channel:
        pass

    words = f"not permitted: {MESSAGES} (needs conversation:message:view)"
    assert words in str(caught.value)
    assert PRESENCE not in str(caught.value)
    assert [one.topic for one in channel.rejected] == [MESSAGES]
    assert channel.rejected[0].missing_permissions == ("conversation:message:view",)
    assert channel.is_closed
    assert_nothing_left(sandbox)


def test_the_others_can_be_had_all_the_same(sandbox: Sandbox, poor_client: ApiClient) -> None:
    wanted = [PRESENCE, MESSAGES, BADGES]
    with poor_client, NotificationChannel(poor_client, wanted, ignore_errors=True) as events:
        assert events.topics == (PRESENCE,)
        assert [one.topic for one in events.rejected] == [MESSAGES, BADGES]
        assert events.rejected[1] == Rejection(
            BADGES, "Only the user may subscribe to this topic.", ()
        )
        sandbox.channels.publish(PRESENCE, {"source": "X"})
        assert next_event(events).body.source == "X"

    assert_nothing_left(sandbox)


def test_if_no_topic_is_permitted_nobody_waits_for_ever(
    sandbox: Sandbox, poor_client: ApiClient
) -> None:
    channel = NotificationChannel(poor_client, [MESSAGES, BADGES], ignore_errors=True)
    with poor_client, pytest.raises(ForbiddenException, match="none of the topics") as caught:
        channel.__enter__()

    assert BADGES in str(caught.value)
    assert_nothing_left(sandbox)


def test_a_topic_that_there_is_not_is_refused_by_name(sandbox: Sandbox, client: ApiClient) -> None:
    channel = NotificationChannel(client, ["v2.users.8f3c.presense"])
    with pytest.raises(BadRequestException, match=r"v2\.users\.8f3c\.presence"), channel:
        pass
    assert_nothing_left(sandbox)


def test_without_a_valid_token_it_is_an_api_exception(sandbox: Sandbox) -> None:
    client = ApiClient(configuration=Configuration(host=sandbox.host, access_token="none"))
    with client, pytest.raises(UnauthorizedException), NotificationChannel(client, [PRESENCE]):
        pass


def test_without_a_platform_it_is_an_api_exception() -> None:
    configuration = Configuration(host=unused_url(), access_token="none")
    configuration.retries = 0
    with (
        ApiClient(configuration=configuration) as client,
        pytest.raises(ApiConnectionException),
        NotificationChannel(client, [PRESENCE]),
    ):
        pass


@pytest.mark.parametrize("status", [401, 403, 404, 429, 503])
def test_a_websocket_that_is_refused_is_an_api_exception_and_the_channel_is_left(
    platform: FakePlatform, fake_client: ApiClient, status: int
) -> None:
    platform.refuse_websocket = status, "not here: channel-1"
    with pytest.raises(ApiException) as caught, NotificationChannel(fake_client, [PRESENCE]):
        pass

    assert caught.value.status == status
    assert "channel-1" not in f"{caught.value} {caught.value.body} {caught.value.url}"
    with_locals = TracebackException.from_exception(caught.value, capture_locals=True)
    assert "/channels/channel-1" not in "".join(with_locals.format())
    assert platform.topics == {"channel-1": []}


@pytest.mark.parametrize(
    "content", [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", b"SSH-2.0-x\r\n", b""]
)
def test_what_speaks_no_websocket_is_an_api_exception(
    platform: FakePlatform, fake_client: ApiClient, raw_server: Any, content: bytes
) -> None:
    def say(connection: Any, _request: bytes) -> None:
        connection.sendall(content)

    server = raw_server(say)
    platform.connect_uri = server.url.replace("http:", "ws:") + "/channels/the-secret"
    with (
        pytest.raises(ApiConnectionException) as caught,
        NotificationChannel(fake_client, [PRESENCE]),
    ):
        pass
    assert "the-secret" not in str(caught.value)


def test_a_websocket_that_does_not_answer_is_a_timeout(
    platform: FakePlatform, fake_client: ApiClient, raw_server: Any
) -> None:
    platform.connect_uri = raw_server(hanging).url.replace("http:", "ws:") + "/channels/a"
    fake_client.configuration.request_timeout = (5.0, 0.2)
    with pytest.raises(ApiTimeoutException, match=r"nothing arrived for 0\.2 s"):
        NotificationChannel(fake_client, [PRESENCE]).__enter__()
    assert platform.topics == {"channel-1": []}


def test_a_channel_without_an_address_is_an_api_exception(
    service: Service, fake_client: ApiClient
) -> None:
    service.answer_always(200, {"id": "a"})
    with pytest.raises(ApiException, match="without an address"):
        NotificationChannel(fake_client, [PRESENCE]).__enter__()


# Many topics


def test_more_than_a_thousand_topics_are_split_over_channels_and_come_as_one(
    sandbox: Sandbox, client: ApiClient
) -> None:
    wanted = [topics.user_presence(str(number)) for number in range(2500)]
    with NotificationChannel(client, wanted) as events:
        assert [len(one) for one in subscriptions(sandbox)] == [1000, 1000, 500]
        for number in (0, 1200, 2499):
            sandbox.channels.publish(wanted[number], {"source": str(number)})
        found = {next_event(events).topic_name for _ in range(3)}
        assert found == {wanted[0], wanted[1200], wanted[2499]}

        events.add([topics.user_station(str(number)) for number in range(600)])
        assert [len(one) for one in subscriptions(sandbox)] == [1000, 1000, 1000, 100]
        assert len(events.topics) == 3100

    assert_nothing_left(sandbox)


def test_more_than_a_user_may_have_are_refused_before_anything_is_sent(
    service: Service, fake_client: ApiClient
) -> None:
    wanted = [topics.user_presence(str(number)) for number in range(20_001)]
    with pytest.raises(ValueError, match="20,000 at most, not 20,001"):
        NotificationChannel(fake_client, wanted)
    assert service.requests == []


def test_if_one_of_several_channels_is_refused_none_is_left(
    sandbox: Sandbox, client: ApiClient
) -> None:
    wanted = [topics.user_presence(str(number)) for number in range(1500)]
    channel = NotificationChannel(client, [*wanted, BADGES])
    with pytest.raises(ForbiddenException, match="badges"), channel:
        pass
    assert_nothing_left(sandbox)


# Others, while it runs


def test_topics_come_and_go_while_it_runs(sandbox: Sandbox, client: ApiClient) -> None:
    with NotificationChannel(client, [PRESENCE]) as events:
        events.add([STATUS, PRESENCE])
        assert subscriptions(sandbox) == [[PRESENCE, STATUS]]
        sandbox.channels.publish(STATUS, {"id": "8f3c"})
        assert next_event(events).topic_name == STATUS

        events.remove([PRESENCE, "v2.users.nobody.presence"])
        assert repr(events).endswith(", 1 topic)")
        assert subscriptions(sandbox) == [[STATUS]]
        assert events.topics == (STATUS,)

        events.remove([STATUS])
        assert subscriptions(sandbox) == [[]]
        events.add([PRESENCE])
        assert subscriptions(sandbox) == [[PRESENCE]]


def test_if_what_is_added_is_refused_nothing_has_changed(
    sandbox: Sandbox, client: ApiClient
) -> None:
    with NotificationChannel(client, [PRESENCE]) as events:
        with pytest.raises(ForbiddenException, match=f"not permitted: {BADGES}"):
            events.add([STATUS, BADGES])
        assert subscriptions(sandbox) == [[PRESENCE]]
        assert events.topics == (PRESENCE,)
        assert [one.topic for one in events.rejected] == [BADGES]
        sandbox.channels.publish(PRESENCE, {"source": "X"})
        assert next_event(events).body.source == "X"


def test_what_is_added_to_several_channels_is_taken_back_if_one_refuses(
    sandbox: Sandbox, client: ApiClient
) -> None:
    before = [topics.user_presence(str(number)) for number in range(900)]
    more = [topics.user_station(str(number)) for number in range(200)]
    with NotificationChannel(client, before) as events:
        with pytest.raises(ForbiddenException):
            events.add([*more, BADGES])
        assert subscriptions(sandbox) == [before]
        assert events.topics == tuple(before)
        assert not events.is_closed


# Mistakes


def test_arguments_that_cannot_be_are_named_before_anything_is_sent(
    service: Service, fake_client: ApiClient
) -> None:
    wrong: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"topics": "v2.users.a.presence"}, TypeError, "topics"),
        ({"topics": []}, ValueError, "topics"),
        ({"client": None}, TypeError, "client"),
        ({"on_gap": 7}, TypeError, "on_gap"),
        ({"reconnect_for": 0}, ValueError, "reconnect_for"),
        ({"silence_limit": -1}, ValueError, "silence_limit"),
        ({"buffer_size": 0}, ValueError, "buffer_size"),
    ]
    for given, kind, name in wrong:
        arguments: dict[str, Any] = {"client": fake_client, "topics": [PRESENCE], **given}
        with pytest.raises(kind, match=f"^{name}:"):
            NotificationChannel(**arguments)
    assert service.requests == []


def test_it_is_opened_once_and_by_with_alone(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    channel = NotificationChannel(fake_client, [PRESENCE])
    uses: list[Callable[[], object]] = [
        partial(channel.get, 0),
        channel.__next__,
        partial(channel.add, [STATUS]),
    ]
    for use in uses:
        with pytest.raises(RuntimeError, match="open"):
            use()
    with channel, pytest.raises(RuntimeError, match="once"):
        channel.__enter__()
    with pytest.raises(RuntimeError, match="open"):
        channel.remove([PRESENCE])


# Where the WebSocket may be


@pytest.mark.parametrize(
    "uri",
    [
        "wss://streaming.mypurecloud.com/channels/the-secret",
        "wss://evil.example.com/channels/the-secret",
        "http://127.0.0.1/channels/the-secret",
        "ws://user:secret@127.0.0.1/channels/the-secret",
        "ws://127.0.0.1:99999/channels/the-secret",
        "ws://[::1/channels/the-secret",
        "the-secret",
    ],
)
def test_a_websocket_elsewhere_is_not_opened(
    platform: FakePlatform,
    fake_client: ApiClient,
    uri: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    logging.getLogger("PureCloudPlatformClientV2").setLevel(logging.DEBUG)
    platform.connect_uri = uri
    with pytest.raises(ApiException, match="connectUri") as caught:
        NotificationChannel(fake_client, [PRESENCE]).__enter__()

    assert "secret" not in f"{caught.value} {caught.value!r} {caplog.text}"
    assert platform.topics == {"channel-1": []}


PLACES = [
    ("https://api.mypurecloud.com", None, "wss://streaming.mypurecloud.com/channels/a", True),
    ("https://api.mypurecloud.com", None, "wss://streaming.mypurecloud.com./channels/a", True),
    ("https://api.mypurecloud.com", None, "ws://streaming.mypurecloud.com/channels/a", False),
    ("https://api.mypurecloud.com", None, "wss://streaming.mypurecloud.de/channels/a", False),
    ("https://api.mypurecloud.com", None, "wss://apps.mypurecloud.com/channels/a", False),
    ("https://api.mypurecloud.com", None, "wss://127.0.0.1/channels/a", False),
    ("https://api.mypurecloud.com", None, "wss://streaming.mypurecloud.com.evil.com/a", False),
    ("https://api.mypurecloud.com", None, "wss://streaming.evil.com\\.mypurecloud.com/a", False),
    ("https://api.mypurecloud.com", None, "wss://streaming.evil.com%2f.mypurecloud.com/a", False),
    ("https://api.mypurecloud.com", None, "wss://streaming.evil.com;.mypurecloud.com/a", False),
    ("https://api.mypurecloud.com", None, "wss://STREAMING.mypurecloud.com/a", True),
    ("https://api.mypurecloud.com", "gw.example.com", "wss://streaming.mypurecloud.de/a", True),
    ("https://api.mypurecloud.com", "gw.example.com", "wss://gw.example.com/ws/a", True),
    ("https://api.mypurecloud.com", "gw.example.com", "wss://other.example.com/ws/a", False),
    ("https://api.example.com", None, "wss://streaming.example.com/a", True),
    ("https://api.example.com", None, "wss://api.example.com:8443/a", True),
    ("https://api.example.com", None, "wss://streaming.mypurecloud.com/a", False),
    ("http://localhost:8080", None, "ws://127.0.0.1:9000/a", True),
]


def test_a_websocket_leads_to_the_platform_that_is_called() -> None:
    found = []
    for host, gateway, uri, _ in PLACES:
        client = ApiClient(host)
        if gateway:
            client.set_gateway(gateway)
        try:
            check_place(Masked(uri), client)
        except ApiException:
            found.append((host, gateway, uri, False))
        else:
            found.append((host, gateway, uri, True))
    assert found == PLACES


def test_a_service_that_answers_nonsense_is_an_api_exception(
    service: Service, fake_client: ApiClient
) -> None:
    service.answer_by(lambda _: make_answer(200, b"<html>", {"Content-Type": "text/html"}))
    with pytest.raises(ApiException):
        NotificationChannel(fake_client, [PRESENCE]).__enter__()
