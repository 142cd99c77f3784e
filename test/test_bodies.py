"""What may be given for a body: one rule for all endpoints."""

from __future__ import annotations

import warnings
from typing import Annotated, Any

import pytest
from parameter_values import Text
from service import Service
from test_endpoints import Endpoints, Order, OwnGroup, OwnGroupRequest, api

from PureCloudPlatformClientV2 import (
    FacebookIntegration,
    FacebookIntegrationRequest,
    LineIntegration,
    LineIntegrationRequest,
    MessagingApi,
    TwitterIntegration,
    TwitterIntegrationRequest,
    UriReference,
    models,
)
from PureCloudPlatformClientV2.models import JsonKey, Model

__all__ = ["api"]  # the fixture


class Renamed(Model):
    """The fields of a request under other attributes."""

    key: Annotated[str | None, JsonKey("id")] = None
    label: Annotated[str | None, JsonKey("displayName")] = None
    owner: UriReference | None = None


class Special(OwnGroupRequest):
    """A user's own subclass."""

    note: str | None = None


def test_what_was_read_can_be_changed_and_sent_back(api: Endpoints, service: Service) -> None:
    service.answer(200, {"id": "1", "displayName": "A", "version": 3, "colour": "red"})
    service.answer(200, {})
    group = api.get_any("OwnGroup")
    group.display_name = "B"
    api.patch_group(group)
    assert service.requests[-1].json == {
        "id": "1",
        "displayName": "B",
        "version": 3,
        "colour": "red",
    }


