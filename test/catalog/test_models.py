"""A model of the catalog is a ``Model`` as one that is written by hand."""

from __future__ import annotations

import copy
import inspect
import json
import keyword
import pickle
import pydoc
import typing
from datetime import date, datetime, timezone
from typing import Any

import pytest
from platform_facts import Samples, attribute, definition_name, notifications, platform

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient, ApiNullValue, YearMonth
from PureCloudPlatformClientV2.models import EntityListing, Model
from PureCloudPlatformClientV2.models.entity_listing import Entities

package: Any = PureCloudPlatformClientV2
models: Any = package.models


def sample(name: str, document: dict[str, Any]) -> Any:
    return Samples(document).make({"$ref": f"#/definitions/{name}"})


NAMES = [(name, one) for one in (platform(), notifications()) for name in one["definitions"]]


def test_hints_of_every_model_are_resolved() -> None:
    for name, document in NAMES:
        model = getattr(models, name)
        hints = typing.get_type_hints(model)
        properties = document["definitions"][name]["properties"]
        for wire_name, schema in properties.items():
            hint = hints[attribute(wire_name, schema)]
            assert type(None) in typing.get_args(hint) or hint is Any, f"{name}.{wire_name}"
            inner = definition_name(schema)
            if inner and "UriReference" not in str(hint):
                assert getattr(models, inner) in typing.get_args(hint), f"{name}.{wire_name}"


def test_every_model_copies_pickles_and_shows_itself() -> None:
    for name, document in NAMES[::5]:
        model = getattr(models, name)
        assert model.__module__.startswith("PureCloudPlatformClientV2.models.")
        assert (model.__name__, model.__qualname__) == (name, name)
        whole = model.from_dict(sample(name, document))
        for again in (copy.copy(whole), copy.deepcopy(whole), pickle.loads(pickle.dumps(whole))):
            assert type(again) is model
            assert again == whole
        assert repr(whole).startswith(f"{name}(")
        assert whole.to_dict().keys() >= model.swagger_types.keys()
        assert json.loads(whole.to_json()).keys() == whole.to_dict().keys()
        assert pickle.loads(pickle.dumps(model)) is model
        assert model() == model()


def test_a_model_is_filled_in_any_way() -> None:
    queue = package.Queue()
    queue.name = "Support"
    queue.division = {"id": "home"}
    assert queue == package.Queue(name="Support", division={"id": "home"})
    sent = ApiClient().sanitize_for_serialization(queue)
    assert sent == {"name": "Support", "division": {"id": "home"}}
    queue.description = ApiNullValue()
    assert ApiClient().sanitize_for_serialization(queue)["description"] is None
    assert vars(type(queue))["name"].__class__.__name__ == "member_descriptor"


def test_misspelt_names_are_refused() -> None:
    with pytest.raises(TypeError, match="'nmae'; did you mean 'name'"):
        package.Queue(nmae="Support")
    with pytest.raises(AttributeError, match="nmae"):
        package.Queue().nmae = "Support"
    with pytest.raises(AttributeError, match="Quque"):
        _ = models.Quque
    with pytest.raises(ImportError, match="Quque"):
        exec("from PureCloudPlatformClientV2 import Quque")


def test_help_shows_the_fields_and_what_is_known_of_them() -> None:
    shown = pydoc.plain(pydoc.render_doc(package.Queue))
    assert "class Queue(" in shown
    assert "date_created" in shown
    assert "Set by the service." in shown
    assert "Known values: " in pydoc.plain(pydoc.render_doc(package.AcwSettings))


def test_what_is_newer_than_this_version_is_kept() -> None:
    wire = {"name": "A", "scoringMethod": "ByMood", "newer": {"a": [1]}}
    queue = package.Queue.from_dict(wire)
    assert queue.scoring_method == "ByMood"
    assert queue.additional_properties == {"newer": {"a": [1]}}
    assert ApiClient().sanitize_for_serialization(queue) == wire


def test_listings_can_be_walked() -> None:
    listing = package.QueueEntityListing.from_dict({"entities": [{"id": "1"}, {"id": "2"}]})
    assert isinstance(listing, Entities)
    assert [one.id for one in listing] == ["1", "2"]
    assert (len(listing), listing[1].id, bool(package.QueueEntityListing())) == (2, "2", True)


def test_dates_and_months_have_types() -> None:
    schedule = package.Schedule.from_dict(
        {"start": "2026-11-28T09:00:00.000", "dateCreated": "2026-11-28T08:00:00.000Z"}
    )
    assert schedule.start == datetime(2026, 11, 28, 9)
    assert schedule.date_created == datetime(2026, 11, 28, 8, tzinfo=timezone.utc)
    template = package.LongTermRequirements.from_dict({"months": ["2026-11"]})
    assert template.months == [YearMonth(2026, 11)]
    range_ = package.UserAgentInfo.from_dict({"firmwareVersion": "1"})
    assert range_.firmware_version == "1"
    assert date(2026, 11, 28) != schedule.start


@pytest.mark.parametrize("levels", [300, 700, 900, 3000, 5000])
def test_what_is_not_too_deep_to_be_read_is_not_too_deep_for_a_notebook(levels: int) -> None:
    try:
        newer = json.loads("[" * levels + "]" * levels)
    except RecursionError:  # which depends on the interpreter
        return
    queue = package.Queue.from_dict({"name": "A", "newer": newer})
    assert "Queue" in queue._repr_html_()


# Names that clash


