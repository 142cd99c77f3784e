"""The life of a sandbox: starting, several at once, stopping."""

from __future__ import annotations

import gc
import http.client
import logging
import socket
import threading
import time
from typing import Any

import pytest
import urllib3

from PureCloudPlatformClientV2 import sandbox as package
from PureCloudPlatformClientV2.sandbox import Sandbox, app

from .caller import FACEBOOK, LINE, Caller, wait_until


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_it_listens_at_a_free_port_of_this_machine(sandbox: Sandbox) -> None:
    assert sandbox.host == f"http://127.0.0.1:{sandbox.port}"
    assert 0 < sandbox.port < 65536


def test_several_sandboxes_know_nothing_of_each_other(pool: urllib3.PoolManager) -> None:
    with Sandbox() as one, Sandbox() as other:
        Caller(one, pool).create(LINE)

        assert Caller(other, pool)("GET", LINE).json["total"] == 0
        assert Caller(other, pool)("GET", LINE, token=one.access_token).status == 401


def test_sandboxes_that_start_at_once_have_every_route_once(pool: urllib3.PoolManager) -> None:
    sandboxes = [Sandbox(api_path="at-once", login_path="at-once-too") for _ in range(4)]
    threads = [threading.Thread(target=one.start) for one in sandboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for sandbox in sandboxes:
        assert Caller(sandbox, pool)("GET", f"/at-once{LINE}").json["total"] == 0
        sandbox.stop()
    rules = app.routes("/at-once", "/at-once-too").iter_rules()
    added = [(one.rule, frozenset(one.methods or ())) for one in rules]
    assert len(added) == len(set(added)) > 200


def test_its_repr_shows_no_secret(sandbox: Sandbox) -> None:
    shown = repr(sandbox)
    parts = repr(vars(sandbox))  # as debuggers and test runners show them

    assert sandbox.host in shown
    for secret in (sandbox.access_token, sandbox.client_secret, sandbox.control_token):
        assert secret not in shown
        assert secret not in parts


def test_credentials_can_be_chosen(pool: urllib3.PoolManager) -> None:
    with Sandbox(
        access_token="token",
        client_id="id",
        client_secret="client secret",
        control_token="control",
    ) as sandbox:
        call = Caller(sandbox, pool)
        fields = {"client_id": "id", "client_secret": "client secret"}

        assert call("GET", LINE, token="token").status == 200
        assert call.form({"grant_type": "client_credentials", **fields}).status == 200
        assert call("GET", "/sandbox/requests", token="control").status == 200


def test_it_cannot_be_started_twice(sandbox: Sandbox) -> None:
    with pytest.raises(RuntimeError, match="running already"):
        sandbox.start()


def test_a_port_in_use_is_told(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match=f"cannot listen at 127.0.0.1 port {sandbox.port}: .*in use"):
        Sandbox(port=sandbox.port).start()


def test_after_a_failed_start_it_can_be_started(sandbox: Sandbox) -> None:
    second = Sandbox(port=sandbox.port)
    with pytest.raises(OSError, match="cannot listen"):
        second.start()

    sandbox.stop()
    with second:
        assert second.port > 0


def test_it_can_be_stopped_twice_and_started_again(pool: urllib3.PoolManager) -> None:
    sandbox = Sandbox()
    with sandbox:
        Caller(sandbox, pool).create(LINE)
    sandbox.stop()

    with sandbox:
        assert Caller(sandbox, pool)("GET", LINE).json["total"] == 0


def test_what_needs_a_running_sandbox_says_so() -> None:
    sandbox = Sandbox()

    assert repr(sandbox) == "<Sandbox not running>"
    for use in (
        lambda: sandbox.host,
        lambda: sandbox.port,
        sandbox.create_token,
        sandbox.reset,
    ):
        with pytest.raises(RuntimeError, match="not running"):
            use()


@pytest.mark.parametrize(
    "option", ["token_lifetime", "rate_limit", "rate_limit_window", "max_page_size", "log_size"]
)
@pytest.mark.parametrize("value", [-1, float("nan")])
def test_an_impossible_number_is_refused(option: str, value: Any) -> None:
    with pytest.raises(ValueError, match=option):
        Sandbox(**{option: value})


@pytest.mark.parametrize("option", ["port", "streaming_port"])
@pytest.mark.parametrize("value", [-1, 65536])
def test_an_impossible_port_is_refused(option: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{option} must be from 0 to 65535"):
        Sandbox(**{option: value})


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1", "localhost"])
def test_the_host_can_be_reached_whatever_the_address(
    address: str, pool: urllib3.PoolManager
) -> None:
    with Sandbox(address=address) as sandbox:
        assert Caller(sandbox, pool)("GET", LINE).status == 200


@pytest.mark.parametrize("address", ["::", "::1"])
def test_an_ipv6_address_is_put_into_brackets(address: str, pool: urllib3.PoolManager) -> None:
    if not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with Sandbox(address=address) as sandbox:
        assert sandbox.host == f"http://[::1]:{sandbox.port}"
        assert Caller(sandbox, pool).create(LINE)["webhookUri"].startswith(sandbox.host)


def test_a_connection_is_kept_for_the_next_request(sandbox: Sandbox) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=30)
    try:
        ports = set[int]()
        for path in (LINE, "/nothing", "/oauth/token", LINE):
            connection.request("GET", path)
            connection.getresponse().read()
            ports.add(connection.sock.getsockname()[1])
    finally:
        connection.close()

    assert len(ports) == 1


def test_many_connections_are_kept(sandbox: Sandbox) -> None:
    connections = [
        http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=30) for _ in range(50)
    ]
    try:
        for _ in range(2):
            for connection in connections:
                connection.request("GET", LINE)
                response = connection.getresponse()
                response.read()
                assert not response.will_close
    finally:
        for connection in connections:
            connection.close()