@pytest.mark.parametrize(
    "body",
    [
        OwnGroupRequest(id="1"),
        OwnGroup(id="1"),
        Special(id="1"),
        Renamed(key="1"),
        {"id": "1"},
    ],
    ids=lambda body: type(body).__name__,
)
def test_a_dict_or_a_model_with_the_fields_will_do(
    api: Endpoints, service: Service, body: Any
) -> None:
    service.answer(200, {})
    api.patch_group(body)
    assert service.requests[-1].json == {"id": "1"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            Order(id="1"),
            "body: give a OwnGroupRequest, or a dict of wire names; "
            "Order has no 'displayName', 'owner'",
        ),
        (
            UriReference(id="1"),
            "UriReference has no 'displayName', 'owner'",
        ),
        (
            [OwnGroup()],
            "body: give a OwnGroupRequest, or a dict of wire names, not a value of type list",
        ),
        (OwnGroupRequest, "not a value of type _ModelType"),
        ("{}", "not a value of type str"),
    ],
    ids=["order", "reference", "list", "class", "text"],
)
def test_anything_else_is_refused(
    api: Endpoints, service: Service, body: Any, message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        api.patch_group(body)
    assert str(caught.value).endswith(message)
    assert service.requests == []


def test_of_many_missing_fields_some_are_listed(api: Endpoints) -> None:
    with pytest.raises(TypeError, match=r"^settings: .*'name', .* and \d+ more$"):
        api.post_any(Order(), LineIntegration)


# Every pair of the messaging models


REQUESTS = [FacebookIntegrationRequest, LineIntegrationRequest, TwitterIntegrationRequest]
ANSWERS = [FacebookIntegration, LineIntegration, TwitterIntegration]


@pytest.mark.parametrize("given", [*REQUESTS, *ANSWERS], ids=lambda model: model.__name__)
@pytest.mark.parametrize("declared", REQUESTS, ids=lambda model: model.__name__)
def test_no_messenger_takes_the_body_of_another(
    api: Endpoints, service: Service, declared: type[Model], given: type[Model]
) -> None:
    service.answer(204)
    if given is declared:
        api.post_any(given(), declared)
        return
    with pytest.raises(
        TypeError, match=rf"^settings: give a {declared.__name__}.*{given.__name__}"
    ):
        api.post_any(given(), declared)
    assert service.requests == []


# Lists and others


GOOD: dict[str, list[Any]] = {
    "list[OwnGroupRequest]": [
        [],
        [OwnGroupRequest(id="1"), OwnGroup(id="2"), {"id": "3"}],
        (OwnGroupRequest(),),
        [Special()],
    ],
    "list[str]": [[], ["a", "b"], ("a",), [Text.LINE]],
    "list[list[str]]": [[["a"], []]],
    "object": [{}, [], "text", 5, False, [{"a": None}], OwnGroup(id="1")],
    "str": ["", "text", Text.LINE],
    "OwnGroupRequest": [{}, OwnGroup()],
}

BAD: dict[str, list[tuple[Any, str]]] = {
    "list[OwnGroupRequest]": [
        (
            OwnGroupRequest(),
            "settings: give a list, each item of it a OwnGroupRequest, or a dict of",
        ),
        ({"id": "1"}, "settings: give a list, .*not a value of type dict"),
        (iter([OwnGroup()]), "settings: give a list, .*not a value of type list_iterator"),
        ([OwnGroup(), Order()], r"settings\[1\]: give a OwnGroupRequest.* Order has no"),
        ([{}, None], r"settings\[1\]: .*NoneType"),
        ([{}, {}, {"display_name": "A"}], r"settings\[2\]: 'display_name' is not.*'displayName'"),
        ("text", "settings: give a list"),
    ],
    "list[str]": [
        ("text", "settings: give a list, each item of it text, not a value of type str"),
        (["a", 5], r"settings\[1\]: give text, not a value of type int"),
        ([OwnGroup()], r"settings\[0\]: give text"),
        ({"a"}, "settings: give a list"),
    ],
    "str": [(5, "settings: give text"), (["a"], "settings: give text"), (b"a", "settings: give t")],
    "list[list[str]]": [([["a"], ["b", 1]], r"settings\[1\]\[1\]: give text")],
}


@pytest.mark.parametrize(
    ("body_type", "number"), [(kind, number) for kind in GOOD for number in range(len(GOOD[kind]))]
)
def test_a_body_fits_its_type(
    api: Endpoints, service: Service, body_type: str, number: int
) -> None:
    body = GOOD[body_type][number]
    service.answer(204)
    api.post_any(body, body_type)
    wire = api.api_client.sanitize_for_serialization(body)
    assert service.requests[-1].json == wire


@pytest.mark.parametrize(
    ("body_type", "number"), [(kind, number) for kind in BAD for number in range(len(BAD[kind]))]
)
def test_a_body_that_does_not_fit_is_refused_by_its_argument(
    api: Endpoints, service: Service, body_type: str, number: int
) -> None:
    body, message = BAD[body_type][number]
    with pytest.raises((TypeError, ValueError), match=f"^{message}"):
        api.post_any(body, body_type)
    assert service.requests == []


WANTED: dict[Any, str] = {
    "list[OwnGroupRequest]": "a list, each item of it a OwnGroupRequest, or a dict of wire names",
    "list[str]": "a list, each item of it text",
    "list[list[str]]": "a list, each item of it a list, each item of it text",
    "object": "a JSON value",
    "str": "text",
    "OwnGroupRequest": "a OwnGroupRequest, or a dict of wire names",
    OwnGroupRequest: "a OwnGroupRequest, or a dict of wire names",
}


@pytest.mark.parametrize("body_type", WANTED, ids=str)
def test_a_body_is_missing_unless_it_is_optional(
    api: Endpoints, service: Service, body_type: Any
) -> None:
    with pytest.raises(ValueError, match=rf"^settings is missing: give {WANTED[body_type]}$"):
        api.post_any(None, body_type)
    assert service.requests == []
    service.answer(204)
    api.post_any(None, body_type, required=False)
    assert service.requests[-1].body == b""
    assert service.requests[-1].headers["Content-Type"] is None


# Names in dicts


class Clash(Model):
    """A wire name that is the attribute of another field."""

    pc_self: Annotated[str | None, JsonKey("self_uri")] = None
    self_uri: Annotated[str | None, JsonKey("selfUri")] = None


def test_a_wire_name_may_be_the_attribute_of_another_field(
    api: Endpoints, service: Service
) -> None:
    service.answer(204)
    api.post_any({"self_uri": "x", "selfUri": "y"}, Clash)
    with pytest.raises(ValueError, match="'pc_self' is not a wire name; write 'self_uri'"):
        api.post_any({"pc_self": "x"}, Clash)


def test_a_name_that_is_nearly_right_is_sent_with_a_warning(
    api: Endpoints, service: Service
) -> None:
    service.answer(204)
    with pytest.warns(UserWarning, match=r"^settings\[1\]: .*'displayname'; did you mean 'displa"):
        api.post_any([{"displayName": "A"}, {"displayname": "B"}], "list[OwnGroupRequest]")
    assert service.requests[-1].json[1] == {"displayname": "B"}


def test_such_a_warning_is_shown_once_a_place_until_the_register_is_emptied(
    api: Endpoints, service: Service
) -> None:
    service.answer_always(204)
    call = api.api_client.call_api
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for shown in (1, 1, 2):
            if shown == 2:
                globals()["__warningregistry__"].clear()  # as unittest does
            call("/x", "POST", body={"displayname": "A"}, body_type=OwnGroupRequest)
            assert len(caught) == shown


@pytest.mark.parametrize(
    ("names", "module"),
    [({}, "<string>"), ({"__name__": ""}, "<string>"), ({"__name__": "a"}, "a")],
)
def test_such_a_warning_is_filtered_by_the_module_of_the_caller(
    api: Endpoints, service: Service, names: dict[str, Any], module: str
) -> None:
    service.answer_always(204)
    code = "client.call_api('/x', 'POST', body={'displayname': 'A'}, body_type='OwnGroupRequest')"
    program = compile(code, "program", "exec")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", module=f"{module}$")
        exec(program, {"client": api.api_client, **names})
        warnings.filterwarnings("error", module=f"{module}$")
        with pytest.raises(UserWarning):
            exec(program, {"client": api.api_client, **names})


def test_a_name_that_is_only_like_one_is_sent_without_a_word(
    api: Endpoints, service: Service
) -> None:
    service.answer(204)
    api.patch_group({"display": "A"})  # warnings are errors here
    assert service.requests[-1].json == {"display": "A"}


def test_call_api_has_the_same_rule(service: Service, api: Endpoints) -> None:
    service.answer(204)
    client = api.api_client
    client.call_api("/x", "POST", body=[OwnGroup(id="1")], body_type="list[OwnGroupRequest]")
    with pytest.raises(TypeError, match=r"^body: give a OwnGroupRequest.* Order has no"):
        client.call_api("/x", "POST", body=Order(), body_type=OwnGroupRequest)
    assert len(service.requests) == 1


def test_the_hand_written_endpoints_have_it_as_well(service: Service, api: Endpoints) -> None:
    class Read(LineIntegrationRequest):
        version: int | None = None

    service.answer(200, {})
    MessagingApi(api.api_client).post_messaging_integrations_line(Read(name="A", version=1))
    assert service.requests[-1].json == {"name": "A", "version": 1}
    assert models.find_model("Read") is Read
