"""What a caller's signal handler raises comes out as it is, at once, and nothing is sent again."""

from __future__ import annotations

import inspect
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from PureCloudPlatformClientV2 import ApiClient, Configuration
from PureCloudPlatformClientV2._transport.tls import ContextSource
from PureCloudPlatformClientV2.rest import ApiConnectionException, ApiTimeoutException

from .certificates import Certificates
from .conftest import MakeClient, MakeServer
from .ports import port_that_does_not_answer, resolve_to
from .server import Script, Stall

if TYPE_CHECKING:
    from typing_extensions import Self

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGUSR1") or threading.current_thread() is not threading.main_thread(),
    reason="needs signals of Unix, which only the main thread gets",
)


class TooLateError(TimeoutError):
    """As programs have them."""


class StoppedError(OSError):
    """As programs have them."""


EXCEPTIONS: list[Exception] = [
    TimeoutError("my own limit"),
    TimeoutError("timed out"),  # the words of a socket
    TooLateError("my own limit"),
    StoppedError(110, "with a number"),
    InterruptedError(4, "interrupted"),
    ConnectionResetError(104, "mine"),
    BrokenPipeError(32, "mine"),
    OSError("mine"),
    ValueError("mine"),
]


class Handlers:
    """The kinds of things that can be a signal handler."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def method(self, number: int, frame: object) -> None:
        raise self.error

    def __call__(self, *arguments: object) -> None:
        raise self.error

    def optional(self, *arguments: object, again: bool = True) -> None:
        if again:
            raise self.error

    def deep(self, number: int, frame: object) -> None:
        self.method(number, None)

    def resetting(self, number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_IGN)
        raise self.error


KINDS: dict[str, Callable[[Handlers], Any]] = {
    "method": lambda handlers: handlers.method,
    "object": lambda handlers: handlers,
    "partial": lambda handlers: partial(Handlers.method, handlers),
    "one with an option": lambda handlers: handlers.optional,
    "a function further down": lambda handlers: handlers.deep,
    "one that resets the signal": lambda handlers: handlers.resetting,
}


@pytest.fixture(autouse=True)
def _handler_afterwards() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] - by name
    before = signal.getsignal(signal.SIGUSR1)
    yield
    signal.signal(signal.SIGUSR1, before)


def raised(call: Callable[[], object]) -> BaseException | None:
    try:
        call()
    except BaseException as error:
        return error
    return None


class Listener:
    """Does something about the first bytes of each connection, and keeps that until the end."""

    def __init__(self, then: Callable[[socket.socket], None]) -> None:
        self.received: list[bytes] = []
        self._then = then
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # the test is over
                return
            with connection, suppress(OSError):  # the client may hang up in any way
                self.received.append(connection.recv(65536))
                self._then(connection)
                self._over.wait()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # wakes up accept, and complains that nobody is connected
            self._listener.shutdown(socket.SHUT_RDWR)
        self._over.set()
        self._listener.close()
        self._thread.join()


def interrupt() -> None:
    """Send the signal to the main thread, which is waiting for the server."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)


def interrupt_whatever(*_: object, **__: object) -> None:
    interrupt()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"


def interrupt_before_the_response(connection: socket.socket) -> None:
    interrupt()


def interrupt_in_the_head(connection: socket.socket) -> None:
    connection.sendall(HEAD[:20])
    interrupt()


def interrupt_in_the_body(connection: socket.socket) -> None:
    connection.sendall(HEAD)
    interrupt()


MOMENTS = [interrupt_before_the_response, interrupt_in_the_head, interrupt_in_the_body]


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
@pytest.mark.parametrize("error", EXCEPTIONS, ids=repr)
def test_an_exception_comes_out_untouched_and_nothing_is_sent_again(
    make_client: MakeClient, error: Exception, moment: Callable[[socket.socket], None], verb: str
) -> None:
    signal.signal(signal.SIGUSR1, Handlers(error).method)
    with Listener(moment) as listener:
        body: dict[str, str] | None = None if verb == "GET" else {}
        seen = raised(lambda: make_client(listener.url).call_api("/x", verb, body=body))
    assert seen is error
    assert len(listener.received) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_handler_may_be_anything_that_can_be_called(make_client: MakeClient, kind: str) -> None:
    error = TooLateError("mine")
    signal.signal(signal.SIGUSR1, KINDS[kind](Handlers(error)))
    with Listener(interrupt_before_the_response) as listener:
        seen = raised(lambda: make_client(listener.url).call_api("/x", "GET"))
    assert seen is error
    assert len(listener.received) == 1


