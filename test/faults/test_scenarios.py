"""Every scenario, with every verb, held to the promises; the server is the judge."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration, FacebookIntegration

from .certificates import Certificates
from .conftest import TOKEN
from .scenarios import GET_ERROR, GET_MODEL, GET_NOTHING, METHODS, SCENARIOS, Scenario
from .server import GOOD, FaultServer

WRITES = ("PUT", "DELETE", "POST", "PATCH")
NEVER_REPEATED = ("POST", "PATCH")
MOST = 16 * 1024 * 1024

TRIALS = [
    *(
        pytest.param(scenario, method, False, id=f"{scenario}-{method}")
        for scenario in SCENARIOS
        for method in METHODS
    ),
    *(
        pytest.param(scenario, method, True, id=f"{scenario}-{method}-TLS")
        for scenario in SCENARIOS
        for method in ("GET", "POST")
        if scenario.over_tls
    ),
]


def call(client: ApiClient, method: str, name: str, **options: Any) -> FacebookIntegration | None:
    """Make a call that expects a model, except where the verb never brings one."""
    path, names = "/api/v2/things/{thingId}", {"thingId": name}
    if method in ("HEAD", "DELETE"):
        client.call_api(path, method, names, **options)
        return None
    body = {"name": "Support"} if method in ("POST", "PUT", "PATCH") else None
    return client.call_api(
        path, method, names, body=body, response_type=FacebookIntegration, **options
    )


def open_descriptors() -> int:
    return len(os.listdir("/dev/fd"))  # noqa: PTH208


@pytest.mark.parametrize(("scenario", "method", "tls"), TRIALS)
def test_a_call_ends_in_time_in_a_model_or_an_api_exception(
    certificates: Certificates, scenario: Scenario, method: str, tls: bool
) -> None:
    descriptors = open_descriptors()
    configuration = Configuration(access_token=TOKEN)
    configuration.max_response_bytes = MOST
    configuration.connection_pool_maxsize = 1  # so that a lost place in the pool is noticed
    configuration.ssl_ca_cert = certificates.authority
    configuration.deadline = scenario.deadline
    context = certificates.server_context() if tls else None

    with FaultServer(scenario.script, tls=context) as server:
        configuration.host = server.url
        with ApiClient(configuration=configuration) as client:
            started = time.monotonic()
            failure: ApiException | None = None
            model: FacebookIntegration | None = None
            try:
                model = call(client, method, "asked-for")
            except ApiException as error:
                failure = error
            seconds = time.monotonic() - started

            assert seconds < scenario.deadline + 5
            check_the_writes(server, method, failure)
            check_the_ending(scenario, method, model, failure)

            # Whatever happened, the client is fit for use, and gets its own answer.
            server.script = GOOD
            server.resume()
            model = call(client, "GET", "the-next", _deadline=60)
            assert model is not None
            assert model.id == "the-next"
    # Fewer, if something that an earlier test had left has been collected meanwhile.
    assert open_descriptors() <= descriptors


def check_the_writes(server: FaultServer, method: str, failure: ApiException | None) -> None:
    """The server's own count says whether a write happened, and how often."""
    assert len(server.requests) <= 4
    if method in NEVER_REPEATED:
        assert server.effects <= 1
    if failure is None or method not in WRITES:
        assert failure is None or not failure.outcome_unknown
    elif failure.status == 0 and server.effects:
        assert failure.outcome_unknown


def check_the_ending(
    scenario: Scenario,
    method: str,
    model: FacebookIntegration | None,
    failure: ApiException | None,
) -> None:
    if failure is not None:
        text = str(failure)
        assert text.isprintable()
        assert TOKEN not in text + repr(failure) + str(failure.body) + str(failure.headers)
        assert failure.method == method
        assert failure.url
    # A verb that brings no model is content where only the model is missing or broken.
    if method not in ("HEAD", "DELETE", "OPTIONS"):
        if scenario.ends == GET_MODEL:
            assert failure is None
        elif scenario.ends == GET_ERROR:
            assert failure is not None, model
        elif scenario.ends == GET_NOTHING:
            assert failure is None
            assert model is None
    if model is not None and scenario.name not in ("an empty object",):
        assert model.id is None or model.id
