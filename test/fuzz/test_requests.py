"""Whatever is given to a method: the request that the contract wants, or a clear refusal."""

from __future__ import annotations

import re
import warnings
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
from fuzzing import fuzzed
from service import Request, Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient

from .arguments import (
    OF_2019,
    TODAY,
    Arguments,
    Contract,
    arguments,
    hostile_arguments,
    own_headers,
    pairs,
    problems,
)

every_contract = pytest.mark.parametrize("contract", [TODAY, OF_2019], ids=["today", "of 2019"])


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


@every_contract
@fuzzed(80)
@hypothesis.given(data=st.data())
def test_what_arrives_is_what_the_contract_wants(
    service: Service, api_client: ApiClient, contract: Contract, data: st.DataObject
) -> None:
    given = data.draw(arguments(contract, contract.any_method))
    refused = [one.name for one in given.method.placed("path") if is_no_id(given, one.name)]
    if refused:
        with pytest.raises(ValueError, match=f"^{refused[0]}"):
            requests_of(given, service, api_client)
        assert service.requests == []
        return
    (request,) = requests_of(given, service, api_client)
    assert list(problems(given, request)) == []


@every_contract
@fuzzed(80)
@hypothesis.given(data=st.data())
def test_a_hostile_argument_is_refused_or_arrives_as_itself(
    service: Service, api_client: ApiClient, contract: Contract, data: st.DataObject
) -> None:
    given, name, value = data.draw(hostile_arguments(contract, contract.with_parameters))
    try:
        requests = requests_of(given, service, api_client)
    except (TypeError, ValueError) as error:
        # Where something within a body is wrong, its name there is told; a header by its own name.
        names = [name, *map(str, value)] if isinstance(value, dict) else [name]
        headers = given.method.placed("header")
        names += [f"header {one.wire_name}" for one in headers if one.name == name]
        assert any(one in str(error) for one in names)  # noqa: PT017 - either outcome is right
        assert service.requests == []
        return
    (request,) = requests
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
