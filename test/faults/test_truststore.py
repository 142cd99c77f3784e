"""With truststore injected into ssl, limits hold and certificates are verified as without it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .certificates import Certificates
from .conftest import MakeServer
from .server import Drip, FaultServer, Script, Stall, Steps

PROGRAM = """
import sys
when, host, authority, verb = sys.argv[1:]
import truststore
if when == "before": truststore.inject_into_ssl()
from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration, MessagingApi
if when == "after": truststore.inject_into_ssl()
if when == "between":
    ApiClient(configuration=Configuration(host=host))
    truststore.inject_into_ssl()
configuration = Configuration(host=host, access_token="t")
configuration.ssl_ca_cert, configuration.retries = authority, 0
configuration.request_timeout = configuration.deadline = float(0.5 if verb == "slow" else 30)
try:
    ApiClient(configuration=configuration).call_api("/x", "GET")
except ApiException as error:
    print(type(error).__name__)
else:
    print("fine")
"""

WHEN = ["before", "after", "between"]


def run(*arguments: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


@pytest.mark.parametrize("when", WHEN)
def test_a_call_is_answered(make_server: MakeServer, certificates: Certificates, when: str) -> None:
    assert run(when, make_server(tls=True).url, certificates.authority, "quick") == "fine"


@pytest.mark.parametrize(
    "steps",
    [(Stall(),), (Drip(b"HTTP/1.1 200 OK\r\nX-Y: z"),)],
    ids=["silent", "a byte now and then"],
)
@pytest.mark.parametrize("when", WHEN)
def test_a_service_that_does_not_answer_is_left(
    make_server: MakeServer, certificates: Certificates, when: str, steps: Steps
) -> None:
    server = make_server(Script(answers=(steps,)), tls=True)
    assert run(when, server.url, certificates.authority, "slow") == "ApiTimeoutException"


def test_a_handshake_that_stops_is_left(
    make_server: MakeServer, certificates: Certificates
) -> None:
    server = make_server(Script(on_connect=(Stall(),)), tls=True)
    assert run("before", server.url, certificates.authority, "slow") == "ApiTimeoutException"


@pytest.mark.parametrize("when", WHEN)
def test_a_stranger_is_not_trusted(certificates: Certificates, when: str) -> None:
    with FaultServer(tls=certificates.server_context(certificates.of_stranger)) as server:
        assert run(when, server.url, certificates.authority, "quick") == "ApiConnectionException"
        assert not server.requests