def test_nothing_is_left_after_the_end(pool: urllib3.PoolManager) -> None:
    threads, figures = set(threading.enumerate()), len(vars(logging).get("statistics", {}))
    with (
        Sandbox() as sandbox,
        socket.create_connection(("127.0.0.1", sandbox.port)) as silent,
        socket.create_connection(("127.0.0.1", sandbox.port)) as halfway,
    ):
        halfway.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n12")
        Caller(sandbox, pool)("GET", LINE)
        port = sandbox.port
        start = time.monotonic()
        sandbox.stop()
        elapsed = time.monotonic() - start

        assert silent.recv(1) == b""
    assert set(threading.enumerate()) == threads
    assert len(vars(logging)["statistics"]) == figures
    # Far above what it takes, far below cheroot's patience with silent connections.
    assert elapsed < 5
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()
    gc.collect()  # would bring up a ResourceWarning


def test_a_client_that_does_not_read_cannot_hold_up_the_end() -> None:
    sandbox = Sandbox(max_page_size=2000).start()
    for _ in range(2000):
        sandbox.create_integration("line", name="x" * 4096)
    with socket.create_connection(("127.0.0.1", sandbox.port)) as connection:
        # More than the buffers between the two take.
        connection.sendall(
            f"GET {LINE}?pageSize=2000 HTTP/1.1\r\nHost: sandbox\r\n"
            f"Authorization: Bearer {sandbox.access_token}\r\n\r\n".encode()
        )
        wait_until(lambda: sandbox.requests)
        start = time.monotonic()
        sandbox.stop()

        # Half of what it takes if the server waits until the connection is idle for too long.
        assert time.monotonic() - start < 30


def test_a_client_that_leaves_does_no_harm(call: Caller, sandbox: Sandbox) -> None:
    for sent in (b"", b"GET ", b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n12"):
        with socket.create_connection(("127.0.0.1", sandbox.port)) as connection:
            connection.sendall(sent)

    assert call("GET", LINE).status == 200
    wait_until(lambda: sandbox.requests)


def test_integrations_can_be_put_in_place(call: Caller, sandbox: Sandbox) -> None:
    seeded = sandbox.create_integration(
        "facebook", integration_id="mine", status="Error", name="Page", pageId="7"
    )

    assert call("GET", FACEBOOK + "/mine").json == seeded
    assert (seeded["status"], seeded["name"], seeded["pageId"]) == ("Error", "Page", "7")


def test_integrations_have_a_name_and_are_active_unless_told_otherwise(sandbox: Sandbox) -> None:
    seeded = sandbox.create_integration("line")

    assert (seeded["status"], seeded["name"]) == ("Active", "Line integration")


def test_what_cannot_be_put_in_place_is_told(sandbox: Sandbox) -> None:
    sandbox.create_integration("line", integration_id="mine")
    unknown: Any = "telegram"

    with pytest.raises(ValueError, match="taken"):
        sandbox.create_integration("line", integration_id="mine")
    with pytest.raises(ValueError, match="kind must be one of facebook, line, twitter"):
        sandbox.create_integration(unknown)
    with pytest.raises(TypeError, match="no field 'chanelId'"):
        sandbox.create_integration("line", chanelId="1")


def test_a_status_can_be_set(call: Caller, sandbox: Sandbox) -> None:
    seeded = sandbox.create_integration("line")

    sandbox.set_status(seeded["id"], "Error")

    assert call("GET", seeded["selfUri"]).json == seeded | {"status": "Error"}
    with pytest.raises(LookupError, match="'nowhere'"):
        sandbox.set_status("nowhere", "Active")


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="'Sandboxes'"):
        getattr(package, "Sandboxes")  # noqa: B009 - a checker would refuse the attribute
    assert all(hasattr(package, name) for name in package.__all__)
