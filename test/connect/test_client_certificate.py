"""A gateway that demands a client certificate: who gets in, and where the key is seen."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import ssl
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from faults.server import FaultServer

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    LineIntegrationRequest,
    MessagingApi,
)
from PureCloudPlatformClientV2.sandbox import Sandbox

from .conftest import PASSWORD, USERNAME, Client, MakeApi, MakeClient, MakeGateway
from .forward_proxy import ForwardProxy
from .gateway import Gateway


@pytest.fixture
def gateway(make_gateway: MakeGateway, purecloud_sandbox: Sandbox) -> Gateway:
    return make_gateway(purecloud_sandbox.host)


@pytest.fixture
def api(make_api: MakeApi, gateway: Gateway, purecloud_sandbox: Sandbox) -> MessagingApi:
    """Goes to the gateway, as yet without a certificate."""
    return api_of(make_api, gateway, purecloud_sandbox)


def api_of(make_api: MakeApi, gateway: Gateway, sandbox: Sandbox, **settings: Any) -> MessagingApi:
    api = make_api("https://api.mypurecloud.com", access_token=sandbox.access_token, **settings)
    api.api_client.set_gateway("127.0.0.1", "https", gateway.port, gateway.LOGIN, gateway.API)
    return api


@pytest.fixture
def private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@pytest.fixture(params=["in memory", "in a folder"])
def without_memory_files(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Runs a test once more as on a system that has no files in memory."""
    missing: bool = request.param == "in a folder"
    if missing:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    return missing


def pem_of(authority: trustme.CA) -> str:
    return authority.cert_pem.bytes().decode("ascii")


def create(api: MessagingApi) -> None:
    api.post_messaging_integrations_line(LineIntegrationRequest(name="Support"))


Show = Callable[[Configuration, Client, str, str], None]

WAYS: dict[str, Show] = {
    "certificates": lambda configuration, client, ca_file, _ca: configuration.set_mtls_certificates(
        client.certificate_file, client.key_file, ca_file
    ),
    "contents": lambda configuration, client, _ca_file, ca: configuration.set_mtls_contents(
        client.certificate, client.key, ca
    ),
    "bytes": lambda configuration, client, _ca_file, ca: configuration.set_mtls_contents(
        client.certificate.encode(), client.key.encode(), ca.encode()
    ),
    "attributes": lambda configuration, client, ca_file, _ca: set_attributes(
        configuration,
        cert_file=client.certificate_file,
        key_file=client.key_file,
        ssl_ca_cert=ca_file,
    ),
}


def set_attributes(configuration: Configuration, **settings: object) -> None:
    for name, setting in settings.items():
        setattr(configuration, name, setting)


@pytest.fixture(params=WAYS)
def show(request: pytest.FixtureRequest) -> Show:
    """Each way to show a client certificate and to trust an authority."""
    return WAYS[request.param]


@pytest.mark.usefixtures("without_memory_files")
def test_sign_in_and_calls_show_the_certificate(
    api: MessagingApi,
    gateway: Gateway,
    purecloud_sandbox: Sandbox,
    make_client: MakeClient,
    authority: trustme.CA,
    ca_file: str,
    show: Show,
) -> None:
    client = api.api_client
    client.configuration.ssl_ca_cert = None
    show(client.configuration, make_client(), ca_file, pem_of(authority))

    client.get_client_credentials_token(
        purecloud_sandbox.client_id, purecloud_sandbox.client_secret
    )
    create(api)
    assert [one.name for one in api.get_messaging_integrations_line()] == ["Support"]

    assert [(one.client, one.target) for one in gateway.requests] == [
        ("client-1", "/behind/login/oauth/token"),
        ("client-1", "/behind/api/api/v2/messaging/integrations/line"),
        ("client-1", "/behind/api/api/v2/messaging/integrations/line"),
    ]
    assert [request.status for request in purecloud_sandbox.requests] == [200, 200, 200]


