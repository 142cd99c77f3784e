"""A forked child leaves its parent's connections alone, and does not keep them open."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .certificates import Certificates
from .conftest import MakeServer
from .server import Echo, Pause, Script
from .test_connections import wait_for_open

FORK = """
import os, ssl, sys, threading, warnings
from PureCloudPlatformClientV2 import ApiClient, Configuration
warnings.simplefilter("ignore", DeprecationWarning)  # threads and fork, which are the point
configuration = Configuration(host=sys.argv[1], access_token="t")
configuration.ssl_ca_cert = sys.argv[2]
configuration.proxy = sys.argv[3] or None
client = ApiClient(configuration=configuration)
calling = threading.Thread(target=client.call_api, args=("/api/v2/things/1", "GET"))
calling.start()
sys.stdin.readline()
reading, writing = os.pipe()
if os.fork() == 0:
    os.close(writing)
    os.read(reading, 1)  # until the parent is over
    os._exit(0)
print("forked", flush=True)
calling.join()
client.close()
print("closed", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize(
    ("tls", "proxied"),
    [(False, None), (True, None), (True, "http"), (True, "https")],
)
def test_a_forked_child_keeps_no_connection_open_that_its_parent_was_using(
    make_server: MakeServer, certificates: Certificates, tls: bool, proxied: str | None
) -> None:
    server = make_server(Script(answers=((Pause(), Echo()),)), tls=tls)
    proxy = make_server(tls=proxied == "https")
    way = proxy.url if proxied else ""
    program = subprocess.Popen(
        [sys.executable, "-c", FORK, server.url, certificates.authority, way],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program as running:
        assert running.stdin is not None
        assert running.stdout is not None
        server.wait_for_pause()
        running.stdin.write("\n")
        running.stdin.flush()
        assert running.stdout.readline() == "forked\n"
        server.resume()
        assert running.stdout.readline() == "closed\n"
        wait_for_open(server, 0)
        wait_for_open(proxy, 0)