@pytest.mark.parametrize(
    "error", [BrokenPipeError(32, "mine"), ConnectionResetError(104, "mine")], ids=repr
)
def test_an_exception_while_sending_is_no_hang_up_of_the_service(
    make_client: MakeClient, error: Exception
) -> None:
    signal.signal(signal.SIGUSR1, Handlers(error).method)
    with Listener(interrupt_before_the_response) as listener:  # which reads no further
        seen = raised(
            lambda: make_client(listener.url).call_api("/x", "POST", body={"x": "y" * 50_000_000})
        )
    assert seen is error
    assert len(listener.received) == 1


def test_an_exception_in_the_handshake_comes_out_untouched(
    make_client: MakeClient, certificates: Certificates
) -> None:
    error = TimeoutError("mine")
    signal.signal(signal.SIGUSR1, Handlers(error).method)
    with Listener(interrupt_before_the_response) as listener:
        seen = raised(
            lambda: make_client(listener.url.replace("http", "https")).call_api("/x", "GET")
        )
    assert seen is error
    assert len(listener.received) == 1  # the beginning of the handshake


@pytest.mark.parametrize("error", EXCEPTIONS, ids=repr)
def test_an_exception_while_silent_addresses_are_waited_for_comes_out_untouched(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    signal.signal(signal.SIGUSR1, Handlers(error).method)
    tried: list[object] = []

    class Watched(socket.socket):
        def connect(self, address: Any) -> None:
            tried.append(address)
            if len(tried) == 2:
                threading.Timer(0.05, interrupt).start()
            super().connect(address)

    Watched.__module__ = "socket"
    with port_that_does_not_answer() as port:
        resolve_to(monkeypatch, ("127.0.0.1", port), ("127.0.0.1", port))
        client = make_client("http://two.example", request_timeout=(60.0, 60.0))
        monkeypatch.setattr(socket, "socket", Watched)
        assert raised(lambda: client.call_api("/x", "GET")) is error
    assert len(tried) == 2


@pytest.mark.parametrize("error", EXCEPTIONS, ids=repr)
@pytest.mark.parametrize("option", ["SO_KEEPALIVE", "TCP_NODELAY"])
def test_an_exception_while_a_socket_is_prepared_comes_out_untouched(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    error: Exception,
) -> None:
    signal.signal(signal.SIGUSR1, Handlers(error).method)
    server = make_server()
    client = make_client(server)

    class Watched(socket.socket):
        def setsockopt(self, *arguments: Any) -> None:
            super().setsockopt(*arguments)
            if arguments[1] == getattr(socket, option):
                signal.raise_signal(signal.SIGUSR1)

    monkeypatch.setattr(socket, "socket", Watched)
    assert raised(lambda: client.call_api("/x", "GET")) is error
    assert not server.requests


def test_what_only_looks_at_the_frame_of_its_caller_is_no_handler(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Curious(socket.socket):
        def connect(self, _: Any) -> None:
            caller = inspect.stack()[1].frame
            raise ConnectionRefusedError(111, f"says {caller.f_code.co_name}")

    client = make_client("http://127.0.0.1:9", retries=0)
    monkeypatch.setattr(socket, "socket", Curious)
    assert isinstance(raised(lambda: client.call_api("/x", "GET")), ApiConnectionException)


def test_an_exception_while_certificates_are_read_is_no_fault_of_the_file(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = TimeoutError("mine")
    signal.signal(signal.SIGUSR1, Handlers(error).method)
    configuration = Configuration()
    configuration.ssl_ca_cert = certificates.authority
    monkeypatch.setattr("ssl.create_default_context", interrupt_whatever)
    assert raised(ContextSource(configuration.snapshot()).check) is error


def test_an_exception_while_the_result_is_made_is_no_broken_response(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = TimeoutError("mine")
    signal.signal(signal.SIGUSR1, Handlers(error).method)
    monkeypatch.setattr("PureCloudPlatformClientV2._wire.results.parse_json", interrupt_whatever)
    client: ApiClient = make_client(make_server())
    assert raised(lambda: client.call_api("/x", "GET", response_type="object")) is error


def test_what_a_socket_raises_is_told_as_before(
    make_server: MakeServer, make_client: MakeClient
) -> None:
    client = make_client(make_server(Script(answers=((Stall(),),))), request_timeout=0.2, retries=0)
    signal.signal(signal.SIGUSR1, Handlers(TimeoutError("mine")).method)
    seen = raised(lambda: client.call_api("/x", "GET"))
    assert isinstance(seen, ApiTimeoutException)
