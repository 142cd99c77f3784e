"""``verify_ssl = False`` warns: in the file of the caller, and before anything is sent."""

from __future__ import annotations

import linecache
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import InsecureRequestWarning

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient, MessagingApi, paginate

from .conftest import MakeClient, MakeServer
from .server import FaultServer


def typed_method(client: ApiClient) -> object:
    return MessagingApi(client).get_messaging_integrations_line_integration_id("1")


def call_api(client: ApiClient) -> object:
    return client.call_api("/api/v2/things/1", "POST", body={})


def walk(client: ApiClient, prefetch: int = 0) -> object:
    return list(paginate(MessagingApi(client).get_messaging_integrations_line, prefetch=prefetch))


def walk_ahead(client: ApiClient) -> object:
    return walk(client, prefetch=1)


def sign_in(client: ApiClient) -> object:
    return client.get_client_credentials_token("the-id", "the-secret")


def callback(client: ApiClient) -> None:
    method = MessagingApi(client).get_messaging_integrations_line_integration_id
    thread: Any = method("1", callback=lambda one: None)
    thread.join()


def callback_in_a_callback(client: ApiClient) -> None:
    client.call_api("/api/v2/things/1", "GET", callback=lambda _: callback(client)).join()


CALLS = [typed_method, call_api, walk, walk_ahead, sign_in, callback]

Call = Callable[[ApiClient], object]


def run(call: Call, client: ApiClient) -> type[BaseException] | None:
    """Make a call, and tell what it raised, be it in a thread."""
    raised: list[Any] = []

    def note(caught: threading.ExceptHookArgs) -> None:
        raised.append(caught.exc_type)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "excepthook", note)
        try:
            call(client)
        except Warning as warning:
            raised.append(type(warning))
    return raised[0] if raised else None


@pytest.fixture
def server(make_server: MakeServer) -> FaultServer:
    return make_server(tls=True)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_where_warnings_are_errors_each_call_is_one_and_nothing_is_sent(
    server: FaultServer, make_client: MakeClient, call: Call
) -> None:
    client = make_client(server, verify_ssl=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [run(call, client) for _ in range(3)] == [InsecureRequestWarning] * 3
    assert server.connections == 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # and the client is none the worse for it
        call(client)
    assert server.requests


@pytest.mark.parametrize("call", [*CALLS, callback_in_a_callback], ids=lambda call: call.__name__)
def test_the_warning_is_said_to_be_in_the_file_of_the_caller(
    server: FaultServer, make_client: MakeClient, call: Call
) -> None:
    client = make_client(server, verify_ssl=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call(client)
        call(client)
    assert [(one.category, one.filename) for one in caught] == [(InsecureRequestWarning, __file__)]
    line = linecache.getline(__file__, caught[0].lineno)
    assert "list(paginate(" in line or "callback=" in line or line.startswith("    return ")


def test_each_host_is_warned_of_once(make_server: MakeServer, make_client: MakeClient) -> None:
    servers = [make_server(tls=True) for _ in range(3)]
    client = make_client(servers[0], verify_ssl=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for server in [*servers, *servers]:
            client.host = server.url
            call_api(client)
    assert len(caught) == len(servers)


@pytest.mark.parametrize("module", [__name__, "somewhere.else"])
def test_a_filter_by_the_module_of_the_caller_applies(
    server: FaultServer, make_client: MakeClient, module: str
) -> None:
    client = make_client(server, verify_ssl=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", module=module.replace(".", r"\."))
        expected = None if module == __name__ else InsecureRequestWarning
        assert run(call_api, client) is expected


def test_a_file_beside_the_package_is_none_of_it(
    server: FaultServer, make_client: MakeClient
) -> None:
    package = Path(PureCloudPlatformClientV2.__file__).parent
    beside = str(package.with_name(f"{package.name}_scripts") / "script.py")
    names: dict[str, Any] = {"client": make_client(server, verify_ssl=False)}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(compile('client.call_api("/api/v2/things/1", "GET")', beside, "exec"), names)
    assert [one.filename for one in caught] == [beside]
