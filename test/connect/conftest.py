"""Fixtures: proxies, services, certificates, and clients that find their way by settings."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme
from service import Service

from PureCloudPlatformClientV2 import ApiClient, Configuration, MessagingApi

from .forward_proxy import ForwardProxy
from .gateway import Gateway

USERNAME = "me"
PASSWORD = "hunter2:and/more@%20"
NON_ASCII = ("jürgen", "pässwörd-密码")
TOKEN = "the-token-that-nobody-may-see"

MakeApi = Callable[..., MessagingApi]

_MakeProxy = Callable[..., ForwardProxy]


@pytest.fixture(scope="session")
def _make_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_MakeProxy]:  # pyright: ignore[reportUnusedFunction] - by name
    with ExitStack() as stack:

        def make(*options: str, tls: bool = False) -> ForwardProxy:
            proxy = ForwardProxy(tmp_path_factory.mktemp("proxy"), *options, tls=tls)
            return stack.enter_context(proxy)

        yield make


@pytest.fixture(scope="session")
def _open_proxy(_make_proxy: _MakeProxy) -> ForwardProxy:  # pyright: ignore[reportUnusedFunction] - by name
    return _make_proxy()


@pytest.fixture(scope="session")
def _guarded_proxy(_make_proxy: _MakeProxy) -> ForwardProxy:  # pyright: ignore[reportUnusedFunction] - by name
    return _make_proxy("--basic-auth", f"{USERNAME}:{PASSWORD}")


@pytest.fixture(scope="session")
def _non_ascii_proxy(_make_proxy: _MakeProxy) -> ForwardProxy:  # pyright: ignore[reportUnusedFunction] - by name
    return _make_proxy("--basic-auth", ":".join(NON_ASCII))


@pytest.fixture(scope="session")
def _tls_proxy(_make_proxy: _MakeProxy, server_files: tuple[str, str]) -> ForwardProxy:  # pyright: ignore[reportUnusedFunction] - by name
    certificate, key = server_files
    return _make_proxy(
        *("--cert-file", certificate, "--key-file", key),
        *("--basic-auth", f"{USERNAME}:{PASSWORD}"),
        tls=True,
    )


@pytest.fixture
def open_proxy(_open_proxy: ForwardProxy) -> ForwardProxy:
    """Lets everybody through."""
    _open_proxy.forget()
    return _open_proxy


@pytest.fixture
def guarded_proxy(_guarded_proxy: ForwardProxy) -> ForwardProxy:
    """Asks for ``USERNAME`` and ``PASSWORD``."""
    _guarded_proxy.forget()
    return _guarded_proxy


@pytest.fixture
def non_ascii_proxy(_non_ascii_proxy: ForwardProxy) -> ForwardProxy:
    """Asks for ``NON_ASCII``."""
    _non_ascii_proxy.forget()
    return _non_ascii_proxy


@pytest.fixture
def tls_proxy(_tls_proxy: ForwardProxy) -> ForwardProxy:
    """Is itself reached over TLS, and asks for ``USERNAME`` and ``PASSWORD``."""
    _tls_proxy.forget()
    return _tls_proxy


@pytest.fixture(scope="session")
def server_certificate(authority: trustme.CA) -> trustme.LeafCert:
    """Proves that this machine is this machine, and the hosts of ``service.test``."""
    return authority.issue_cert("127.0.0.1", "api.service.test", "login.service.test")


@pytest.fixture(scope="session")
def server_files(
    server_certificate: trustme.LeafCert, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    """The same as a file, and its key."""
    folder = tmp_path_factory.mktemp("server")
    certificate, key = folder / "server.crt", folder / "server.key"
    server_certificate.cert_chain_pems[0].write_to_path(str(certificate))
    server_certificate.private_key_pem.write_to_path(str(key))
    return str(certificate), str(key)


@pytest.fixture(scope="session")
def _secure_service_of_the_session(  # pyright: ignore[reportUnusedFunction] - by name
    server_certificate: trustme.LeafCert,
) -> Iterator[Service]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_certificate.configure_cert(context)
    with Service(tls=context) as service:
        yield service


@pytest.fixture
def secure_service(_secure_service_of_the_session: Service) -> Service:
    """The same as ``service``, over TLS."""
    _secure_service_of_the_session.reset()
    return _secure_service_of_the_session


@pytest.fixture(params=["http", "https"])
def target(request: pytest.FixtureRequest) -> Service:
    """A service that has an answer for everything: once over HTTP, once over TLS."""
    name = {"http": "service", "https": "secure_service"}[request.param]
    service: Service = request.getfixturevalue(name)
    service.answer_always(200, {"id": "1", "access_token": "from-login", "expires_in": 3600})
    return service


def by_name(target: Service) -> str:
    """The URL of a service by a name, as a proxy of the environment is not for this machine."""
    return target.url.replace("127.0.0.1", "api.service.test")


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands for the name service of this machine, which knows no name under .test (RFC 6761)."""
    names: list[str] = []
    look_up = socket.getaddrinfo

    def look_up_here(host: str, *args: Any, **kwargs: Any) -> Any:
        names.append(host)
        return look_up("127.0.0.1" if host.endswith(".test") else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    return names


@pytest.fixture
def make_api(ca_file: str) -> Iterator[MakeApi]:
    """Makes APIs of a host whose clients trust the authority of the tests."""
    with ExitStack() as stack:

        def make(host: Service | str, **settings: object) -> MessagingApi:
            configuration = Configuration(
                host=host if isinstance(host, str) else host.url, access_token=TOKEN
            )
            configuration.ssl_ca_cert = ca_file
            configuration.retries = 0
            for name, setting in settings.items():
                setattr(configuration, name, setting)
            return MessagingApi(stack.enter_context(ApiClient(configuration=configuration)))

        yield make


@pytest.fixture
def write_file(tmp_path: Path) -> Callable[[str], str]:
    """Writes a configuration file, and gives its path."""

    def write(text: str) -> str:
        path = tmp_path / "config"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@dataclass(frozen=True)
class Client:
    """A client certificate: its contents, and files of them."""

    certificate: str
    """The certificate and those that lead to the authority."""
    key: str
    certificate_file: str
    key_file: str


MakeClient = Callable[..., Client]
MakeGateway = Callable[..., Gateway]


@pytest.fixture(scope="session")
def client_authority() -> trustme.CA:
    """Whom the gateway believes about its clients."""
    return trustme.CA(organization_name="clients")


@pytest.fixture
def make_client(client_authority: trustme.CA, tmp_path: Path) -> MakeClient:
    """Makes client certificates."""

    def make(name: str = "client-1", authority: trustme.CA = client_authority) -> Client:
        issued = authority.issue_cert(f"{name}@example.com", common_name=name)
        certificate = b"".join(blob.bytes() for blob in issued.cert_chain_pems).decode("ascii")
        key = issued.private_key_pem.bytes().decode("ascii")
        certificate_file, key_file = tmp_path / f"{name}.crt", tmp_path / f"{name}.key"
        certificate_file.write_text(certificate, encoding="ascii")
        key_file.write_text(key, encoding="ascii")
        return Client(certificate, key, str(certificate_file), str(key_file))

    return make


@pytest.fixture
def make_gateway(
    server_certificate: trustme.LeafCert, client_authority: trustme.CA
) -> Iterator[MakeGateway]:
    """Starts gateways that demand a client certificate, in front of some host."""
    with ExitStack() as stack:

        def make(upstream: str, authority: trustme.CA = client_authority) -> Gateway:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            server_certificate.configure_cert(context)
            authority.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
            return stack.enter_context(Gateway(upstream, context))

        yield make
