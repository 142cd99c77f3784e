"""Of several addresses of a name, one that does not answer costs a moment, not the time limit."""

from __future__ import annotations

import errno
import gc
import os
import select
import socket
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
import urllib3.util.connection

from PureCloudPlatformClientV2 import ApiClient, ApiException
from PureCloudPlatformClientV2.rest import ApiConnectionException, ApiTimeoutException

from .conftest import MakeClient, MakeServer
from .ports import port_that_does_not_answer, resolve_to
from .test_deadlines import ends_in_time
from .test_greenlets import PRELUDES, run

LIMIT = 1.0
REFUSED = str(ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED)))


def call(client: ApiClient, verb: str = "GET", body: Any = None) -> Any:
    return client.call_api("/api/v2/things/1", verb, body=body, response_type="object")


class Watch:
    """Sees in what order sockets connect, and which of them were open then."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: str = "socket") -> None:
        self.tried: list[tuple[Any, int]] = []
        """The address, and how many sockets that had been tried before were open still."""
        self.sockets: list[socket.socket] = []
        watch = self

        present: Any = socket.socket  # perhaps one that watches already

        class Watched(present):  # type: ignore[misc]  # of a class that is known only now
            def connect(self, address: Any) -> None:
                watch.tried.append((address, watch.open()))
                watch.sockets.append(self)
                super().connect(address)

        Watched.__module__ = module
        monkeypatch.setattr(socket, "socket", Watched)

    def open(self) -> int:
        return sum(sock.fileno() != -1 for sock in self.sockets)


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("silent", [1, 2, 3])
def test_the_next_is_tried_while_those_before_it_are_silent(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    silent: int,
    verb: str,
) -> None:
    server = make_server()
    client = make_client("http://many.example", retries=0)
    threads = set(threading.enumerate())
    with port_that_does_not_answer() as port:
        addresses = [("127.0.0.1", port)] * silent + [("127.0.0.1", server.port)]
        resolve_to(monkeypatch, *addresses)
        watch = Watch(monkeypatch)

        call(client, verb)

        assert watch.tried == [(address, before) for before, address in enumerate(addresses)]
        assert watch.open() == 1  # the one that answered
        assert not set(threading.enumerate()) - threads - set(server.threads())
    assert len(server.requests) == 1


def test_so_it_is_on_systems_that_have_no_poll(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, closed = make_server(), make_server(listen=False)
    client = make_client("http://many.example", retries=0)
    monkeypatch.delattr(select, "poll", raising=False)
    with port_that_does_not_answer() as port:
        addresses = [("127.0.0.1", one) for one in (port, closed.port, port, server.port)]
        resolve_to(monkeypatch, *addresses)
        watch = Watch(monkeypatch)
        call(client)
    assert watch.tried == list(zip(addresses, (0, 1, 1, 2), strict=True))


def test_a_program_may_have_more_files_open_than_select_can_wait_for(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl, resource = pytest.importorskip("fcntl"), pytest.importorskip("resource")
    present: Any = socket.socket

    class High(present):  # type: ignore[misc]  # of a class that is known only now
        def __init__(self, *kind: Any, **accepted: Any) -> None:
            super().__init__(*kind, **accepted)
            if accepted:
                return
            high = fcntl.fcntl(self, fcntl.F_DUPFD_CLOEXEC, 1024)
            os.close(self.detach())
            super().__init__(*kind, fileno=high)

    High.__module__ = "socket"
    server = make_server()
    client = make_client("http://two.example", retries=0)
    resolve_to(monkeypatch, *[("127.0.0.1", server.port)] * 2)
    monkeypatch.setattr(socket, "socket", High)
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        call(client)
    finally:
        client.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))


@pytest.mark.parametrize(("fails", "moments"), [(False, [0, 0.25, 0.5, 10]), (True, [0, 0, 0, 0])])
def test_each_has_a_quarter_of_a_second_to_itself_unless_it_fails_before(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, fails: bool, moments: list[float]
) -> None:
    """On a clock that only goes while somebody waits."""
    now, seen = [0.0], list[float]()

    class Poll:
        def register(self, *_: Any) -> None:
            """Nothing will come of it."""

        def poll(self, milliseconds: int) -> list[tuple[int, int]]:
            now[0] += milliseconds / 1000
            return []

    class Noting(socket.socket):
        def connect(self, _: Any) -> None:
            seen.append(now[0])
            raise OSError(errno.ENETUNREACH, "no way") if fails else BlockingIOError

    Noting.__module__ = "socket"
    client = make_client("http://three.example", retries=0, request_timeout=(10.0, 60.0))
    resolve_to(monkeypatch, *[("127.0.0.1", 9)] * 3)
    monkeypatch.setattr(socket, "socket", Noting)
    monkeypatch.setattr(select, "poll", Poll)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with pytest.raises(ApiException) as caught:
        call(client)
    assert [*seen, now[0]] == moments
    assert type(caught.value) is (ApiConnectionException if fails else ApiTimeoutException)


def test_each_new_connection_tries_them_in_the_same_order(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server()
    client = make_client("http://two.example")
    with port_that_does_not_answer() as port:
        resolve_to(monkeypatch, ("127.0.0.1", port), ("127.0.0.1", server.port))
        for _ in range(3):
            call(client)
            client.close()
    assert server.connections == 3


@contextmanager
def late_port(monkeypatch: pytest.MonkeyPatch, when: int) -> Generator[int, None, None]:
    """A port that answers when so many addresses have been tried: till then its queue is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as stack:
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            assert waiting.connect_ex(listener.getsockname()) in (0, errno.EINPROGRESS)
        accepting = threading.Thread(target=_accept_all, args=(listener,))
        tried: list[object] = []

        class Counting(socket.socket):
            def connect(self, address: Any) -> None:
                tried.append(address)
                if len(tried) == when:
                    accepting.start()
                super().connect(address)

        Counting.__module__ = "socket"
        with monkeypatch.context() as patch:
            patch.setattr(socket, "socket", Counting)
            yield listener.getsockname()[1]
        stack.close()
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join(60)
        assert not accepting.is_alive()


