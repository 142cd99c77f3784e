"""Whatever is given to a method: the request that the contract wants, or a clear refusal."""

from __future__ import annotations

import re
import warnings
from typing import Any

import hypothesis
from fuzzing import fuzzed
from service import Request, Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient

from .arguments import (
    Arguments,
    arguments,
    hostile_arguments,
    own_headers,
    pairs,
    problems,
)


def requests_of(given: Arguments, service: Service, client: ApiClient) -> list[Request]:
    """Call the method, and tell what came.

    Raises:
        ValueError: The client has refused an argument.
        TypeError: The same.
    """
    service.reset()
    service.answer_always(204)
    method = getattr(
        getattr(PureCloudPlatformClientV2, given.method.api)(client), given.method.name
    )
    with warnings.catch_warnings():
        # A key that is none of the model's, but is like one.
        warnings.simplefilter("ignore", UserWarning)
        result: Any = method(**given.values)
    assert result is None
    return service.requests


def is_no_id(given: Arguments, name: str) -> bool:
    return str(given.values.get(name)) in ("", ".", "..")


@fuzzed(150)
@hypothesis.given(given=arguments())
def test_what_arrives_is_what_the_contract_wants(
    service: Service, api_client: ApiClient, given: Arguments
) -> None:
    hypothesis.note(repr(given))
    refused = [one.name for one in given.method.placed("path") if is_no_id(given, one.name)]
    try:
        (request,) = requests_of(given, service, api_client)
    except ValueError as error:
        assert refused
        assert str(error).startswith(refused[0])  # noqa: PT017 - only these may be refused
        assert service.requests == []
    else:
        assert list(problems(given, request)) == []


@fuzzed(150)
@hypothesis.given(drawn=hostile_arguments())
def test_a_hostile_argument_is_refused_or_arrives_as_itself(
    service: Service, api_client: ApiClient, drawn: tuple[Arguments, str, Any]
) -> None:
    given, name, value = drawn
    hypothesis.note(repr(given))
    try:
        (request,) = requests_of(given, service, api_client)
    except (TypeError, ValueError) as error:
        assert name in str(error)  # noqa: PT017 - either outcome is right
        assert service.requests == []
        return
    if type(value) in (str, int, bool, bytes, type(None)):
        assert list(problems(given, request)) == []
    # Of others, too, nothing gets anywhere else.
    template = re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(given.method.path))
    assert re.fullmatch(template, request.path)
    assert {one for one, _ in pairs(request)} <= {
        one.wire_name for one in given.method.placed("query")
    }
    assert {*own_headers(request)} <= {
        one.wire_name.lower() for one in given.method.placed("header")
    }