def test_a_field_may_be_called_additional_properties() -> None:
    for name, document in NAMES:
        properties = document["definitions"][name]["properties"]
        if "additionalProperties" not in properties:
            continue
        wire = {**sample(name, document), "newer": 1}
        model = getattr(models, name).from_dict(wire)
        assert ApiClient().sanitize_for_serialization(model) == wire, name
        assert model.to_dict()["newer"] == 1
        assert model.to_dict()["additional_properties"] is not None
        assert pickle.loads(pickle.dumps(model)) == model
        assert ">newer</th>" in model._repr_html_()
        empty = getattr(models, name)()
        assert empty.additional_properties is None
        assert empty._repr_html_().startswith(f"<table><caption>{name}")
        empty.additional_properties = {"a": 1}
        assert ApiClient().sanitize_for_serialization(empty) == {"additionalProperties": {"a": 1}}


def test_fields_may_be_called_as_methods_of_a_dict_are() -> None:
    clashing = {"items", "values", "keys", "get", "copy", "to_dict", "entities"}
    found = set()
    for name, document in NAMES:
        fields = {attribute(*one) for one in document["definitions"][name]["properties"].items()}
        if fields & clashing:
            found |= fields & clashing
            wire = sample(name, document)
            model = getattr(models, name).from_dict(wire)
            assert ApiClient().sanitize_for_serialization(model) == wire, name
    assert {"items", "values", "entities"} <= found


def test_models_may_be_called_as_what_there_is_already() -> None:
    assert issubclass(package.models.Warning, Model)
    assert package.models.Warning is not Warning
    assert issubclass(package.models.Listing, Model)
    assert package.models.Literal().swagger_types["special"] == "str"
    assert "special" in typing.get_type_hints(package.models.Literal)
    assert package.models.EntityListing is EntityListing
    with pytest.raises(UserWarning):
        raise UserWarning("the builtin is as it was")


def test_attributes_whose_names_python_keeps_for_itself() -> None:
    clause = package.ViewFilter()
    assert not hasattr(clause, "from")
    channel = package.OpenMessagingChannel.from_dict({"from": {"id": "1"}})
    assert channel.pcFrom.id == "1"
    assert ApiClient().sanitize_for_serialization(channel) == {"from": {"id": "1"}}
    for name, document in NAMES:
        properties = document["definitions"][name]["properties"]
        fields = [attribute(*one) for one in properties.items()]
        assert all(field.isidentifier() for field in fields), name
        if any(field.startswith("pc") and field[2:3].isupper() for field in fields):
            wire = sample(name, document)
            model = getattr(models, name).from_dict(wire)
            assert ApiClient().sanitize_for_serialization(model) == wire


def test_they_have_the_names_of_the_style_guide_as_well() -> None:
    """PEP 8 writes ``from_`` for what the vendor's SDK calls ``pcFrom``."""
    keywords: set[str] = set()
    for name, document in NAMES:
        model = getattr(models, name)
        for wire_name, schema in document["definitions"][name]["properties"].items():
            other, field = f"{wire_name}_", attribute(wire_name, schema)
            if not keyword.iskeyword(wire_name):
                assert not hasattr(model, other) or other in model.swagger_types, name
                continue
            keywords.add(wire_name)
            whole = model(**{other: "1"})
            assert whole == model(**{field: "1"})
            assert getattr(whole, other) == getattr(whole, field) == "1"
            assert ApiClient().sanitize_for_serialization(whole) == {wire_name: "1"}
            setattr(whole, other, "2")
            assert getattr(whole, field) == "2"
            assert list(inspect.signature(model).parameters)[-1].endswith("_")
    assert keywords >= {"from", "and", "or", "not", "in"}


def test_another_name_is_no_other_field() -> None:
    channel = package.OpenMessagingChannel.from_dict({"from": {"id": "1"}})
    assert channel.from_ is channel.pcFrom
    assert "from_" not in channel.to_dict()
    assert "from_" not in repr(channel)
    assert pickle.loads(pickle.dumps(channel)).from_ == channel.from_
    with pytest.raises(TypeError, match="from_ and pcFrom are the same; give one"):
        package.OpenMessagingChannel(from_=channel.from_, pcFrom=channel.from_)
    empty = package.OpenMessagingChannel(from_=None, pcFrom=channel.from_)
    assert empty == channel


# Inheritance


def test_a_subclass_has_the_fields_and_its_own() -> None:
    class Ticket(package.Queue):  # type: ignore[misc]
        colour: str | None = None

    ticket = Ticket(name="A", colour="red")
    assert ApiClient().sanitize_for_serialization(ticket) == {"name": "A", "colour": "red"}
    assert Ticket.swagger_types.items() >= package.Queue.swagger_types.items()
    again = Ticket.from_dict({"name": "B", "colour": "blue", "division": {"id": "1"}})
    assert (again.name, again.colour, type(again.division)) == ("B", "blue", package.Division)


def test_a_subclass_keeps_wire_names_secrets_and_local_times() -> None:
    class Channel(package.OpenMessagingChannel):  # type: ignore[misc]
        colour: str | None = None

    assert Channel.attribute_map["pcFrom"] == "from"
    assert Channel(from_={"id": "1"}, colour="red").pcFrom == {"id": "1"}

    class Plan(package.Schedule):  # type: ignore[misc]
        colour: str | None = None

    assert Plan.swagger_types == {**package.Schedule.swagger_types, "colour": "str"}

    class Client(package.OAuthClient):  # type: ignore[misc]
        colour: str | None = None

    assert Client.secret_fields == package.OAuthClient.secret_fields
    assert "***" in repr(Client(secret="made-up"))
