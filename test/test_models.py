"""What every model can do, and what it holds."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import date, datetime, timezone
from pprint import pformat
from typing import Any

import pytest

from PureCloudPlatformClientV2 import (
    ApiNullValue,
    Detail,
    ErrorBody,
    FacebookIntegration,
    FacebookIntegrationEntityListing,
    FacebookIntegrationRequest,
    LineIntegration,
    LineIntegrationEntityListing,
    LineIntegrationRequest,
    UriReference,
)
from PureCloudPlatformClientV2.utils import sanitize_for_serialization as sent

WIRE = {
    "id": "int-1",
    "name": "Support",
    "recipient": {"id": "r-1", "selfUri": "/r-1"},
    "dateCreated": "2019-08-14T09:30:00.000Z",
    "version": 2,
    "colour": "green",
}


def test_from_dict_takes_wire_names() -> None:
    integration = FacebookIntegration.from_dict(WIRE)

    assert integration.id == "int-1"
    assert integration.recipient == UriReference(id="r-1", self_uri="/r-1")
    assert integration.date_created == datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc)
    assert integration.version == 2
    assert integration.app_id is None
    assert integration.additional_properties == {"colour": "green"}


def test_to_dict_gives_every_field_by_attribute_name() -> None:
    assert FacebookIntegration.from_dict(WIRE).to_dict() == {
        "id": "int-1",
        "name": "Support",
        "supported_content": None,
        "messaging_setting": None,
        "page_name": None,
        "page_profile_image_url": None,
        "create_status": None,
        "create_error": None,
        "app_id": None,
        "page_id": None,
        "status": None,
        "recipient": {"id": "r-1", "name": None, "self_uri": "/r-1"},
        "date_created": datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc),
        "date_modified": None,
        "created_by": None,
        "modified_by": None,
        "version": 2,
        "self_uri": None,
        "colour": "green",
    }


def test_to_dict_goes_into_lists_and_dicts() -> None:
    body = ErrorBody(
        details=[Detail(field_name="name")],
        errors=[ErrorBody(message_params={"a": "b"}, message=ApiNullValue())],
    )
    plain = body.to_dict()
    assert plain["details"][0]["field_name"] == "name"
    assert plain["errors"][0]["message_params"] == {"a": "b"}
    assert plain["errors"][0]["message"] is None


def test_what_is_sent_has_wire_names_and_what_is_set() -> None:
    request = LineIntegrationRequest(
        name="Support", channel_secret="hunter2", service_code=ApiNullValue()
    )
    assert sent(request) == {
        "name": "Support",
        "channelSecret": "hunter2",
        "serviceCode": None,
    }
    assert sent(FacebookIntegration.from_dict(WIRE)) == WIRE
    assert sent(LineIntegrationRequest()) == {}


def test_to_json_is_to_dict_as_text() -> None:
    request = LineIntegrationRequest(
        name="Grüße", channel_secret="hunter2", service_code=ApiNullValue()
    )
    assert request.to_json() == (
        '{"id": null, "name": "Gr\\u00fc\\u00dfe", "channel_id": null, "channel_secret": "hunter2",'
        ' "switcher_secret": null, "service_code": null, "self_uri": null}'
    )


def test_to_json_has_dates_and_what_is_in_a_model_under_attribute_names() -> None:
    integration = FacebookIntegration(
        date_created=datetime(2019, 8, 14, 9, 30, 0, 123000, tzinfo=timezone.utc),
        recipient=UriReference(self_uri="/x"),
    )
    integration.additional_properties["ofLaterVersions"] = [{"someName": None}]

    record = json.loads(integration.to_json())

    assert list(record) == [*FacebookIntegration.swagger_types, "ofLaterVersions"]
    assert record["date_created"] == "2019-08-14T09:30:00.123000+00:00"
    assert record["recipient"] == {"id": None, "name": None, "self_uri": "/x"}
    assert record["ofLaterVersions"] == [{"someName": None}]


def test_to_json_goes_into_lists_and_dicts() -> None:
    error = ErrorBody(details=[Detail(error_code="a")], message_params={"bC": "d"})
    record = json.loads(ErrorBody(errors=[error]).to_json())["errors"][0]
    assert record["details"][0] == dict.fromkeys(Detail.swagger_types) | {"error_code": "a"}
    assert record["message_params"] == {"bC": "d"}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (datetime(2019, 8, 14, 9, 30), "2019-08-14T09:30:00"),
        (date(2019, 8, 14), "2019-08-14"),
    ],
)
def test_to_json_writes_dates_as_isoformat_does(given: Any, text: str) -> None:
    assert json.loads(LineIntegration(name=given).to_json())["name"] == text


@pytest.mark.parametrize("bad", [float("nan"), object(), {1, 2}])
def test_to_json_refuses_what_json_has_no_form_for(bad: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        LineIntegration(name=bad).to_json()


NULL = ApiNullValue()


@pytest.mark.parametrize(
    "make",
    [
        ApiNullValue,
        lambda: type(NULL)(),
        lambda: copy.copy(NULL),
        lambda: copy.deepcopy([NULL])[0],
        lambda: pickle.loads(pickle.dumps(NULL)),
        lambda: pickle.loads(pickle.dumps(NULL, 0)),
        lambda: copy.deepcopy(LineIntegrationRequest(name=NULL)).name,
        lambda: pickle.loads(pickle.dumps(LineIntegrationRequest(name=NULL))).name,
    ],
)
def test_there_is_one_null_value(make: Callable[[], Any]) -> None:
    assert make() is NULL


def test_the_null_value_stands_for_none() -> None:
    assert (NULL.to_dict(), NULL.to_json(), repr(NULL)) == (None, None, "ApiNullValue()")
    assert NULL
    assert {NULL: 1}[ApiNullValue()] == 1


def test_nulls_count_as_absent() -> None:
    assert FacebookIntegration.from_dict({"id": None, "recipient": None}) == FacebookIntegration()


def test_a_field_is_set_by_keyword_or_attribute_and_unset_by_none() -> None:
    request = LineIntegrationRequest(name="A")
    request.channel_id = "1653"
    request.name = None
    assert request == LineIntegrationRequest(channel_id="1653")
    assert sent(request) == {"channelId": "1653"}


@pytest.mark.parametrize("empty", ["", 0, False, [], {}])
def test_empty_values_are_sent_all_the_same(empty: Any) -> None:
    assert sent(LineIntegrationRequest(name=empty)) == {"name": empty}


def test_a_misspelt_attribute_is_an_attribute_error() -> None:
    request: Any = LineIntegrationRequest()
    with pytest.raises(AttributeError) as caught:
        request.chanel_id = "1653"
    assert str(caught.value).startswith(
        "'LineIntegrationRequest' object has no attribute 'chanel_id'"
    )
    assert not hasattr(request, "chanel_id")
    with pytest.raises(AttributeError, match="chanel_id"):
        _ = request.chanel_id


def test_a_wire_name_is_no_attribute() -> None:
    request: Any = LineIntegrationRequest()
    with pytest.raises(AttributeError, match="no attribute 'channelId'"):
        request.channelId = "1653"


def test_a_misspelt_keyword_is_a_type_error() -> None:
    model: Any = LineIntegrationRequest
    with pytest.raises(TypeError) as caught:
        model(chanel_id="1653")
    assert str(caught.value) == (
        "LineIntegrationRequest got an unexpected keyword argument 'chanel_id'; "
        "did you mean 'channel_id'?"
    )
    with pytest.raises(TypeError):
        model("Support")


def test_repr_shows_what_is_set_and_masks_secrets() -> None:
    request = LineIntegrationRequest(name="Support", channel_secret="hunter2")
    assert repr(request) == "LineIntegrationRequest(name='Support', channel_secret='***')"
    assert str(request) == request.to_str() == pformat(request) == repr(request)
    assert repr(LineIntegrationRequest()) == "LineIntegrationRequest()"


def test_repr_shows_that_a_secret_is_to_be_removed() -> None:
    request = LineIntegrationRequest(switcher_secret=ApiNullValue())
    assert repr(request) == "LineIntegrationRequest(switcher_secret=ApiNullValue())"


def test_repr_shows_unknown_fields() -> None:
    integration = LineIntegration.from_dict({"id": "1", "colour": "green", "newSecret": "x"})
    assert repr(integration) == (
        "LineIntegration(id='1', additional_properties={'colour': 'green', 'newSecret': '***'})"
    )


def test_repr_of_much_is_one_field_a_line() -> None:
    listing = FacebookIntegrationEntityListing.from_dict(
        {"entities": [{"id": "1", "recipient": {"id": "r"}}, {"id": "2" * 80}], "total": 2}
    )
    assert repr(listing).splitlines() == [
        "FacebookIntegrationEntityListing(",
        "    entities=[",
        "        FacebookIntegration(id='1', recipient=UriReference(id='r')),",
        "        FacebookIntegration(",
        f"            id='{'2' * 80}',",
        "        ),",
        "    ],",
        "    total=2,",
        ")",
    ]


def test_equality_looks_at_class_and_content() -> None:
    assert LineIntegrationRequest(name="A") == LineIntegrationRequest(name="A", id=None)
    assert LineIntegrationRequest(name="A") != LineIntegrationRequest(name="B")
    assert LineIntegrationRequest(name="A") != FacebookIntegrationRequest(name="A")
    assert LineIntegrationRequest(name="A") != {"name": "A"}
    assert LineIntegration.from_dict({"new": 1}) != LineIntegration()
    assert LineIntegration.from_dict({"new": 1}) == LineIntegration.from_dict({"new": 1})


def test_models_have_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(LineIntegrationRequest())


def test_looking_at_a_model_does_not_change_it() -> None:
    model = LineIntegration(id="1")
    before = pickle.dumps(LineIntegration(id="1"))
    assert model.additional_properties == {}
    repr(model)
    model.to_dict()
    assert model == pickle.loads(before)
    assert sent(model) == {"id": "1"}


def test_a_deep_copy_shares_nothing() -> None:
    listing = FacebookIntegrationEntityListing.from_dict({"entities": [{"id": "1", "new": [1]}]})
    twin = copy.deepcopy(listing)
    assert twin.entities is not None
    twin.entities[0].id = "2"
    twin.entities[0].additional_properties["new"].append(2)
    assert listing == FacebookIntegrationEntityListing.from_dict(
        {"entities": [{"id": "1", "new": [1]}]}
    )


def test_a_copy_can_be_changed_on_its_own() -> None:
    request = LineIntegrationRequest(name="A")
    twin = copy.copy(request)
    twin.name = "B"
    assert request.name == "A"


def test_unknown_fields_can_be_set_for_a_service_that_knows_them() -> None:
    request = LineIntegrationRequest(name="A")
    request.additional_properties = {"colour": "green"}
    request.additional_properties["size"] = 5
    assert sent(request) == {"name": "A", "colour": "green", "size": 5}


def test_a_known_field_outweighs_an_unknown_one_of_its_name() -> None:
    request = LineIntegrationRequest(channel_id="1")
    request.additional_properties = {"channelId": "2", "channel_id": "3"}
    assert sent(request)["channelId"] == "1"
    assert request.to_dict()["channel_id"] == "1"


def test_listings_are_iterable_and_have_a_length() -> None:
    listing = FacebookIntegrationEntityListing.from_dict(
        {"entities": [{"id": "1"}, {"id": "2"}], "pageSize": 25}
    )
    assert [integration.id for integration in listing] == ["1", "2"]
    assert len(listing) == 2
    assert listing


@pytest.mark.parametrize("wire", [{}, {"entities": []}, {"entities": None}])
def test_an_empty_listing_is_still_a_page(wire: dict[str, Any]) -> None:
    listing = FacebookIntegrationEntityListing.from_dict(wire)
    assert list(listing) == []
    assert len(listing) == 0
    assert listing


def test_an_error_body_holds_details_and_further_errors() -> None:
    body = ErrorBody.from_dict(
        {"details": [{"errorCode": "c"}], "errors": [{"errors": [{"code": "inner"}]}]}
    )
    assert body.details == [Detail(error_code="c")]
    assert body.errors is not None
    assert body.errors[0].errors == [ErrorBody(code="inner")]


@pytest.mark.parametrize("wire", [None, [], "x", 1, True])
def test_from_dict_of_anything_else_is_a_value_error(wire: Any) -> None:
    with pytest.raises(ValueError, match="expected an object for LineIntegration"):
        LineIntegration.from_dict(wire)


def test_reading_a_model_does_not_change_it() -> None:
    integration = LineIntegration(id="1")
    before = pickle.dumps(integration)
    assert repr(integration) == str(integration)
    assert integration == LineIntegration(id="1")
    assert integration.to_dict()
    assert integration.to_json()
    assert pickle.dumps(integration) == before


def test_an_entity_of_a_listing_has_an_index() -> None:
    first, second, third = (LineIntegration(id=str(number)) for number in range(3))
    listing = LineIntegrationEntityListing(entities=[first, second, third])
    assert (listing[0], listing[-1], listing[1:]) == (first, third, [second, third])
    with pytest.raises(IndexError):
        LineIntegrationEntityListing()[0]
