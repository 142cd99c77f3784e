"""No file descriptor is free: the call ends in an ApiException, wherever that shows."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from .certificates import Certificates
from .conftest import MakeServer
from .server import Script, Send, answer

pytest.importorskip("resource", reason="needs limits of Unix")

PROGRAM = """
import enum, json, os, resource, sys, threading
from PureCloudPlatformClientV2 import (
    AbstractHttpClient, ApiClient, Configuration, MessagingApi, paginate
)
import PureCloudPlatformClientV2 as package
from PureCloudPlatformClientV2.rest import ApiException

Kind = enum.Enum("Kind", "ONE")


class Answer:
    data = '{"id": "1"}'

call, host, ca_file, warm, most = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def make_client():
    configuration = Configuration(host=host, access_token="the-token")
    configuration.ssl_ca_cert, configuration.retries = ca_file, 0
    if call == "renew":
        configuration.client_id, configuration.client_secret = "the-id", "the-secret"
    client = ApiClient(configuration=configuration)
    if call == "renew":
        client.refresh_token = "stored"
    return client


def get(client):
    return MessagingApi(client).get_messaging_integrations_line_integration_id("1").id


def post(client):
    return MessagingApi(client).post_messaging_integrations_line({"name": "x"}).id


def post_enum(client):
    return client.call_api("/x", "POST", body={"a": Kind.ONE})


def post_form(client):
    return client.call_api("/x", "POST", post_params={"a": Kind.ONE})


def get_listing(client):
    return MessagingApi(client).get_messaging_integrations_line()


def walk(client):
    return [*paginate(MessagingApi(client).get_messaging_integrations_line, prefetch=1)]


def deserialize(client):
    return client.deserialize(Answer(), "LineIntegration")


def sanitize(client):
    return client.sanitize_for_serialization({"a": Kind.ONE})


def sanitize_params(client):
    return client.sanitize_params_for_serialization({"a": [Kind.ONE]})


def pkce(client):
    return client.compute_pkce_code_challenge(client.generate_pkce_code_verifier(43))


def queue(client):
    return package.RoutingApi(client).get_routing_queue("1").id


def put_queue(client):
    return package.RoutingApi(client).put_routing_queue("1", {"name": "x"}).id


def user(client):
    return package.apis.users_api.UsersApi(client).get_user("1").id


def new_model(client):
    return package.models.User(name="x").name


def nested_model(client):
    return package.models.User.from_dict({"station": {"associatedStation": {"id": "1"}}}).id


def deserialize_queue(client):
    return client.deserialize(Answer(), "Queue").id


class Own(AbstractHttpClient):
    def request(self, http_request_options):
        return fail_after(self.inner.request(http_request_options))


def fail_after(response):
    import colorsys

    return response


def post_hook(client):
    client.get_http_client().set_post_request_hook(fail_after)
    return post(client)


def post_own_client(client):
    own = Own()
    own.inner = client.get_http_client()
    client.set_http_client(own)
    return post(client)


def sign_in(client):
    client.get_client_credentials_token("the-id", "the-secret")


def renew(client):
    client.handle_expired_access_token()


def callback(client):
    caught = []
    threading.excepthook = lambda args: caught.append(args.exc_value)
    method = MessagingApi(client).get_messaging_integrations_line_integration_id
    method("1", callback=lambda one: None).join()
    if caught:
        raise caught[0]


def attempt(client):
    try:
        globals()[call](client)
    except ApiException as error:
        return [error.status, error.outcome_unknown, str(error)]
    except BaseException as error:
        return repr(error)
    return "done"


def with_few(free):
    keep, client = [], make_client()
    try:
        while True:
            keep.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        pass
    for _ in range(free):
        os.close(keep.pop())
    while_few = attempt(client)
    for descriptor in keep:
        os.close(descriptor)
    return while_few, attempt(client)


if warm != "cold":
    with make_client() as client:
        globals()[warm](client)
for free in range(int(most)):
    if not os.fork():
        print(json.dumps([free, *with_few(free)]), flush=True)
        os._exit(0)
    os.wait()