@pytest.mark.parametrize("way", ["certificates", "contents"])
def test_without_an_authority_those_of_the_configuration_are_trusted(
    api: MessagingApi, gateway: Gateway, make_client: MakeClient, way: str
) -> None:
    configuration, client = api.api_client.configuration, make_client()
    if way == "certificates":
        configuration.set_mtls_certificates(client.certificate_file, client.key_file)
    else:
        configuration.set_mtls_contents(client.certificate, client.key)
    create(api)
    assert len(gateway.requests) == 1

    configuration.ssl_ca_cert = None
    with pytest.raises(ApiException, match="certificate") as caught:
        create(api)
    assert (caught.value.status, caught.value.outcome_unknown) == (0, False)
    assert len(gateway.requests) == 1


def test_a_certificate_and_its_key_may_lie_in_one_file(
    api: MessagingApi, gateway: Gateway, make_client: MakeClient, tmp_path: Path
) -> None:
    client = make_client()
    together = tmp_path / "together.pem"
    together.write_text(client.key + client.certificate, encoding="ascii")
    api.api_client.configuration.cert_file = str(together)
    create(api)
    assert len(gateway.requests) == 1


def test_contents_may_hold_the_chain_to_the_authority(
    api: MessagingApi, gateway: Gateway, make_client: MakeClient, client_authority: trustme.CA
) -> None:
    client = make_client("far-away", client_authority.create_child_ca())
    assert client.certificate.count("BEGIN CERTIFICATE") == 2
    api.api_client.configuration.set_mtls_contents(client.certificate, client.key)
    create(api)
    assert [one.client for one in gateway.requests] == ["far-away"]


_TEXT = "Bag Attributes\n    friendlyName: Zürich — 密码\nsubject=CN = client\n\n"


DRESSES: dict[str, Callable[[str], str]] = {
    "comments": lambda pem: f"{_TEXT}{pem}{_TEXT}",
    "CRLF": lambda pem: f"\r\n{pem}\r\n".replace("\n", "\r\n"),
    "no line break at the end": lambda pem: pem.rstrip("\n"),
    "blanks at the ends of lines": lambda pem: "\n".join(f"{line}  " for line in pem.splitlines()),
}


@pytest.mark.usefixtures("without_memory_files")
@pytest.mark.parametrize("encode", [str, str.encode], ids=["str", "bytes"])
@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES.keys())
def test_contents_may_be_dressed_up(
    api: MessagingApi,
    gateway: Gateway,
    make_client: MakeClient,
    authority: trustme.CA,
    dress: Callable[[str], str],
    encode: Callable[[str], Any],
) -> None:
    configuration, client = api.api_client.configuration, make_client()
    configuration.ssl_ca_cert = None
    parts = (client.certificate, client.key, pem_of(authority))
    configuration.set_mtls_contents(*(encode(dress(part)) for part in parts))
    create(api)
    assert len(gateway.requests) == 1


def test_comments_need_not_be_utf_8(
    api: MessagingApi, gateway: Gateway, make_client: MakeClient
) -> None:
    client = make_client()
    comment = "Zürich\n".encode("latin-1")
    api.api_client.configuration.set_mtls_contents(
        comment + client.certificate.encode(), comment + client.key.encode()
    )
    create(api)
    assert len(gateway.requests) == 1


def test_without_a_certificate_nobody_gets_in_and_nothing_has_happened(
    api: MessagingApi, gateway: Gateway, purecloud_sandbox: Sandbox
) -> None:
    api.api_client.configuration.retries = 3
    with pytest.raises(ApiException) as caught:
        create(api)
    assert (caught.value.status, caught.value.outcome_unknown) == (0, False)
    with pytest.raises(ApiException) as caught:
        api.api_client.get_client_credentials_token("id", "secret")
    assert (caught.value.status, caught.value.outcome_unknown) == (0, False)
    assert gateway.requests == []
    assert purecloud_sandbox.requests == []


