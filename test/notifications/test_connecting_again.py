"""Connecting again: with a gap that is told once, or without one."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from sandbox.caller import wait_until
from service import Answer, Request, make_answer
from websockets.sync.client import connect

from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration, NotificationChannel
from PureCloudPlatformClientV2.notifications import Gap
from PureCloudPlatformClientV2.rest import (
    ForbiddenException,
    UnauthorizedException,
)
from PureCloudPlatformClientV2.sandbox import Sandbox

from .fake_platform import CHANNELS, PATIENCE, FakePlatform
from .test_events import PRESENCE, STATUS, next_event


class Listening:
    """A channel that is open, and the gaps that it tells of."""

    def __init__(self, client: ApiClient, *wanted: str, **options: object) -> None:
        self.gaps: list[Gap] = []
        self.events = NotificationChannel(
            client,
            wanted or [PRESENCE],
            on_gap=self.gaps.append,
            **options,  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - whatever a test gives
        )

    def sources(self, count: int) -> list[str]:
        return [next_event(self.events).raw_body["source"] for _ in range(count)]

    def reasons(self) -> list[str]:
        return [gap.reason for gap in self.gaps]


@contextmanager
def listening(
    client: ApiClient, *wanted: str, **options: object
) -> Generator[Listening, None, None]:
    found = Listening(client, *wanted, **options)
    with found.events:
        yield found


# With a gap


def test_a_connection_that_is_lost_is_a_gap_before_the_next_event(
    platform: FakePlatform, fake_client: ApiClient, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("PureCloudPlatformClientV2").setLevel(logging.WARNING)
    began = datetime.now(timezone.utc)
    with listening(fake_client, PRESENCE, STATUS) as found:
        first = platform.socket()
        first.send_event(PRESENCE, {"source": "before"})
        assert found.sources(1) == ["before"]
        first.drop()
        second = platform.socket()
        assert found.gaps == []  # as nobody has asked for the next event
        second.send_event(PRESENCE, {"source": "after"})
        assert found.sources(1) == ["after"]
        assert found.events.get(timeout=0) is None

    (gap,) = found.gaps
    assert gap.topics == (PRESENCE, STATUS)
    assert began <= gap.began <= gap.ended <= datetime.now(timezone.utc)
    assert gap.began.tzinfo is not None
    assert len([one for one in caplog.messages if "may have missed events" in one]) == 1
    assert platform.calls("POST").count(CHANNELS) == 1  # the channel was there all the time
    assert second.path == first.path


@pytest.mark.parametrize("code", [1000, 1001, 1011, 4000])
def test_it_connects_again_whatever_the_service_says_in_parting(
    platform: FakePlatform, fake_client: ApiClient, code: int
) -> None:
    with listening(fake_client) as found:
        platform.socket().close(code, "so\nlong")
        platform.socket().send_event(PRESENCE, {"source": "after"})
        assert found.sources(1) == ["after"]
    assert found.reasons() == [f"the service has closed it: {code} so long"]


def test_every_gap_is_told_once(platform: FakePlatform, fake_client: ApiClient) -> None:
    with listening(fake_client) as found:
        socket = platform.socket()
        for number in range(20):
            socket.send_event(PRESENCE, {"source": str(number)})
            socket.drop()
            socket = platform.socket()
        socket.send_event(PRESENCE, {"source": "20"})
        assert found.sources(21) == [str(number) for number in range(21)]

    assert len(found.gaps) == 20
    assert all(one.ended <= other.began for one, other in pairwise(found.gaps))


def test_silence_is_broken_by_a_ping_and_the_answer_is_enough(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with listening(fake_client, silence_limit=0.4) as found:
        socket = platform.socket()
        for _ in range(3):
            assert socket.heard.get(timeout=PATIENCE) == {"message": "ping"}
            socket.send_event("channel.metadata", {"message": "pong"})
        socket.send_event(PRESENCE, {"source": "X"})
        found.sources(1)
        kept = not platform.has_another_socket()
    # On a machine that is busy for as long as that, the answer comes too late.
    assert kept == (found.gaps == [])


def test_silence_that_a_ping_does_not_break_is_a_loss(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with listening(fake_client, silence_limit=0.2) as found:
        first = platform.socket()
        assert first.heard.get(timeout=PATIENCE) == {"message": "ping"}
        second = platform.socket()
        second.send_event(PRESENCE, {"source": "X"})
        assert found.sources(1) == ["X"]
    assert "nothing came for 0 seconds, not even a heartbeat" in found.reasons()


def test_a_silent_connection_of_the_sandbox_is_replaced(
    sandbox: Sandbox, client: ApiClient
) -> None:
    with listening(client, silence_limit=0.2) as found:
        (channel,) = sandbox.channels
        before = channel.connection
        sandbox.channels.silence()
        wait_until(lambda: channel.connection not in (before, None))
        sandbox.channels.publish(PRESENCE, {"source": "X"})
        assert found.sources(1) == ["X"]
    assert found.gaps


def test_a_channel_that_has_ended_is_replaced_by_another_with_the_same_topics(
    sandbox: Sandbox, client: ApiClient
) -> None:
    with listening(client, PRESENCE, STATUS) as found:
        (before,) = sandbox.channels
        sandbox.channels.close()
        wait_until(lambda: any(one.connection is not None for one in sandbox.channels))
        after = [one for one in sandbox.channels if one.connection is not None]
        assert after[0].id != before.id
        assert after[0].topics == [PRESENCE, STATUS]
        sandbox.channels.publish(PRESENCE, {"source": "X"})
        assert found.sources(1) == ["X"]
    assert found.reasons() == ["the service has closed it: 1001 the channel was closed"]


@pytest.mark.parametrize("kind", ["token_revoked", "no_longer_subscribed"])
def test_a_channel_that_the_service_takes_away_is_replaced(
    platform: FakePlatform, fake_client: ApiClient, kind: str
) -> None:
    with listening(fake_client) as found:
        platform.socket().send_system(kind, reason="because")
        second = platform.socket()
        assert second.path == "/channels/channel-2"
        second.send_event(PRESENCE, {"source": "X"})
        assert found.sources(1) == ["X"]
    assert found.reasons() == [f"the service says: {kind}, because"]


def test_if_somebody_else_connects_to_the_channel_there_is_another(
    sandbox: Sandbox, client: ApiClient
) -> None:
    with listening(client) as found:
        (channel,) = sandbox.channels
        uri = sandbox.channels.connect_uri(channel, "127.0.0.1")
        with connect(uri):
            wait_until(lambda: sum(bool(one.connection) for one in sandbox.channels) == 2)
            sandbox.channels.publish(PRESENCE, {"source": "X"})
            assert found.sources(1) == ["X"]
    assert found.reasons() == ["the service says: no_longer_subscribed, another_channel_subscribed"]


def test_a_token_that_expires_is_renewed_and_so_is_the_channel(sandbox: Sandbox) -> None:
    configuration = Configuration(
        host=sandbox.host, client_id=sandbox.client_id, client_secret=sandbox.client_secret
    )
    with ApiClient(configuration=configuration) as client, listening(client) as found:
        (before,) = sandbox.channels
        sandbox.expire_tokens()
        wait_until(lambda: any(one.connection is not None for one in sandbox.channels))
        after = [one for one in sandbox.channels if one.connection is not None]
        assert after[0].id != before.id
        sandbox.channels.publish(PRESENCE, {"source": "X"})
        assert found.sources(1) == ["X"]
    assert len(found.gaps) == 1


def test_a_token_that_cannot_be_renewed_ends_the_iteration(
    sandbox: Sandbox,
) -> None:
    token = sandbox.create_token()
    client = ApiClient(configuration=Configuration(host=sandbox.host, access_token=token))
    with client, listening(client) as found:
        sandbox.channels.publish(PRESENCE, {"source": "X"})
        sandbox.expire_token(token)
        assert found.sources(1) == ["X"]  # first what came before
        for _ in range(2):
            with pytest.raises(UnauthorizedException) as caught:
                next(found.events)
            assert "notifications may have been missed since 20" in str(caught.value)


def test_a_permission_that_is_gone_ends_the_iteration_with_the_topic(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    def refuse(request: Request) -> Answer | None:
        if request.path.endswith("/subscriptions") and request.method == "POST":
            if request.query.get("ignoreErrors") != "true":
                return make_answer(403, {"message": "missing permission"})
            entity = {"id": STATUS, "state": "Rejected", "missingPermissions": ["a:b:c"]}
            return make_answer(200, {"entities": [entity]})
        return None

    with listening(fake_client, STATUS) as found:
        socket = platform.socket()
        platform.refuse = refuse
        socket.send_system("token_revoked")
        with pytest.raises(ForbiddenException, match=rf"not permitted: {STATUS} \(needs a:b:c\)"):
            next(found.events)


def test_a_service_that_fails_for_a_while_is_asked_again(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    failures = [503, 429]

    def refuse(request: Request) -> Answer | None:
        if request.path == CHANNELS and failures:
            return make_answer(failures.pop(), {"message": "not now"})
        return None

    with listening(fake_client) as found:
        socket = platform.socket()
        platform.refuse = refuse
        socket.send_system("token_revoked")
        platform.socket().send_event(PRESENCE, {"source": "X"})
        assert found.sources(1) == ["X"]
    assert failures == []
    assert len(found.gaps) == 1


def test_what_the_service_cannot_do_at_all_is_not_asked_again(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with listening(fake_client) as found:
        socket = platform.socket()
        platform.refuse_websocket = 501, "never"
        socket.drop()
        with pytest.raises(ApiException, match="missed since") as caught:
            next(found.events)
    assert caught.value.status == 501


def test_attempts_to_connect_end_where_that_is_wanted(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with listening(fake_client, reconnect_for=0.3) as found:
        socket = platform.socket()
        platform.refuse_websocket = 503, "not now"
        socket.drop()
        with pytest.raises(ApiException, match="missed since") as caught:
            next(found.events)
        assert caught.value.status == 503
    assert found.gaps == []


def test_a_message_that_is_too_large_is_a_gap_and_no_end(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    fake_client.configuration.max_response_bytes = 10_000
    with listening(fake_client) as found:
        socket = platform.socket()
        socket.send_event(PRESENCE, {"source": "x" * 9000})
        socket.send_event(PRESENCE, {"source": "x" * 11_000})
        platform.socket().send_event(PRESENCE, {"source": "after"})
        assert found.sources(2) == ["x" * 9000, "after"]
        assert found.events.malformed == 1
    (reason,) = found.reasons()
    assert reason.startswith("what came could not be read")


def test_what_a_callback_raises_comes_out_of_the_iteration(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    def raise_it(gap: Gap) -> None:
        raise LookupError(gap.reason)

    with NotificationChannel(fake_client, [PRESENCE], on_gap=raise_it) as events:
        platform.socket().drop()
        with pytest.raises(LookupError, match="without a word"):
            next(events)
        platform.socket().send_event(PRESENCE, {"source": "after"})
        assert next_event(events).body.source == "after"


def test_topics_that_somebody_takes_away_are_asked_for_again(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with listening(fake_client, PRESENCE, STATUS) as found:
        socket = platform.socket()
        platform.topics["channel-1"].remove(STATUS)
        socket.send_system("subscription_changed")
        wait_until(lambda: STATUS in platform.topics["channel-1"])
        socket.send_event(PRESENCE, {"source": "X"})
        assert found.sources(1) == ["X"]
        assert not platform.has_another_socket()
    assert [gap.topics for gap in found.gaps] == [(STATUS,)]


# Without a gap


def test_before_a_maintenance_another_connection_takes_over_and_nothing_is_lost(
    sandbox: Sandbox, client: ApiClient
) -> None:
    with listening(client) as found:
        (channel,) = sandbox.channels
        for turn in range(5):
            before = channel.connection
            sandbox.channels.socket_closing()
            number = 0
            while number < 100 or channel.connection is before:
                sandbox.channels.publish(PRESENCE, {"source": f"{turn} {number}"})
                number += 1
                assert found.sources(1) == [f"{turn} {number - 1}"]
        assert found.events.get(timeout=0) is None
    assert found.gaps == []


def test_what_both_of_two_connections_bring_is_given_once(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with listening(fake_client) as found:
        first = platform.socket()
        first.send_system("socket_closing")
        second = platform.socket()
        assert second.path == first.path
        for socket in (first, second, second, first):
            socket.send_event(PRESENCE, {"source": "same"}, metadata={"CorrelationId": "a"})
            socket.send_event(PRESENCE, {"source": f"{id(socket)}"})
        first.send_system("no_longer_subscribed", reason="another_channel_subscribed")
        first.close(1001)
        first.wait_closed()
        second.send_event(PRESENCE, {"source": "last"})
        found_sources: list[str] = []
        while not found_sources or found_sources[-1] != "last":
            found_sources += found.sources(1)
        assert found_sources.count("same") == 2
        assert found_sources.count(str(id(first))) == found_sources.count(str(id(second))) == 2
        assert not platform.has_another_socket()
    assert found.gaps == []


def test_a_connection_that_ends_before_another_could_take_over_is_a_gap(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with listening(fake_client) as found:
        first = platform.socket()
        platform.before_websocket = first.drop  # just when the other one is being opened
        first.send_event(PRESENCE, {"source": "before"})
        first.send_system("socket_closing")
        platform.socket().send_event(PRESENCE, {"source": "after"})
        assert found.sources(2) == ["before", "after"]
    assert len(found.gaps) == 1


def test_a_channel_is_replaced_before_it_ends(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    platform.lifetime = timedelta(seconds=3)
    with listening(fake_client) as found:
        first = platform.socket()
        platform.lifetime = timedelta(days=1)
        second = platform.socket()
        assert [first.path, second.path] == ["/channels/channel-1", "/channels/channel-2"]
        assert platform.topics["channel-2"] == [PRESENCE]
        event = {"topicName": PRESENCE, "eventBody": {"source": "to both"}}
        first.send(event)
        second.send(event)
        second.send_event(PRESENCE, {"source": "to the second"})
        assert sorted(found.sources(2)) == ["to both", "to the second"]
        first.close()
        first.wait_closed()
        wait_until(lambda: platform.topics["channel-1"] == [])  # it is left
    assert found.gaps == []
    assert platform.topics == {"channel-1": [], "channel-2": []}


def test_a_notice_that_cannot_be_followed_at_once_is_no_gap_yet(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with listening(fake_client) as found:
        first = platform.socket()
        platform.refuse_websocket = 503, "not now"
        first.send_system("socket_closing")
        first.send_event(PRESENCE, {"source": "before"})
        assert found.sources(1) == ["before"]
        assert platform.refused.get(timeout=PATIENCE) == first.path
        platform.refuse_websocket = None
        first.drop()
        platform.socket().send_event(PRESENCE, {"source": "after"})
        assert found.sources(1) == ["after"]
    assert len(found.gaps) == 1


def test_what_is_added_during_a_gap_is_subscribed_to_after_it(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with listening(fake_client) as found:
        socket = platform.socket()
        del platform.topics["channel-1"]
        found.events.add([STATUS])  # which finds that the channel is no more
        socket.wait_closed()
        second = platform.socket()
        assert platform.topics == {"channel-2": [PRESENCE, STATUS]}
        second.send_event(STATUS, {"source": "X"})
        assert found.sources(1) == ["X"]
    assert found.reasons() == ["the channel is no more"]
