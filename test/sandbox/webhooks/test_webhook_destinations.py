"""Where webhooks go: to this machine, and elsewhere if the sandbox is told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from service import Service

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.webhooks.destination import (
    UndeliverableError,
    parse_destination,
    shown_url,
)

from .middleware import create_integration, delivery, outcomes, send


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("url", "host", "port", "authority", "target"),
    [
        ("http://127.0.0.1:80/", "127.0.0.1", 80, "127.0.0.1:80", "/"),
        ("HTTP://LocalHost", "localhost", 80, "localhost", "/"),
        ("https://[::1]/a?b=c#d", "::1", 443, "[::1]", "/a?b=c"),
        ("http://my.localhost:8080/é x", "my.localhost", 8080, "my.localhost:8080", "/%C3%A9%20x"),
        ("http://user:password@127.8.9.1?a", "127.8.9.1", 80, "127.8.9.1", "/?a"),
    ],
)
def test_this_machine_is_never_far(
    url: str, host: str, port: int, authority: str, target: str
) -> None:
    found = parse_destination(url, outbound=())

    assert (found.host, found.port, found.authority) == (host, port, authority)
    assert (found.target, found.is_https) == (target, url.startswith("https"))
    assert not found.is_elsewhere


FAR = [
    "https://middleware.example.com/",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest",
    "http://0.0.0.0/",
    "http://[2001:db8::1]/",
    "http://127.1/",
    "http://2130706433/",
    "http://localhost.example.com/",
    "http://127.0.0.1@10.0.0.1/",
]


@pytest.mark.parametrize("url", FAR)
def test_other_machines_are_refused_without_asking_for_them(url: str) -> None:
    with pytest.raises(UndeliverableError, match=r"is not this machine.*--outbound"):
        parse_destination(url, outbound=["other.example.com", "*.internal"])


@pytest.mark.parametrize("pattern", ["middleware.example.com", "*.EXAMPLE.com", "*"])
def test_other_machines_are_allowed_by_name(pattern: str) -> None:
    assert parse_destination(FAR[0], outbound=["x", pattern]).is_elsewhere


@pytest.mark.parametrize("url", ["", "middleware", "ftp://localhost/", "http://", "http://[::1/"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(UndeliverableError, match="outboundNotificationWebhookUrl"):
        parse_destination(url, outbound=["*"])


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:password@localhost/a?b", "http://localhost/a?b"),
        ("http://[::1/", ""),
    ],
)
def test_a_password_in_a_url_is_shown_to_nobody(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_a_delivery_to_another_machine_fails_at_once_and_says_why(sandbox: Sandbox) -> None:
    integration_id = create_integration(sandbox, "https://middleware.example.com/hook")

    sent = send(sandbox, integration_id)
    sandbox.advance(0)

    failed = delivery(sandbox, sent)
    assert (failed.state, failed.url) == ("failed", "https://middleware.example.com/hook")
    assert outcomes(sandbox, sent) == [
        "middleware.example.com is not this machine, and the sandbox posts to other hosts only if "
        'it is started with Sandbox(outbound=["middleware.example.com"]), or '
        "--outbound middleware.example.com"
    ]


def test_a_host_that_is_allowed_and_not_there_is_tried_again() -> None:
    # No name can be this long, so nobody is asked for it.
    with Sandbox(outbound=["*.invalid"]) as sandbox:
        sent = send(sandbox, create_integration(sandbox, f"http://{'a' * 64}.invalid/"))
        sandbox.advance(85)

        assert outcomes(sandbox, sent) == ["no connection: Name or service not known"] * 6


def test_this_machine_is_found_by_its_name(sandbox: Sandbox, service: Service) -> None:
    service.answer_always(200)
    url = service.url.replace("127.0.0.1", "localhost")

    sent = send(sandbox, create_integration(sandbox, url))
    sandbox.advance(0)

    assert outcomes(sandbox, sent) == [200]
    assert service.requests[0].headers["Host"] == url.removeprefix("http://")


@pytest.fixture(scope="module")
def secure_service(authority: trustme.CA) -> Iterator[Service]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    with Service(context) as service:
        yield service


def test_https_is_spoken_with_whom_the_authority_vouches_for(
    secure_service: Service, ca_file: str
) -> None:
    secure_service.answer_always(200, b"done")
    with Sandbox(webhook_ca=ca_file) as sandbox:
        sent = send(sandbox, create_integration(sandbox, secure_service.url), text="Hello")
        sandbox.advance(0)

        (attempt,) = delivery(sandbox, sent).attempts
        assert (attempt.status, attempt.response) == (200, "done")
    assert secure_service.requests[-1].json == {"text": "Hello"}


def test_https_is_not_spoken_with_strangers(sandbox: Sandbox, secure_service: Service) -> None:
    sent = send(sandbox, create_integration(sandbox, secure_service.url))
    sandbox.advance(85)

    tries = outcomes(sandbox, sent)
    assert len(tries) == 6
    assert all("certificate verify failed" in str(one).lower() for one in tries)


def test_a_file_that_is_no_authoritys_is_told_at_the_start(tmp_path: Path) -> None:
    nothing, missing = tmp_path / "ca.pem", tmp_path / "none.pem"
    nothing.write_text("nothing")
    for path, complaint in ((nothing, "no certificate, in PEM, in"), (missing, "cannot read")):
        with pytest.raises(OSError, match=complaint):
            Sandbox(webhook_ca=path).start()


def test_unusable_options_are_refused() -> None:
    with pytest.raises(ValueError, match="outbound must be a list of hosts"):
        Sandbox(outbound="middleware.example.com")
    with pytest.raises(ValueError, match="webhook_timeout must be more than 0"):
        Sandbox(webhook_timeout=0)
