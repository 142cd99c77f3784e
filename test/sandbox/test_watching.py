"""The page's files, the stream of events, and who is let in."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import urllib3
from websockets.sync.client import connect

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.sandbox import ResetBeforeFault, Sandbox, StatusFault
from PureCloudPlatformClientV2.sandbox import events as sandbox_events
from PureCloudPlatformClientV2.sandbox.events import BACKLOG, STREAMS, Stream, Streams

from .caller import LINE, TWITTER, Caller, Clock

FOLDER = Path(PureCloudPlatformClientV2.__file__).parent / "sandbox" / "page"
PARTS = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".css", ".js", ".svg"))

OWN_CALLS = ["/", "/page/page.js", "/sandbox/clock", "/sandbox/events"]


class Reader:
    """Reads a stream of events."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
        headers = {"Authorization": f"Bearer {sandbox.control_token}"}
        self.connection.request("GET", "/sandbox/events", headers=headers)
        self.response = self.connection.getresponse()
        assert self.response.readline() == b": connected\n"

    def next(self) -> tuple[str, Any]:
        """Wait for the next event: its kind and data."""
        kind = ""
        while line := self.response.readline().decode():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ").strip()
            if line.startswith("data: "):
                return kind, json.loads(line.removeprefix("data: "))
        raise EOFError

    def next_of(self, kind: str) -> Any:
        """Wait for the next event of a kind: its body."""
        while True:
            found, told = self.next()
            if found == kind:
                return told["body"]

    def read_rest(self) -> bytes:
        """Read whatever comes until the sandbox hangs up, in the middle of the response or not."""
        assert self.response.readline() == b"\n"
        try:
            return self.response.read()
        except http.client.IncompleteRead as error:
            return error.partial

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@pytest.fixture(scope="module")
def _sandbox_of_the_module() -> Iterator[Sandbox]:  # pyright: ignore[reportUnusedFunction] - by name
    with Sandbox(clock=Clock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox_of_the_module: Sandbox) -> Sandbox:
    """One for all, as new."""
    _sandbox_of_the_module.reset()
    return _sandbox_of_the_module


