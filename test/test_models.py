from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
import weakref
from collections.abc import Callable
from datetime import date, datetime, timezone
from pathlib import Path
from pprint import pformat
from typing import Annotated, Any, ClassVar

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
    models,
    to_rows,
)
from PureCloudPlatformClientV2._wire.json_values import parse_json
from PureCloudPlatformClientV2.models import Model
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


@pytest.mark.parametrize("depth", [100, 400, 700, 950, 5000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a": ', "}")])
def test_what_is_not_too_deep_to_be_read_is_not_too_deep_to_be_shown(
    depth: int, opening: str, closing: str
) -> None:
    text = '{"new": ' + opening * depth + "1" + closing * depth + "}"
    try:
        integration = LineIntegration.from_dict(parse_json(text.encode()))
    except ValueError:  # at another depth in each version of Python
        return
    assert repr(integration).startswith("LineIntegration(")
    assert integration.to_dict()["new"]


def called_from(frames: int, work: Callable[[], object]) -> object:
    """Do something as a program does that is so many calls deep already."""
    return called_from(frames - 1, work) if frames else work()


def compared(model: Model) -> Model:
    again = type(model).from_dict(sent(model))
    assert model == again
    return again


USES: dict[str, Callable[[Any], object]] = {
    "to_dict": lambda model: model.to_dict(),
    "to_json": lambda model: model.to_json(),
    "repr": repr,
    "to_rows": lambda model: list(to_rows([model])),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "==": compared,
    "sent": sent,
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(
    ("kind", "opening", "inner", "closing", "levels"),
    [
        ("LineIntegration", '{"new": ', "[]", "}", 1),
        ("LineIntegration", '{"new": [', "1", "]}", 2),
        ("CategoryReference", '{"parentCategory": ', "{}", "}", 1),
        ("Annotation", '{"annotations": [', "{}", "]}", 2),
    ],
    ids=["objects", "objects and arrays", "models", "lists of models"],
)
def test_a_hundred_levels_can_be_used_in_every_way(
    kind: str, opening: str, inner: str, closing: str, levels: int, use: str
) -> None:
    depth = 100 // levels
    model = getattr(models, kind).from_dict(
        parse_json((opening * depth + inner + closing * depth).encode())
    )
    assert called_from(200, lambda: USES[use](model)) is not None


# Models that a user writes, to reach other endpoints


def test_a_model_of_your_own_derives_its_maps() -> None:
    class Sample(Model):
        plain_text: Annotated[str | None, "a comment"] = None
        numbers: list[float] | None = None
        by_name: dict[str, list[UriReference]] | None = None
        anything: Any = None
        flag: bool | None = None
        not_a_field: ClassVar[int] = 5

    assert Sample.swagger_types == {
        "plain_text": "str",
        "numbers": "list[float]",
        "by_name": "dict(str, list[UriReference])",
        "anything": "object",
        "flag": "bool",
    }
    assert Sample.attribute_map["by_name"] == "byName"
    assert Sample.secret_fields == frozenset()
    sample = Sample.from_dict({"byName": {"a": [{"id": "1"}]}, "anything": {"b": 1}, "flag": True})
    assert sample.by_name == {"a": [UriReference(id="1")]}
    assert sample.to_dict()["by_name"] == {"a": [{"id": "1", "name": None, "self_uri": None}]}


@pytest.mark.parametrize("annotation", [complex, str | int, set[str], dict[str, bytes]])
def test_a_field_of_an_impossible_type_fails_when_the_class_is_created(annotation: Any) -> None:
    with pytest.raises(TypeError, match="not a type that a model field can have"):
        type("Impossible", (Model,), {"__annotations__": {"field": annotation}})


def test_reading_a_model_does_not_change_it() -> None:
    integration = LineIntegration(id="1")
    before = pickle.dumps(integration)
    assert repr(integration) == str(integration)
    assert integration == LineIntegration(id="1")
    assert integration.to_dict()
    assert integration.to_json()
    assert pickle.dumps(integration) == before


def test_a_pickle_of_a_version_with_fewer_fields_can_be_read() -> None:
    integration = LineIntegration(id="1", name="Support")
    reduced: Any = integration.__reduce_ex__(4)
    maker, arguments, state = reduced[:3]
    assert isinstance(state, tuple)
    del state[1]["name"]
    twin = maker(*arguments)
    twin.__setstate__(state)
    assert (twin.id, twin.name, twin.additional_properties) == ("1", None, {})
    assert weakref.ref(twin)() is twin


def test_a_model_may_be_subclassed() -> None:
    class Own(LineIntegration):
        team: str | None = None

        @property
        def label(self) -> str:
            return f"{self.name} of {self.team}"

    own = Own.from_dict({"name": "Support", "team": "A", "other": 1})
    assert (own.label, own.additional_properties) == ("Support of A", {"other": 1})
    assert sent(own) == {"name": "Support", "team": "A", "other": 1}
    with pytest.raises(AttributeError, match="no attribute 'teem'"):
        setattr(own, "teem", "B")  # noqa: B010  # a checker would object
    assert copy.deepcopy(own) == own


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_model_pickles_by_every_protocol(protocol: int) -> None:
    integration = LineIntegration.from_dict({"id": "1", "unknown": 2})
    twin = pickle.loads(pickle.dumps(integration, protocol))
    assert twin == integration
    assert twin.additional_properties == {"unknown": 2}


def test_what_is_not_annotated_is_no_field() -> None:
    class Own(LineIntegration):
        helper = None

    assert Own().helper is None
    assert "helper" not in Own.swagger_types


def test_an_entity_of_a_listing_has_an_index() -> None:
    first, second, third = (LineIntegration(id=str(number)) for number in range(3))
    listing = LineIntegrationEntityListing(entities=[first, second, third])
    assert (listing[0], listing[-1], listing[1:]) == (first, third, [second, third])
    with pytest.raises(IndexError):
        LineIntegrationEntityListing()[0]


# Models of one name


def test_a_subclass_may_have_the_name_of_its_base() -> None:
    base = LineIntegration

    own_class: Any = type(
        "LineIntegration", (base,), {"works": property(lambda self: self.status == "Active")}
    )
    own = own_class.from_dict({"id": "1", "status": "Active"})
    (other,) = LineIntegrationEntityListing.from_dict({"entities": [{"id": "2"}]})

    assert type(own) is own_class
    assert own.works
    assert type(other) is base
    assert not isinstance(other, own_class)


def make_model(name: str, fields: dict[str, Any]) -> Any:
    namespace = {"__annotations__": fields, "__module__": __name__, **dict.fromkeys(fields)}
    kind: Any = type(Model)
    return kind(name, (Model,), namespace)


def make_channel(fields: dict[str, Any]) -> Any:
    return make_model("OwnChannel", fields)


def test_two_models_of_one_name_decode_into_themselves() -> None:
    first, second = make_channel({"name": str | None}), make_channel({"number": int | None})

    fields: dict[str, Any] = {"one": first | None, "other": list.__class_getitem__(second) | None}
    holds = make_model("Holder", fields)
    holder = holds.from_dict({"one": {"name": "a"}, "other": [{"number": 5}]})
    assert type(holder.one) is first
    assert [type(one) for one in holder.other] == [second]
    assert (holder.one.name, holder.other[0].number) == ("a", 5)
    assert holds.swagger_types == {"one": "OwnChannel", "other": "list[OwnChannel]"}
    assert first.from_dict({"number": 5}).additional_properties == {"number": 5}


def test_a_name_means_a_model_of_the_package_before_one_of_a_program() -> None:
    make_channel({"name": str | None})  # which nobody holds
    own = make_channel({"number": int | None})

    stranger = make_model("UriReference", {})
    assert models.find_model("OwnChannel") is own
    assert models.find_model("UriReference") is UriReference is not stranger
    assert models.find_model("NoSuchModel") is None
    assert models.find_model("find_model") is None


def test_a_module_may_be_there_twice(tmp_path: Path) -> None:
    """As with ``python -m package.module`` where the package imports the module as well."""
    package = tmp_path / "own"
    package.mkdir()
    (package / "__init__.py").write_text("from .channels import Channel\n")
    (package / "channels.py").write_text(
        "from PureCloudPlatformClientV2 import LineIntegrationEntityListing\n"
        "from PureCloudPlatformClientV2.models import Model\n"
        "class Channel(Model):\n"
        "    name: str | None = None\n"
        "class LineIntegration(Model):\n"
        "    title: str | None = None\n"
        "if __name__ == '__main__':\n"
        "    import own\n"
        "    assert own.Channel is not Channel\n"
        "    for one in (Channel, own.Channel):\n"
        "        assert type(one.from_dict({'name': 'a'})) is one\n"
        "    listing = LineIntegrationEntityListing.from_dict({'entities': [{'id': '1'}]})\n"
        "    print(listing[0].id)\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "own.channels"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout, run.stderr) == ("1\n", "")


def test_a_subclass_of_the_null_value_is_itself() -> None:
    class Null(ApiNullValue):
        pass

    assert type(Null()) is Null


class _Leaf(str):
    """A text that counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        type(self).compared += 1
        return str(self) is str(other)

    __hash__ = str.__hash__


def _nested(leaf: Any, depth: int, kind: Callable[[Any], Any]) -> ErrorBody:
    body = ErrorBody(message=leaf)
    for _ in range(depth):
        body = ErrorBody(errors=kind([body]))
    return body


@pytest.mark.parametrize("depth", [1, 10])
@pytest.mark.parametrize("kind", [list, tuple])
def test_equality_looks_at_each_value_once(depth: int, kind: Callable[[Any], Any]) -> None:
    _Leaf.compared = 0
    assert _nested(_Leaf("a"), depth, kind) != _nested(_Leaf("b"), depth, list)
    assert _Leaf.compared == 1


def test_equality_of_what_is_nested_deeply_comes_to_an_end() -> None:
    assert _nested("a", 60, tuple) == _nested("a", 60, list)
    assert _nested("a", 60, list) != _nested("b", 60, list)


def test_equality_goes_into_unknown_fields() -> None:
    one, other = ErrorBody(), ErrorBody()
    one.additional_properties["new"] = {"pairs": [(1, 2)], "model": _nested("a", 2, list)}
    other.additional_properties["new"] = {"pairs": ([1, 2],), "model": _nested("a", 2, tuple)}
    assert one == other
    other.additional_properties["more"] = 1
    assert one != other