def test_a_certificate_of_a_stranger_lets_nobody_in(
    api: MessagingApi, gateway: Gateway, make_client: MakeClient
) -> None:
    client = make_client("stranger", trustme.CA())
    api.api_client.configuration.set_mtls_contents(client.certificate, client.key)
    with pytest.raises(ApiException) as caught:
        create(api)
    assert (caught.value.status, caught.value.outcome_unknown) == (0, False)
    assert gateway.requests == []


def test_a_gateway_that_another_authority_vouches_for_is_not_trusted(
    api: MessagingApi, gateway: Gateway, make_client: MakeClient, ca_file: str, show: Show
) -> None:
    other = trustme.CA()
    with other.cert_pem.tempfile() as other_file:
        show(api.api_client.configuration, make_client(), other_file, pem_of(other))
        with pytest.raises(ApiException, match="certificate") as caught:
            create(api)
    assert (caught.value.status, caught.value.outcome_unknown) == (0, False)
    assert gateway.requests == []


def test_the_other_path_of_the_gateway_is_a_404(
    api: MessagingApi, gateway: Gateway, make_client: MakeClient
) -> None:
    client = make_client()
    api.api_client.configuration.set_mtls_contents(client.certificate, client.key)
    api.api_client.set_gateway("127.0.0.1", "https", gateway.port, "elsewhere", "elsewhere")
    with pytest.raises(ApiException) as caught:
        create(api)
    assert caught.value.status == 404


@pytest.mark.usefixtures("without_memory_files")
def test_nothing_is_left_on_disk(
    api: MessagingApi,
    gateway: Gateway,
    make_client: MakeClient,
    authority: trustme.CA,
    private_folder: Path,
) -> None:
    configuration, client = api.api_client.configuration, make_client()
    configuration.set_mtls_contents(client.certificate, client.key, pem_of(authority))
    assert list(private_folder.rglob("*")) == []
    create(api)
    configuration.set_mtls_contents(client.certificate, make_client("other").key)
    with pytest.raises(ValueError, match="keyContent"):
        create(api)
    assert list(private_folder.rglob("*")) == []
    assert len(gateway.requests) == 1


