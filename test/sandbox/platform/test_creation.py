"""Creating takes its time."""

from __future__ import annotations

from functools import partial

import pytest

from PureCloudPlatformClientV2 import (
    ApiException,
    BadRequestException,
    ConversationsApi,
    NotFoundException,
    wait_until,
)
from PureCloudPlatformClientV2.sandbox import Sandbox

from .calls import OPEN, client_of


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_an_integration_is_complete_after_some_time() -> None:
    clock = Clock()
    with Sandbox(creation_time=30, clock=clock) as sandbox, client_of(sandbox) as client:
        api = ConversationsApi(client)
        created = api.post_conversations_messaging_integrations_open(OPEN)
        assert client.last_response
        assert (client.last_response.status, created.create_status) == (202, "Initiated")
        assert created.id
        read = partial(api.get_conversations_messaging_integrations_open_integration_id, created.id)
        assert (read().create_status, read().status) == ("Initiated", "Inactive")
        clock.now += 30
        assert wait_until(read).create_status == "Completed"


def test_its_end_can_be_said_by_hand(sandbox: Sandbox, api: ConversationsApi) -> None:
    created = api.post_conversations_messaging_integrations_open(OPEN)
    assert created.id
    read = partial(api.get_conversations_messaging_integrations_open_integration_id, created.id)
    error = {"message": "the webhook cannot be reached", "code": "bad.webhook", "status": 400}
    sandbox.set_create_status(created.id, "Error", error=error)
    with pytest.raises(ApiException, match="the webhook cannot be reached"):
        wait_until(read)
    sandbox.set_create_status(created.id, "Completed")
    assert wait_until(read).create_error is None
    with pytest.raises(LookupError):
        sandbox.set_create_status("no-such-id", "Error")
    with pytest.raises(ValueError, match="Initiated, Completed, Error"):
        sandbox.set_create_status(created.id, "Done")


def test_the_control_api_says_it_as_well(sandbox: Sandbox, api: ConversationsApi) -> None:
    created = api.post_conversations_messaging_integrations_open(OPEN)
    with client_of(sandbox, sandbox.control_token) as control:
        path = "/sandbox/create-status"
        control.call_api(path, "PUT", body={"id": created.id, "createStatus": "Initiated"})
        with pytest.raises(NotFoundException):
            control.call_api(path, "PUT", body={"id": "none", "createStatus": "Error"})
        with pytest.raises(BadRequestException):
            control.call_api(path, "PUT", body={"id": created.id})
    found = api.get_conversations_messaging_integrations_open_integration_id(created.id or "")
    assert found.create_status == "Initiated"
