"""What a call and an entity cost, counted in function calls and in objects rather than in time.

The bounds leave room for another interpreter or a small feature; a loop in the wrong place, a
parser called twice or an object made for each field goes beyond them. How long it all takes is for
the benchmark to say.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    FacebookIntegration,
    FacebookIntegrationEntityListing,
    MessagingApi,
)
from PureCloudPlatformClientV2._wire.decoder import decoder_for
from PureCloudPlatformClientV2._wire.json_values import parse_json
from PureCloudPlatformClientV2.models import Model
from PureCloudPlatformClientV2.rest import RESTResponse

PACKAGE = "PureCloudPlatformClientV2"


def count_calls(work: Callable[[], object]) -> tuple[int, int]:
    """Count the Python functions that are called meanwhile in this thread: all, and ours."""
    counts = [0, 0]

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            counts[0] += 1
            counts[1] += (
                PACKAGE in frame.f_code.co_filename or "<decoder" in frame.f_code.co_filename
            )

    gc.disable()  # what others do when it runs is none of the work
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return counts[0], counts[1]


def entity(number: int) -> dict[str, Any]:
    return {
        "id": f"int-{number}",
        "name": f"Support {number}",
        "appId": "1",
        "pageId": "2",
        "status": "Active",
        "recipient": {"id": f"r-{number}", "selfUri": "/r"},
        "dateCreated": "2019-08-14T09:30:00.000Z",
        "dateModified": "2019-08-14T09:30:00.000Z",
        "createdBy": {"id": "u-1", "selfUri": "/u"},
        "modifiedBy": {"id": "u-2", "selfUri": "/u"},
        "version": number,
        "selfUri": f"/i/{number}",
    }


def page(entities: int) -> bytes:
    return json.dumps({"entities": [entity(one) for one in range(entities)]}).encode("ascii")


def read(text: bytes) -> Any:
    return decoder_for(FacebookIntegrationEntityListing)(parse_json(text))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="3.10 needs one more call for each date")
def test_an_entity_costs_four_function_calls() -> None:
    read(page(400))  # the decoders are written when many have come
    read(page(1))
    texts = [page(100), page(1100)]
    small, large = (count_calls(partial(read, text))[0] for text in texts)
    # One for the entity, and one for each of the three references in it.
    assert large - small <= 4 * 1000


class Branch(Model):
    """A model of its own kind, of values that JSON has."""

    name: str | None = None
    number: int | None = None
    flag: bool | None = None
    first: Branch | None = None
    others: list[Branch] | None = None


def test_among_what_json_has_only_a_model_costs_a_function_call() -> None:
    leaf = {"name": "a", "number": 1, "flag": True}
    wire = {**leaf, "first": leaf, "others": [leaf, leaf]}
    for _ in range(250):  # the decoder is written when many have come
        decoder_for(Branch)(wire)
    # Four models, and a list whose loop counts as a call up to Python 3.11.
    assert count_calls(partial(decoder_for(Branch), wire))[0] <= 5


def test_an_entity_costs_four_objects_of_ours_and_no_dict() -> None:
    listing = read(page(50))
    assert isinstance(listing, FacebookIntegrationEntityListing)
    for one in listing:
        assert isinstance(one, FacebookIntegration)
        assert not hasattr(one, "__dict__")
        assert len([inner for inner in gc.get_referents(one) if gc.is_tracked(inner)]) <= 4
        # A slot for each field, and what an interpreter has besides.
        assert sys.getsizeof(one) <= 8 * (len(FacebookIntegration.swagger_types) + 8)


def test_the_decoder_of_a_model_is_written_once() -> None:
    for _ in range(201):
        read(page(1))
    decoder = decoder_for(FacebookIntegrationEntityListing)
    read(page(2))
    assert decoder_for(FacebookIntegrationEntityListing) is decoder


@pytest.mark.parametrize(
    ("method", "arguments", "bound"),
    [
        (MessagingApi.get_messaging_integrations_facebook_integration_id, ["1"], 125),
        (MessagingApi.delete_messaging_integrations_facebook_integration_id, ["1"], 125),
        (MessagingApi.post_messaging_integrations_facebook, [{"name": "A"}], 135),
        (MessagingApi.get_messaging_integrations_facebook, [], 125),
    ],
    ids=["get", "delete", "post", "list"],
)
def test_a_call_costs_a_bounded_number_of_function_calls(
    api: MessagingApi,
    service: Service,
    method: Callable[..., object],
    arguments: list[Any],
    bound: int,
) -> None:
    service.answer_always(200, {"id": "1", "entities": []})
    for _ in range(203):  # connects, writes the decoders, fills the caches
        method(api, *arguments)
    total, ours = count_calls(partial(method, api, *arguments))
    assert ours <= bound
    assert total <= 255


def test_settings_and_routes_are_worked_out_once(
    api: MessagingApi, api_client: ApiClient, service: Service
) -> None:
    service.answer_always(200, {"id": "1"})
    costs = []
    for deadline in (None, None, None, 5.0, None):
        if deadline:
            api_client.configuration.deadline = deadline
        costs.append(count_calls(api.get_messaging_integrations_line)[1])
    assert costs[2] < costs[0]  # first the connection is made
    assert costs[3] > costs[2]  # a setting has changed
    assert abs(costs[4] - costs[2]) <= 5  # a value set in code takes fewer calls to read


def test_the_text_of_an_exception_parses_its_body_once() -> None:
    body = {"code": "bad.request", "errors": [{"message": {}, "details": 5}] * 500}
    response = RESTResponse(400, "No", {}, json.dumps(body).encode())
    str(ApiException(http_resp=response))  # imports what it needs
    error, another = ApiException(http_resp=response), ApiException(http_resp=response)
    once = count_calls(lambda: error.error)[1]
    # Then it goes through all of them, for the message and the particulars.
    assert 500 * 10 < once < count_calls(partial(str, another))[1] < 2.4 * once
    assert count_calls(lambda: (error.code, error.details))[1] < 1.4 * once
    assert count_calls(lambda: error.error)[1] < 5


def test_importing_makes_no_decoder() -> None:
    # In this process others may have been written already, so ask a fresh model.
    from PureCloudPlatformClientV2.models.base import Model

    class Fresh(Model):
        name: str | None = None

    assert "_first_decoder" not in vars(Fresh)  # there is no other sign
    assert Fresh.from_dict({"name": "a"}).name == "a"
    assert "_first_decoder" in vars(Fresh)


def test_a_decoder_is_written_when_many_models_of_a_class_have_come() -> None:
    from PureCloudPlatformClientV2.models.base import Model

    class Fresh(Model):
        name: str | None = None

    Fresh.from_dict({"name": "a"})
    assert "_decoder" not in vars(Fresh)  # to compile it takes longer than it saves
    assert all(Fresh.from_dict({"name": "a"}).name == "a" for _ in range(200))
    assert "_decoder" in vars(Fresh)
