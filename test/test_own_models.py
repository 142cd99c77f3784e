"""Models that a program writes, and what is called as another is."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import weakref
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

import pytest

from PureCloudPlatformClientV2 import (
    ApiNullValue,
    LineIntegration,
    LineIntegrationEntityListing,
    UriReference,
    YearMonth,
    models,
)
from PureCloudPlatformClientV2.models import LocalDateTime, Model
from PureCloudPlatformClientV2.utils import sanitize_for_serialization as sent

T = TypeVar("T")


def test_a_model_of_your_own_derives_its_maps() -> None:
    class Sample(Model):
        plain_text: Annotated[str | None, "a comment"] = None
        numbers: list[float] | None = None
        by_name: dict[str, list[UriReference]] | None = None
        anything: Any = None
        flag: bool | None = None
        day: date | None = None
        moment: datetime | None = None
        start: LocalDateTime | None = None
        month: YearMonth | None = None
        state: Literal["open"] | None = None
        not_a_field: ClassVar[int] = 5

    assert Sample.swagger_types == {
        "plain_text": "str",
        "numbers": "list[float]",
        "by_name": "dict(str, list[UriReference])",
        "anything": "object",
        "flag": "bool",
        "day": "date",
        "moment": "datetime",
        "start": "LocalDateTime",
        "month": "YearMonth",
        "state": "str",
    }
    assert Sample.attribute_map["by_name"] == "byName"
    assert Sample.secret_fields == frozenset()
    sample = Sample.from_dict({"byName": {"a": [{"id": "1"}]}, "anything": {"b": 1}, "flag": True})
    assert sample.by_name == {"a": [UriReference(id="1")]}
    assert sample.to_dict()["by_name"] == {"a": [{"id": "1", "name": None, "self_uri": None}]}


def test_a_field_of_a_generic_model_may_be_anything() -> None:
    class Box(Model, Generic[T]):
        content: T | None = None
        contents: list[T] | None = None

    assert Box.swagger_types == {"content": "object", "contents": "list[object]"}
    assert Box[str].from_dict({"content": "a"}).content == "a"


@pytest.mark.parametrize("annotation", [complex, str | int, set[str], dict[str, bytes]])
def test_a_field_of_an_impossible_type_fails_when_the_class_is_created(annotation: Any) -> None:
    with pytest.raises(TypeError, match="not a type that a model field can have"):
        type("Impossible", (Model,), {"__annotations__": {"field": annotation}})


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