# The system counts milliseconds in 32 bits, so that these would come out as little or as for ever.
LONG = [{"request_timeout": seconds, "deadline": None} for seconds in (2_147_484, 4_294_968, 9e9)]


@pytest.mark.parametrize("limits", [{}, *LONG], ids=repr)
def test_one_that_answers_late_is_taken_where_no_other_does(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    limits: dict[str, Any],
) -> None:
    closed = make_server(listen=False)
    with late_port(monkeypatch, when=2) as port:
        resolve_to(monkeypatch, ("127.0.0.1", port), ("127.0.0.1", closed.port))
        call(make_client("http://late.example", retries=0, **limits))


def test_one_that_answers_late_ends_the_search(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system knocks again after a second; forty moments are ten."""
    watch = Watch(monkeypatch)  # before the other that takes the place of socket.socket
    with port_that_does_not_answer() as silent, late_port(monkeypatch, when=2) as port:
        watch.tried.clear()
        addresses = [("127.0.0.1", port), *[("127.0.0.1", silent)] * 40]
        resolve_to(monkeypatch, *addresses)
        call(make_client("http://late.example", retries=0, request_timeout=60))
    assert len([one for one in watch.tried if one[0] in addresses]) < len(addresses)


def _accept_all(listener: socket.socket) -> None:
    connections = []
    try:
        while True:
            connection, _ = listener.accept()
            connections.append(connection)
            threading.Thread(target=_answer, args=(connection,)).start()
    except OSError:
        for connection in connections:
            connection.close()


def _answer(connection: socket.socket) -> None:
    with suppress(OSError):  # those who filled the queue hang up in any way
        if connection.recv(9999):
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
            )


def test_silent_ones_and_refusing_ones_together_end_at_the_time_limit(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = make_server(listen=False)
    client = make_client("http://many.example", request_timeout=(LIMIT, 5.0), retries=0)
    with port_that_does_not_answer() as port:
        resolve_to(monkeypatch, ("127.0.0.1", port), ("127.0.0.1", closed.port))
        watch = Watch(monkeypatch)
        with pytest.raises(ApiTimeoutException, match="for connecting, 1 s") as caught:
            call(client, "POST", {})
        assert watch.open() == 0
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("count", [1, 2])
def test_a_connection_that_comes_about_too_late_is_closed(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    server, ahead, clock = make_server(), [0.0], time.monotonic
    watch = Watch(monkeypatch)
    present: Any = socket.socket

    class Late(present):  # type: ignore[misc]  # of a class that is known only now
        def connect(self, address: Any) -> None:
            super().connect(address)
            ahead[0] = 3600.0

    Late.__module__ = "socket" if count == 1 else "socks"
    resolve_to(monkeypatch, *[("127.0.0.1", server.port)] * count)
    client = make_client("http://name.example", retries=0, deadline=60.0)
    monkeypatch.setattr(socket, "socket", Late)
    monkeypatch.setattr(time, "monotonic", lambda: clock() + ahead[0])
    with pytest.raises(ApiTimeoutException) as caught:
        call(client, "POST")
    assert watch.open() == 0
    assert not caught.value.outcome_unknown
    assert not server.requests


def test_where_all_refuse_it_is_told_at_once(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = [("127.0.0.1", make_server(listen=False).port) for _ in range(3)]
    client = make_client("http://many.example", retries=0)
    resolve_to(monkeypatch, *closed)
    watch = Watch(monkeypatch)
    with pytest.raises(ApiConnectionException) as caught:
        call(client)
    assert caught.value.reason == f"ConnectionRefusedError: {REFUSED}"
    assert watch.tried == [(address, 0) for address in closed]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("why", ["no name", "refused", "silent"])
def test_a_traceback_says_of_the_connection_where_it_failed_and_why(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
    count: int,
) -> None:
    """That is the text of the cause."""
    silence = "timed out" if count == 1 else "in time"
    said = {"no name": "nobody knows it", "refused": REFUSED, "silent": silence}[why]

    def fail(*_: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, said)

    limits = (0.2 if why == "silent" else 20.0, 60.0)
    client = make_client("http://name.example:8", retries=0, request_timeout=limits)
    with port_that_does_not_answer() as silent:
        port = silent if why == "silent" else make_server(listen=False).port
        resolve_to(monkeypatch, *[("127.0.0.1", port)] * count)
        if why == "no name":
            monkeypatch.setattr(socket, "getaddrinfo", fail)
        with pytest.raises(ApiException) as caught:
            call(client)
    cause = str(caught.value.__cause__)
    assert "host='name.example', port=8" in cause
    assert said in cause


@pytest.mark.parametrize(
    ("place", "asked_for", "host"),
    [
        ("name.example", ("name.example", 80), "name.example"),
        ("name.example:80", ("name.example", 80), "name.example"),
        ("name.example:443", ("name.example", 443), "name.example:443"),
        ("[::1]", ("::1", 80), "[::1]"),
        ("[::1]:8080", ("::1", 8080), "[::1]:8080"),
        ("[fe80::1%25eth0]:8080", ("fe80::1%eth0", 8080), "[fe80::1]:8080"),
    ],
)
def test_the_system_and_the_server_are_told_the_host(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    asked_for: tuple[str, int],
    host: str,
) -> None:
    server, asked = make_server(), list[tuple[str, int]]()

    def look_up(name: str, port: int, *_: Any) -> Any:
        asked.append((name, port))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    call(make_client(f"http://{place}"))
    assert asked == [asked_for]
    assert server.requests[0].headers["host"] == host


@pytest.mark.parametrize("module", ["socket", "socks"])
def test_an_address_that_refuses_leaves_nothing_for_the_collector(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    """An exception that is kept has frames, which have what keeps it."""
    closed, server = make_server(listen=False), make_server()
    client = make_client("http://two.example")
    resolve_to(monkeypatch, ("127.0.0.1", closed.port), ("127.0.0.1", server.port))
    Watch(monkeypatch, module)
    call(client)
    client.close()
    gc.collect()
    gc.disable()
    try:
        call(client)
        assert not [one for one in gc.get_objects() if type(one).__name__ == "_Race"]
    finally:
        gc.enable()


V4, V6 = socket.AF_INET, socket.AF_INET6


@pytest.mark.parametrize(
    ("found", "order"),
    [
        ([V6, V6, V4, V4], [V6, V4, V6, V4]),
        ([V6, V6, V6, V4], [V6, V4, V6, V6]),
        ([V4, V6, V6], [V4, V6, V6]),
        ([V4, V4], [V4, V4]),
    ],
)
def test_the_families_take_turns(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    found: list[socket.AddressFamily],
    order: list[socket.AddressFamily],
) -> None:
    try:
        socket.socket(socket.AF_INET6).close()
    except OSError:
        pytest.skip("this system does not speak IPv6")
    port = make_server(listen=False).port
    places = {V4: ("127.0.0.1", port), V6: ("::1", port, 0, 0)}
    results = [(family, socket.SOCK_STREAM, 6, "", places[family]) for family in found]

    def look_up(*_: Any) -> Any:
        return results

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    watch = Watch(monkeypatch)
    with pytest.raises(ApiConnectionException):
        call(make_client("http://dual.example", retries=0))
    assert [address for address, _ in watch.tried] == [places[family] for family in order]


@pytest.mark.parametrize("switch", ["HAS_IPV6", "allowed_gai_family"])
def test_the_switches_of_urllib3_for_ipv4_alone_count(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    switch: str,
) -> None:
    value = False if switch == "HAS_IPV6" else lambda: socket.AF_INET
    monkeypatch.setattr(urllib3.util.connection, switch, value)
    asked: list[int] = []
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, family: int = 0, *rest: Any) -> Any:
        asked.append(family)
        return look_up(host, port, family, *rest)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    server = make_server()
    call(make_client(f"http://localhost:{server.port}"))
    assert asked == [socket.AF_INET]


def test_a_socket_of_another_kind_has_a_share_of_the_time_instead(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that goes through SOCKS gives up where its time limit passes."""
    server = make_server()
    client = make_client("http://two.example", request_timeout=(LIMIT, 5.0), retries=0)
    with port_that_does_not_answer() as port:
        resolve_to(monkeypatch, ("127.0.0.1", port), ("127.0.0.1", server.port))
        watch = Watch(monkeypatch, module="socks")
        call(client)
    assert [before for _, before in watch.tried] == [0, 0]


SLOW_FIRST = """
import socket as plain
port, _ = listen(lambda connection: connection.sendall(
    b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\n{{}}"))
hole = plain.socket()
hole.bind(("127.0.0.1", 0))
hole.listen(0)
waiting = [plain.socket() for _ in range(8)]
for one in waiting:
    one.settimeout(0.1)
    try:
        one.connect(hole.getsockname())
    except OSError:
        pass
places = [hole.getsockname(), hole.getsockname(), ("127.0.0.1", port)]
look_up = socket.getaddrinfo
def getaddrinfo(host, *rest):
    if host != "two.example":
        return look_up(host, *rest)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
socket.getaddrinfo = getaddrinfo
tried, sockets, ticks, real = [], [], [], socket.socket.connect
def connect(sock, address):
    tried.append((address, sum(one.fileno() != -1 for one in sockets)))
    sockets.append(sock)
    return real(sock, address)
socket.socket.connect = connect
configuration = Configuration(host=f"http://two.example:{{port}}", access_token="t")
configuration.retries = 0
client = MessagingApi(ApiClient(configuration=configuration))
def tick():
    while len(tried) < len(places):
        sleep(0.02)
        ticks.append(len(tried))
join([spawn(tick), spawn(lambda: client.get_messaging_integrations_line())])
beside = [(place, nth) for nth, place in enumerate(places)]
print(json.dumps([tried == beside, 1 in ticks, 2 in ticks]))
"""


@pytest.mark.parametrize("library", PRELUDES)
def test_greenlets_go_on_while_an_address_is_silent(library: str) -> None:
    assert run(library, SLOW_FIRST.format()) == "[true, true, true]"


def test_many_addresses_share_one_time_limit(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with port_that_does_not_answer() as port:
        resolve_to(monkeypatch, *[("127.0.0.1", port)] * 50)
        client = make_client("http://many.example.com", request_timeout=(LIMIT, 5.0), retries=0)

        with ends_in_time() as caught:
            call(client)

    assert caught.type is ApiTimeoutException


def test_an_address_that_does_not_answer_leaves_time_for_the_next(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server()
    with port_that_does_not_answer() as port:
        resolve_to(monkeypatch, ("127.0.0.1", port), ("127.0.0.1", server.port))
        client = make_client("http://two.example.com", request_timeout=(2.0, 5.0), retries=0)

        assert call(client)["id"] == "1"


def test_an_address_that_refuses_is_followed_by_the_next(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, closed = make_server(), make_server(listen=False)
    resolve_to(monkeypatch, ("127.0.0.1", closed.port), ("127.0.0.1", server.port))
    client = make_client("http://two.example.com", retries=0)

    assert call(client, "POST", {})["id"] == "1"