"""

FEW = 5
"""One is enough to read a module, a connection takes another."""


def run(call: str, host: str, certificates: Certificates, warm: str) -> list[Any]:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, call, host, certificates.authority, warm, str(FEW)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    outcomes = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [free for free, _, _ in outcomes] == list(range(FEW)), ran.stderr
    return outcomes


CALLS = ["get", "post", "sign_in", "renew", "callback"]
CASES = [
    *((call, "cold", call != "get") for call in CALLS),
    ("post", "post", True),
    ("post_enum", "post", False),
    ("post_form", "post", False),
    ("walk", "get_listing", False),
    *((call, "get", False) for call in ("sanitize", "sanitize_params", "pkce")),
    ("deserialize", "cold", False),
    *((call, "get", False) for call in ("queue", "put_queue", "user", "new_model", "nested_model")),
    *((call, "queue", False) for call in ("put_queue", "user", "nested_model")),
    ("queue", "cold", False),
    ("deserialize_queue", "get", False),
]


@pytest.mark.parametrize(("call", "warm", "tls"), CASES)
def test_a_call_ends_in_an_api_exception_and_the_next_one_is_none_the_worse(
    make_server: MakeServer, certificates: Certificates, call: str, warm: str, tls: bool
) -> None:
    server = make_server(tls=tls)
    outcomes = run(call, server.url, certificates, warm)
    for _, while_few, _ in outcomes:
        if while_few != "done":
            assert isinstance(while_few, list), while_few
            status, outcome_unknown, text = while_few
            assert "Too many open files" in text
            assert status == 0 or (status == 200 and "cannot be used" in text)
            assert outcome_unknown == (status == 200 and call.startswith("post"))
    assert outcomes[0][1] != "done"
    assert outcomes[-1][1] == "done"
    assert [afterwards for _, _, afterwards in outcomes] == ["done"] * FEW


HOOK = """
with make_client() as client:
    post(client)  # which loads what it takes, and keeps a connection
    keep = []
    real = fail_after

    def fail_after(response):
        try:
            while True:
                keep.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            pass
        return real(response)

    outcome = attempt(client)
    for descriptor in keep:
        os.close(descriptor)
print(json.dumps(outcome))
"""


@pytest.mark.parametrize("call", ["post_hook", "post_own_client"])
def test_what_a_hook_cannot_load_after_the_answer_is_not_told_as_never_sent(
    make_server: MakeServer, call: str
) -> None:
    server = make_server()
    program = PROGRAM[: PROGRAM.index("if warm")] + HOOK
    ran = subprocess.run(
        [sys.executable, "-c", program, call, server.url, "", "cold", "0"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(ran.stdout).startswith("OSError(24"), ran.stderr
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [404, 429, 503])
def test_what_the_service_answers_is_not_lost(
    make_server: MakeServer, certificates: Certificates, status: int
) -> None:
    header = "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"
    server = make_server(Script(answers=((Send(answer(status, b"{}", [header])),),)))
    for _, *outcomes in run("post", server.url, certificates, "cold"):
        for told, outcome_unknown, text in outcomes:
            assert (told == status) or (told == 0 and "Too many open files" in text)
            assert outcome_unknown == (told == 503)
    assert len(server.requests) > FEW


REFUSED = """
import os, resource
from PureCloudPlatformClientV2 import ApiException

resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
error, keep = ApiException(404, "No"), []
error.body = '{"message": "Not today.", "code": "not.found"}'
try:
    while True:
        keep.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
print(error)
for descriptor in keep:
    os.close(descriptor)
print(error)
"""


def test_what_cannot_be_read_yet_is_shown_as_it_came() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", REFUSED], capture_output=True, text=True, timeout=120, check=True
    )
    while_none, afterwards = ran.stdout.splitlines()
    assert while_none == (
        'The call was answered 404 No: {"message": "Not today.", "code": "not.found"}'
    )
    assert afterwards.startswith("The call was answered 404 No: Not today. (code not.found); ")
