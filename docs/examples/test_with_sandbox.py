"""Test your own code against the sandbox: it answers, throttles and fails on cue.

The fixture ``purecloud_sandbox`` comes with the extra "sandbox". Run it with "python -m pytest
test_with_sandbox.py"; in a clone of the package, whose own settings turn the fixture off, with
"python -m pytest -o addopts= docs/examples/test_with_sandbox.py".
"""

from collections.abc import Iterator

import pytest

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    LineIntegration,
    LineIntegrationRequest,
    MessagingApi,
    paginate,
)
from PureCloudPlatformClientV2.rest import TooManyRequestsException, UnauthorizedException
from PureCloudPlatformClientV2.sandbox import ResetAfterFault, Sandbox, StatusFault

# Your own code: here, a function that creates a LINE integration unless there is one of that name.


def ensure_line(api: MessagingApi, name: str) -> LineIntegration:
    for integration in paginate(api.get_messaging_integrations_line, page_size=100):
        if integration.name == name:
            return integration
    try:
        return api.post_messaging_integrations_line(LineIntegrationRequest(name=name))
    except ApiException as error:
        if not error.outcome_unknown:
            raise
        for integration in paginate(api.get_messaging_integrations_line, page_size=100):
            if integration.name == name:
                return integration
        raise


# Its tests.


@pytest.fixture
def api(purecloud_sandbox: Sandbox) -> Iterator[MessagingApi]:
    configuration = Configuration(
        host=purecloud_sandbox.host, access_token=purecloud_sandbox.access_token
    )
    with ApiClient(configuration=configuration) as client:
        yield MessagingApi(client)


def count_line(api: MessagingApi) -> int | None:
    return api.get_messaging_integrations_line().total


def test_it_is_created_once(api: MessagingApi) -> None:
    first, second = ensure_line(api, "Support"), ensure_line(api, "Support")

    assert first.id == second.id
    assert count_line(api) == 1


def test_a_busy_platform_is_waited_for(purecloud_sandbox: Sandbox, api: MessagingApi) -> None:
    purecloud_sandbox.faults.add(StatusFault(429, retry_after=0, method="POST"))

    ensure_line(api, "Support")

    statuses = [one.status for one in purecloud_sandbox.requests if one.method == "POST"]
    assert statuses == [429, 200]


def test_a_pause_that_is_too_long_is_left_to_the_caller(
    purecloud_sandbox: Sandbox, api: MessagingApi
) -> None:
    purecloud_sandbox.faults.add(StatusFault(429, retry_after=3600))

    with pytest.raises(TooManyRequestsException) as caught:
        ensure_line(api, "Support")

    assert caught.value.retry_after == 3600


def test_a_gateway_that_fails_creates_nothing(
    purecloud_sandbox: Sandbox, api: MessagingApi
) -> None:
    purecloud_sandbox.faults.add(StatusFault(503, method="POST"))

    with pytest.raises(ApiException) as caught:
        ensure_line(api, "Support")

    assert caught.value.outcome_unknown  # as far as the caller can know
    assert count_line(api) == 0


def test_a_lost_answer_does_not_make_a_second_one(
    purecloud_sandbox: Sandbox, api: MessagingApi
) -> None:
    purecloud_sandbox.faults.add(ResetAfterFault(method="POST"))

    assert ensure_line(api, "Support").name == "Support"
    assert count_line(api) == 1


def test_an_expired_token_is_reported(purecloud_sandbox: Sandbox, api: MessagingApi) -> None:
    purecloud_sandbox.expire_tokens()

    with pytest.raises(UnauthorizedException):
        ensure_line(api, "Support")