@pytest.fixture
def watch(sandbox: Sandbox) -> Iterator[Callable[[], Reader]]:
    """Begins to read the stream of events."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Reader(sandbox)))


# The files of the page


def test_the_page_is_served_without_a_token(call: Caller) -> None:
    response = call("GET", "/", token=None)

    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.data.startswith(b"<!doctype html>")


@pytest.mark.parametrize("name", PARTS)
def test_every_part_of_the_page_is_served_as_what_it_is(call: Caller, name: str) -> None:
    types = {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml",
    }
    response = call("GET", f"/page/{name}", token=None)

    assert response.status == 200
    assert response.headers["Content-Type"] == types[Path(name).suffix]
    assert response.data == (FOLDER / name).read_bytes()


def test_all_that_the_page_loads_is_a_part_of_it() -> None:
    html = (FOLDER / "index.html").read_text(encoding="utf-8")
    loaded = set(re.findall(r'(?:href|src)="page/([^"]+)"', html))
    for name in PARTS:
        text = (FOLDER / name).read_text(encoding="utf-8")
        loaded |= set(re.findall(r'from "\./([^"]+)"', text))

    assert loaded == set(PARTS)


def test_no_text_is_ever_taken_for_html() -> None:
    for name in PARTS:
        text = (FOLDER / name).read_text(encoding="utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", text
        )


@pytest.mark.parametrize(
    "name", ["nothing.js", "__init__.py", "..%2F__init__.py", "%2E%2E", "..%2Fserver.py"]
)
def test_nothing_but_the_page_is_served(call: Caller, name: str) -> None:
    assert call("GET", f"/page/{name}", token=None).status == 404


@pytest.mark.parametrize("path", ["/", "/page/page.js", "/page/page.css"])
def test_a_browser_is_told_to_load_nothing_from_elsewhere(call: Caller, path: str) -> None:
    headers = call("GET", path, token=None).headers

    policy = dict(
        one.strip().split(" ", 1) for one in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert not [name for name in headers if name.lower().startswith("access-control-")]


def test_the_page_has_no_script_or_style_of_its_own() -> None:
    html = (FOLDER / "index.html").read_text(encoding="utf-8")

    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?://", html)


def test_its_url_brings_the_control_token_where_no_server_sees_it(sandbox: Sandbox) -> None:
    assert sandbox.page_url == f"{sandbox.host}/#token={sandbox.control_token}"


def test_no_fault_hits_the_page_and_it_is_not_logged(sandbox: Sandbox, call: Caller) -> None:
    sandbox.faults.add(ResetBeforeFault(times=None))

    assert call("GET", "/", token=None).status == 200
    assert call("GET", "/page/page.js", token=None).status == 200
    assert sandbox.requests == []


# Who is let in


def send(sandbox: Sandbox, path: str, **headers: str) -> int:
    """Send a request of a browser, with the control token, and tell the status."""
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
    with closing(connection):
        sent = {"Authorization": f"Bearer {sandbox.control_token}", **headers}
        connection.request("GET", path, headers=sent)
        response = connection.getresponse()
        if response.status == 403:
            assert json.loads(response.read())["code"] in (
                "host.not.allowed",
                "origin.not.allowed",
            )
        return response.status


@pytest.mark.parametrize("path", OWN_CALLS)
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "192.0.2.1:80", "[2001:db8::1]", "[", "a b"]
)
def test_a_name_that_is_not_the_sandboxs_is_refused(sandbox: Sandbox, path: str, host: str) -> None:
    assert send(sandbox, path, Host=host) == 403


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8080", "localhost:8080", "LOCALHOST", "my.localhost", "[::1]:8"],
)
def test_it_goes_by_the_names_of_this_machine(sandbox: Sandbox, host: str) -> None:
    assert send(sandbox, "/sandbox/clock", Host=host) == 200


def test_it_goes_by_the_names_that_it_was_given() -> None:
    with Sandbox(hosts=["Sandbox.Test"]) as sandbox:
        assert send(sandbox, "/", Host="sandbox.test:8080") == 200
        assert send(sandbox, "/", Host="other.test") == 403


def test_one_that_listens_everywhere_is_found_by_any_address_and_by_no_name() -> None:
    with Sandbox(address="0.0.0.0") as sandbox:
        assert send(sandbox, "/", Host="192.0.2.1:8080") == 200
        assert send(sandbox, "/", Host="evil.example") == 403


@pytest.mark.parametrize("path", OWN_CALLS)
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://{host}", "http://127.0.0.1"]
)
def test_another_origin_is_refused(sandbox: Sandbox, path: str, origin: str) -> None:
    host = sandbox.host.removeprefix("http://")

    assert send(sandbox, path, Origin=origin.format(host=host)) == 403


def test_its_own_origin_is_let_in(sandbox: Sandbox) -> None:
    assert send(sandbox, "/sandbox/clock", Origin=sandbox.host) == 200


def test_the_api_that_is_played_goes_by_any_name(sandbox: Sandbox, call: Caller) -> None:
    assert call("GET", LINE, headers={"Host": "api.mypurecloud.example"}).status == 200


def test_the_stream_needs_the_control_token(call: Caller) -> None:
    assert call("GET", "/sandbox/events").status == 401
    assert call("GET", "/sandbox/events", token=None).status == 401


# The stream of events


def test_a_request_is_told_as_the_log_has_it(
    sandbox: Sandbox, call: Caller, watch: Callable[[], Reader]
) -> None:
    reader = watch()
    body = {"name": "Channel", "channelId": "1653", "channelSecret": "secret-of-the-channel"}
    call("POST", LINE, body)

    told = next(told for kind, told in iter(reader.next, None) if kind == "request")
    assert told["organizationId"] == sandbox.organization_id
    assert told["body"]["json"] == {**body, "channelSecret": "***"}
    assert told["body"] in call.control("GET", "/requests").json["requests"]


def test_control_calls_are_not_told(call: Caller, watch: Callable[[], Reader]) -> None:
    reader = watch()
    call.control("GET", "/requests")
    call("GET", LINE)

    assert reader.next_of("request")["path"] == LINE


def test_faults_are_told_when_they_come_and_go(
    sandbox: Sandbox, call: Caller, watch: Callable[[], Reader]
) -> None:
    reader = watch()
    sandbox.faults.add(StatusFault(503))
    (told,) = reader.next_of("fault")["faults"]
    assert (told["kind"], told["status"], told["times"]) == ("status", 503, 1)

    call("GET", LINE)
    assert reader.next_of("fault") == {"faults": []}

    call.control("POST", "/faults", {"kind": "truncate"})
    assert [one["kind"] for one in reader.next_of("fault")["faults"]] == ["truncate"]
    call.control("DELETE", "/faults")
    assert reader.next_of("fault") == {"faults": []}


def test_it_is_told_whenever_a_channel_changes(
    sandbox: Sandbox, call: Caller, watch: Callable[[], Reader]
) -> None:
    path = "/api/v2/notifications/channels"
    reader = watch()
    channel = call("POST", path).json

    def told() -> list[dict[str, Any]]:
        """What is listed of the channel, once one has been told of it."""
        assert reader.next_of("channel") == {"id": channel["id"]}
        listed: list[dict[str, Any]] = call.control("GET", "/channels").json["channels"]
        return listed

    (made,) = told()
    assert (made["id"], made["connected"], made["topics"]) == (channel["id"], False, [])
    with connect(channel["connectUri"]):
        assert told()[0]["connected"]
    assert not told()[0]["connected"]
    call("PUT", f"{path}/{channel['id']}/subscriptions", [{"id": "v2.users.8f3c.presence"}])
    assert told()[0]["topics"] == ["v2.users.8f3c.presence"]
    call("DELETE", f"{path}/{channel['id']}/subscriptions")
    assert told()[0]["topics"] == []
    sandbox.channels.close(channel["id"])
    assert told() == []


def test_a_turn_of_the_clock_is_told(
    sandbox: Sandbox, call: Caller, watch: Callable[[], Reader]
) -> None:
    reader = watch()
    told = call.control("POST", "/clock", {"seconds": 85}).json
    assert reader.next_of("clock") == told

    sandbox.advance(5)
    assert reader.next_of("clock")["time"] > told["time"]


def test_a_reset_is_told_and_whose_it_is(sandbox: Sandbox, watch: Callable[[], Reader]) -> None:
    berlin = sandbox.create_organization("Berlin")
    reader = watch()
    sandbox.reset(berlin.id)
    sandbox.reset()

    told = [reader.next() for _ in range(4)]  # the faults that are called off come before each
    assert [one["organizationId"] for kind, one in told if kind == "reset"] == [berlin.id, None]


def test_the_oldest_reader_makes_room_for_a_new_one(
    sandbox: Sandbox, call: Caller, watch: Callable[[], Reader]
) -> None:
    readers = [watch() for _ in range(STREAMS + 1)]

    assert readers[0].next() == ("end", {"reason": "superseded"})
    with pytest.raises(EOFError):
        readers[0].next()
    call("GET", TWITTER)
    for reader in readers[1:]:
        assert reader.next_of("request")["path"] == TWITTER


def test_readers_leave_all_other_workers_alone(
    sandbox: Sandbox, call: Caller, watch: Callable[[], Reader]
) -> None:
    for _ in range(40):  # more than there are workers
        watch()

    assert call("GET", LINE).status == 200


def test_a_reader_who_has_left_no_longer_counts() -> None:
    events, streams = sandbox_events.Events(), Streams()
    first, *others = [streams.open(events) for _ in range(STREAMS)]
    streams.close(others[0])
    streams.open(events)
    events.publish(sandbox_events.Event("reset", None, {}))

    told = iter(first)
    assert next(told).startswith(":")
    assert next(told).startswith("event: reset")


def test_the_stream_ends_with_the_sandbox(pool: urllib3.PoolManager) -> None:
    with Sandbox() as sandbox:
        reader = Reader(sandbox)
    with closing(reader):
        rest = reader.read_rest()

    assert rest in (b"", b'event: end\ndata: {"reason": "stopped"}\n\n')


def test_a_reader_that_is_too_slow_is_told_so_instead_of_missing_something() -> None:
    events = sandbox_events.Events()
    stream = Stream(events)
    told = iter(stream)
    assert next(told).startswith(":")
    for number in range(BACKLOG + 1):
        events.publish(sandbox_events.Event("clock", None, {"number": number}))

    assert '"overrun"' in next(told)
    assert next(told, None) is None