def test_the_key_lies_in_a_folder_of_its_own_only_while_it_is_read(
    api: MessagingApi,
    make_client: MakeClient,
    private_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[tuple[Path, int]] = []
    make_folder = tempfile.mkdtemp

    def watch(*args: Any, **kwargs: Any) -> str:
        folder: str = make_folder(*args, **kwargs)
        made.append((Path(folder), Path(folder).stat().st_mode & 0o777))
        return folder

    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr(tempfile, "mkdtemp", watch)
    client = make_client()
    api.api_client.configuration.set_mtls_contents(client.certificate, client.key)
    create(api)

    assert [(folder.parent, mode) for folder, mode in made] == [(private_folder, 0o700)] * 2
    assert list(private_folder.rglob("*")) == []


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs files in memory, of Linux")
def test_the_key_lies_on_no_disk_where_there_are_files_in_memory(
    api: MessagingApi, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    make_folder = tempfile.mkdtemp

    def watch(*args: Any, **kwargs: Any) -> str:
        made.append(make_folder(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", watch)
    client = make_client()
    api.api_client.configuration.set_mtls_contents(client.certificate, client.key)
    create(api)
    assert made == []


@pytest.mark.parametrize("with_authority", [True, False])
def test_a_place_for_the_key_that_is_missing_is_an_error_of_ours(
    api: MessagingApi,
    gateway: Gateway,
    make_client: MakeClient,
    authority: trustme.CA,
    with_authority: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    client = make_client()
    api.api_client.configuration.set_mtls_contents(
        client.certificate, client.key, pem_of(authority) if with_authority else None
    )
    with pytest.raises((ApiException, ValueError)) as caught:
        create(api)
    assert "not PEM" not in str(caught.value)  # for there is nothing wrong with the contents
    assert gateway.requests == []


def lines_of(pem: str) -> Iterator[str]:
    """The lines of a PEM text that nobody may see."""
    return (line for line in pem.splitlines() if line and "-----" not in line)


def test_key_material_is_seen_nowhere(
    api: MessagingApi,
    make_client: MakeClient,
    authority: trustme.CA,
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = api.api_client
    configuration, right, wrong = client.configuration, make_client(), make_client("other")
    configuration.logger.log_request_body = configuration.logger.log_response_body = True
    shown = ""
    with caplog.at_level(logging.DEBUG - 5, "PureCloudPlatformClientV2"):
        for key, error in ((right.key, None), (wrong.key, ValueError)):
            configuration.set_mtls_contents(right.certificate, key, pem_of(authority))
            try:
                create(api)
            except ValueError as caught:
                assert error is ValueError
                shown += "".join(traceback.format_exception(caught)) + repr(caught.args)
            else:
                assert error is None
            shown += f"{configuration!r} {client!r} {client.get_http_client()!r} {api!r}"
            shown += configuration.to_debug_report()
            shown += repr(pickle.dumps(configuration)) + repr(pickle.dumps(client))
    assert caplog.records
    shown += caplog.text
    for pem in (right.key, wrong.key):
        for line in lines_of(pem):
            assert line not in shown


def test_the_repr_of_a_client_certificate_shows_no_key(make_client: MakeClient) -> None:
    configuration, client = Configuration(), make_client()
    configuration.set_mtls_contents(client.certificate, client.key)
    shown = repr(configuration.client_certificate) + str(configuration.client_certificate)
    for line in lines_of(client.key):
        assert line not in shown


def test_the_certificate_is_pickled_only_if_that_is_wanted(
    api: MessagingApi, gateway: Gateway, make_client: MakeClient, ca_file: str
) -> None:
    client, certificate = api.api_client, make_client()
    client.configuration.set_mtls_contents(certificate.certificate, certificate.key)

    without: ApiClient = pickle.loads(pickle.dumps(client))
    assert without.configuration.client_certificate is None

    client.configuration.pickle_access_token = True
    twin: ApiClient = pickle.loads(pickle.dumps(client))
    with twin:
        create(MessagingApi(twin))
    assert len(gateway.requests) == 1


def test_a_copy_shows_the_certificate_as_well(
    api: MessagingApi, gateway: Gateway, make_client: MakeClient
) -> None:
    certificate = make_client()
    api.api_client.configuration.set_mtls_contents(certificate.certificate, certificate.key)
    with copy.deepcopy(api.api_client) as twin:
        create(MessagingApi(twin))
    assert len(gateway.requests) == 1


def test_another_certificate_counts_from_the_next_call_on(
    api: MessagingApi, gateway: Gateway, make_client: MakeClient
) -> None:
    configuration = api.api_client.configuration
    one, two, three = make_client("one"), make_client("two"), make_client("three")
    configuration.set_mtls_contents(one.certificate, one.key)
    create(api)
    configuration.set_mtls_contents(two.certificate, two.key)
    create(api)
    configuration.set_mtls_certificates(three.certificate_file, three.key_file)
    create(api)
    configuration.set_mtls_contents(one.certificate, one.key)
    create(api)
    assert [request.client for request in gateway.requests] == ["one", "two", "three", "one"]


def encrypted(key: str) -> str:
    """The key behind a passphrase."""
    loaded = serialization.load_pem_private_key(key.encode("ascii"), password=None)
    return loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"passphrase"),
    ).decode("ascii")


BROKEN: dict[str, tuple[str, Callable[[Client, Client], tuple[str, str, str | None]]]] = {
    "key of another": ("keyContent", lambda one, other: (one.certificate, other.key, None)),
    "key for certificate": ("certContent", lambda one, _: (one.key, one.key, None)),
    "certificate for key": ("keyContent", lambda one, _: (one.certificate, one.certificate, None)),
    "cut short": ("keyContent", lambda one, _: (one.certificate, one.key[:-60], None)),
    "with a passphrase": ("keyContent", lambda one, _: (one.certificate, encrypted(one.key), None)),
    "key for authority": ("caContent", lambda one, _: (one.certificate, one.key, one.key)),
    "authority cut short": (
        "caContent",
        lambda one, _: (one.certificate, one.key, one.certificate[:200]),
    ),
}


@pytest.mark.usefixtures("without_memory_files")
@pytest.mark.parametrize(("name", "contents"), BROKEN.values(), ids=BROKEN.keys())
def test_contents_that_do_not_fit_are_named_and_not_shown(
    api: MessagingApi,
    gateway: Gateway,
    make_client: MakeClient,
    name: str,
    contents: Callable[[Client, Client], tuple[str, str, str | None]],
) -> None:
    given = contents(make_client(), make_client("other"))
    configuration = api.api_client.configuration

    def set_and_create() -> None:
        configuration.set_mtls_contents(*given)
        create(api)

    with pytest.raises(ValueError, match=name) as caught:
        set_and_create()

    assert gateway.requests == []
    shown = "".join(traceback.format_exception(caught.value))
    for line in lines_of("\n".join(part or "" for part in given)):
        assert line not in shown


@pytest.mark.parametrize(
    "contents",
    [("", "-----BEGIN "), ("-----BEGIN ", ""), (b"", b""), ("/etc/client.crt", "/etc/client.key")],
)
def test_contents_that_are_missing_or_paths_are_refused(contents: tuple[Any, Any]) -> None:
    configuration = Configuration()
    with pytest.raises(ValueError, match=r"^(certContent|keyContent): "):
        configuration.set_mtls_contents(*contents)
    assert configuration.client_certificate is None


@pytest.mark.parametrize("files", [("", "key"), ("certificate", ""), ("", "")])
def test_paths_that_are_missing_are_refused(files: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="certPath and keyPath"):
        Configuration().set_mtls_certificates(*files)


def test_files_that_do_not_exist_are_named(
    api: MessagingApi, gateway: Gateway, make_client: MakeClient, tmp_path: Path
) -> None:
    client = make_client()
    missing = str(tmp_path / "missing.pem")
    configuration = api.api_client.configuration
    configuration.set_mtls_certificates(missing, client.key_file)
    with pytest.raises(ValueError, match=r"cert_file, key_file: .*missing\.pem"):
        create(api)
    configuration.set_mtls_certificates(client.certificate_file, client.key_file, missing)
    with pytest.raises(ValueError, match=r"ssl_ca_cert: .*missing\.pem"):
        create(api)
    assert gateway.requests == []


@pytest.mark.parametrize("which", ["open_proxy", "guarded_proxy", "tls_proxy"])
def test_the_certificate_goes_through_a_proxy_to_the_gateway(
    request: pytest.FixtureRequest,
    api: MessagingApi,
    gateway: Gateway,
    make_client: MakeClient,
    which: str,
) -> None:
    proxy: ForwardProxy = request.getfixturevalue(which)
    configuration, client = api.api_client.configuration, make_client()
    configuration.proxy = proxy.url
    configuration.proxy_username, configuration.proxy_password = USERNAME, PASSWORD
    configuration.set_mtls_contents(client.certificate, client.key)

    create(api)

    assert [one.client for one in gateway.requests] == ["client-1"]
    assert [(one.method, one.host) for one in proxy.passed] == [
        ("CONNECT", f"127.0.0.1:{gateway.port}")
    ]
    assert "proxy-authorization" not in gateway.requests[0].headers


@pytest.mark.parametrize("to", ["https", "http"])
def test_a_proxy_that_asks_for_a_certificate_is_not_shown_that_of_the_gateway(
    make_api: MakeApi,
    make_client: MakeClient,
    server_certificate: trustme.LeafCert,
    client_authority: trustme.CA,
    show: Show,
    authority: trustme.CA,
    ca_file: str,
    to: str,
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_certificate.configure_cert(context)
    client_authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    with FaultServer(tls=context) as proxy:
        api = make_api(f"{to}://127.0.0.1:9", proxy=proxy.url)
        show(api.api_client.configuration, make_client(), ca_file, pem_of(authority))
        with pytest.raises(ApiException) as caught:
            create(api)
        assert proxy.requests == []
    assert (caught.value.status, caught.value.outcome_unknown) == (0, False)
