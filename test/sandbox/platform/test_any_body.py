"""Any body at all."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from PureCloudPlatformClientV2 import (
    ApiClient,
    BadRequestException,
)
from PureCloudPlatformClientV2.sandbox.platform import contract

from .calls import LIVES, assert_valid, call, example, operation_at

json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=60)
@given(data=st.data())
def test_any_body_is_accepted_or_refused_as_the_contract_has_it(
    client: ApiClient, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(LIVES))
    creation = operation_at("POST", path)
    assert creation.body
    names = list(contract.properties(creation.body))
    body = data.draw(st.dictionaries(st.sampled_from(names), json_values, max_size=4))
    body = {**example(creation.body), **body}
    try:
        created = call(client, "POST", path, body)
    except BadRequestException as refused:
        if not (refused.error and refused.error.details):
            raise
    else:
        assert_valid(creation.result or "", created)
