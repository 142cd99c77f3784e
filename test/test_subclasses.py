"""Subclasses of models: what a class may have besides fields works, or is refused by its name."""

from __future__ import annotations

import copy
import json
import pickle
from collections import namedtuple
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Annotated, Any, ClassVar, List, Literal, NamedTuple  # noqa: UP035 - is tested

import pytest
from service import Service

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    ApiNullValue,
    LineIntegration,
    LineIntegrationEntityListing,
    LineIntegrationRequest,
    UriReference,
)
from PureCloudPlatformClientV2.models import JsonKey, Model, Secret


def sent(model: Model) -> Any:
    return ApiClient().sanitize_for_serialization(model)


def html(model: Any) -> str:
    text: str = model._repr_html_()
    return text


class Labelled(LineIntegration):
    """A property with a setter."""

    @property
    def label(self) -> str | None:
        return self.name

    @label.setter
    def label(self, value: str | None) -> None:
        self.name = value


class Slotted(LineIntegration):
    """Slots of its own, and a field besides."""

    __slots__ = {"extra": "What is kept besides.", "__own": ""}  # noqa: RUF023 - as documented

    team: str | None = None

    def keep(self, value: object) -> None:
        self.__own = value

    def kept(self) -> object:
        return self.__own


class OneSlot(LineIntegration):
    __slots__ = "extra"


class WithDict(LineIntegration):
    """Anything goes, and what is worked out is kept."""

    __slots__ = ("__dict__",)

    @cached_property
    def worked_out(self) -> list[str | None]:
        return [self.name]


class Mixin:
    @cached_property
    def worked_out(self) -> list[object]:
        return [self]


class Mixed(Mixin, LineIntegration):
    """A base class that has a __dict__."""


class Checked(LineIntegration):
    """A property in the place of a field."""

    @property  # type: ignore[misc]
    def name(self) -> Any:
        return LineIntegration.name.__get__(self)  # type: ignore[union-attr]

    @name.setter
    def name(self, value: str | None) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        LineIntegration.name.__set__(self, value and value.strip())  # type: ignore[union-attr]


class Demanding(LineIntegration):
    """A constructor of its own, with another default."""

    def __init__(self, number: int) -> None:
        super().__init__(id=str(number), status="Active")


class Forgetful(LineIntegration):
    """A constructor that leaves that of the model out."""

    def __init__(self, name: str) -> None:
        self.name = name


def copies(model: Any) -> list[Any]:
    pickled = [
        pickle.loads(pickle.dumps(model, protocol))
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ]
    return [copy.copy(model), copy.deepcopy(model), *pickled]


def test_a_property_may_have_a_setter() -> None:
    one = Labelled(id="1")
    one.label = "Support"
    assert (one.name, sent(one)) == ("Support", {"id": "1", "name": "Support"})
    assert Labelled.from_dict({"name": "a"}).label == "a"
    assert all(other == one and other.label == "Support" for other in copies(one))


def test_a_class_may_have_slots_of_its_own() -> None:
    one: Any = Slotted(name="n", team="A")
    one.extra = ["e"]
    one.keep("k")
    assert sent(one) == {"name": "n", "team": "A"}
    assert repr(one) == "Slotted(name='n', team='A')"
    assert one == Slotted(name="n", team="A")
    assert Slotted.from_dict({"team": "A", "extra": 1}).additional_properties == {"extra": 1}
    for other in copies(one):
        assert (other, other.extra, other.kept()) == (one, ["e"], "k")
    with pytest.raises(AttributeError, match="exta"):
        one.exta = 1
    single: Any = OneSlot(name="n")
    single.extra = 1
    assert [other.extra for other in copies(single)] == [1] * len(copies(single))
    assert "What is kept besides." in vars(Slotted)["__slots__"]["extra"]


def test_a_class_may_have_a_dict() -> None:
    one: Any = WithDict(name="n")
    assert one.worked_out is one.worked_out
    one.note = "x"
    assert sent(one) == {"name": "n"}
    for other in copies(one):
        assert (other, other.note, other.worked_out) == (one, "x", ["n"])
    mixed = Mixed(name="n")
    assert mixed.worked_out == [mixed]
    assert copy.copy(mixed) == mixed


def test_a_property_may_stand_for_a_field() -> None:
    one = Checked(name="  n ")
    assert (one.name, sent(one), repr(one)) == ("n", {"name": "n"}, "Checked(name='n')")
    assert Checked.from_dict({"name": " m "}).name == "m"
    assert all(other == one for other in copies(one))


class Broken(LineIntegration):
    """Has a property that fails where it is read or set."""

    @property  # type: ignore[misc]
    def name(self) -> Any:
        own: Any = self
        return str(own.nmae)

    @name.setter
    def name(self, name: Any) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        if name == "wrong":
            raise LookupError("no such name")
        LineIntegration.name.__set__(self, name.strip())  # type: ignore[union-attr]


@pytest.mark.parametrize("use", [sent, repr, html, Model.to_dict, Model.to_json])
def test_what_a_getter_raises_is_not_taken_for_an_unset_field(use: Any) -> None:
    one = Broken(name="n")
    with pytest.raises(AttributeError, match="nmae"):
        use(one)


@pytest.mark.parametrize(
    "content", [{}, {"name": None}, {"name": "wrong"}, {"name": "wrong", "x": 1}]
)
@pytest.mark.parametrize("response_type", [Broken, "list[Broken]"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_what_a_setter_raises_is_told_as_an_unusable_response(
    api_client: ApiClient, service: Service, content: Any, response_type: Any, method: str
) -> None:
    service.answer(201, [content] if response_type == "list[Broken]" else content)
    with pytest.raises(ApiException, match=r"NoneType|no such name") as caught:
        api_client.call_api("/x", method, response_type=response_type)
    assert isinstance(caught.value.__cause__, (AttributeError, LookupError))
    assert (caught.value.status, caught.value.outcome_unknown) == (201, method == "POST")
    assert len(service.requests) == 1


def test_a_constructor_may_want_other_arguments() -> None:
    one = Demanding(5)
    assert sent(one) == {"id": "5", "status": "Active"}
    assert all(type(other) is Demanding and other == one for other in copies(one))
    assert Demanding.from_dict({"id": "6"}).id == "6"


def test_a_constructor_may_forget_that_of_the_model() -> None:
    one = Forgetful("n")
    assert (repr(one), sent(one), json.loads(one.to_json())["name"]) == (
        "Forgetful(name='n')",
        {"name": "n"},
        "n",
    )
    assert one == Forgetful("n") == Forgetful.from_dict({"name": "n"})
    assert one.additional_properties == {}
    assert all(other == one and other.id is None for other in copies(one))


def make(base: type[Model] = LineIntegration, **namespace: Any) -> Any:
    kind: Any = type(base)
    return kind("Own", (base,), {"__module__": __name__, **namespace})


SECRET: Any = Annotated[str | None, "secret"]


def annotated(name: str, hint: Any, *default: Any) -> dict[str, Any]:
    return {"__annotations__": {name: hint}, **dict.fromkeys([name] if default else [], *default)}


@pytest.mark.parametrize(
    "hint", [str, str | None, Annotated[str, "x"], Literal["line"], SECRET, Any]
)
@pytest.mark.parametrize("default", ["line", 5, "", False, [], ()], ids=repr)
def test_another_default_than_none_is_refused_where_the_class_is_made(
    hint: Any, default: object
) -> None:
    with pytest.raises(TypeError, match=r"^Own, kind: a field has the default None.*ClassVar"):
        make(**annotated("kind", hint, default))
    with pytest.raises(TypeError, match=r"^Own, kind: "):
        make(Model, **annotated("kind", hint, default))


def label(_: object) -> str:
    return "x"


@pytest.mark.parametrize(
    "replacement",
    [
        "x",
        0,
        label,
        property(label),
        cached_property(label),
        classmethod(label),
    ],
)
def test_what_takes_the_place_of_a_field_is_refused_where_the_class_is_made(
    replacement: object,
) -> None:
    with pytest.raises(TypeError, match=r"^Own, name: "):
        make(name=replacement)


@pytest.mark.parametrize("base", [Model, LineIntegration, LineIntegrationEntityListing])
def test_a_cached_property_is_refused_where_the_class_is_made(base: Any) -> None:
    class_of_its_own: dict[str, Any] = {"worked_out": cached_property(label)}
    with pytest.raises(TypeError, match=r"^Own, worked_out: .*cached_property.*__dict__"):
        make(base, **class_of_its_own)


@pytest.mark.parametrize(
    "name", ["to_dict", "swagger_types", "additional_properties", "from_dict", "_unknown"]
)
def test_a_field_with_the_name_of_something_else_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=f"^Own, {name}: every model has"):
        make(**annotated(name, str | None, None))


BARE: Any = List  # noqa: UP006 - is tested


@pytest.mark.parametrize("hint", [complex, str | int, list, BARE, set[str], Literal[b"x"]])
def test_a_type_that_a_field_cannot_have_is_told_by_the_field(hint: Any) -> None:
    with pytest.raises(TypeError, match=r"^Own, kind: .*not a type that a model field can have"):
        make(**annotated("kind", hint, None))


def test_a_constant_may_be_none() -> None:
    class Own(LineIntegration):
        note: ClassVar[str | None] = None

    assert (Own.note, Own().note) == (None, None)
    assert "note" not in Own.swagger_types


# A field that is deleted


@pytest.mark.parametrize("kind", [LineIntegration, Slotted, WithDict, Checked])
def test_a_field_that_is_deleted_is_unset(kind: type[LineIntegration]) -> None:
    one = kind(id="1", recipient=UriReference(id="r"))
    del one.recipient
    assert repr(one) == f"{kind.__name__}(id='1')"
    assert one == kind(id="1")
    assert kind(id="1") == one
    assert sent(one) == {"id": "1"}
    assert one.to_dict()["recipient"] is None
    assert "recipient" not in html(one)
    assert all(other.recipient is None and other == one for other in copies(one))
    one.recipient = UriReference(id="s")
    assert sent(one) == {"id": "1", "recipient": {"id": "s"}}


def test_a_listing_without_entities_is_shown_and_sent() -> None:
    listing = LineIntegrationEntityListing(entities=[LineIntegration()], total=1)
    del listing.entities
    assert (repr(listing), sent(listing)) == (
        "LineIntegrationEntityListing(total=1)",
        {"total": 1},
    )


# Tuples


class Pair(NamedTuple):
    first: Any
    second: Any


Plain: Any = namedtuple("Plain", "first second")  # pyright: ignore

ONE, TWO = LineIntegration(id="1"), LineIntegration(id="2")


@pytest.mark.parametrize("pair", [(ONE, TWO), Pair(ONE, TWO), Plain(ONE, TWO)])
def test_a_tuple_is_like_a_list(pair: Any) -> None:
    as_list = LineIntegrationEntityListing(entities=[ONE, TWO])
    listing = LineIntegrationEntityListing(entities=pair)
    assert listing == as_list
    assert as_list == listing
    assert listing != LineIntegrationEntityListing(entities=(TWO, ONE))  # type: ignore[arg-type]  # pyright: ignore
    assert listing.to_dict() == as_list.to_dict()
    assert json.loads(listing.to_json()) == json.loads(as_list.to_json())
    assert sent(listing) == sent(as_list)
    assert repr(listing) == repr(as_list)
    assert html(listing) == html(as_list)
    assert all(other == as_list for other in copies(listing))
    assert (list(listing), listing[0], listing[-1]) == ([ONE, TWO], ONE, TWO)


def test_tuples_further_inside_are_like_lists() -> None:
    class Own(Model):
        by_name: Any = None

    own = Own(by_name={"a": [(ONE, ApiNullValue())], "b": ({"c": (1, TWO)},)})
    as_list = Own(by_name={"a": [[ONE, ApiNullValue()]], "b": [{"c": [1, TWO]}]})
    assert own == as_list
    assert own.to_dict() == as_list.to_dict()
    assert own.to_dict()["by_name"]["b"][0]["c"][1]["id"] == "2"
    assert sent(own) == {"byName": {"a": [[{"id": "1"}, None]], "b": [{"c": [1, {"id": "2"}]}]}}


def test_secrets_in_tuples_are_masked() -> None:
    class Own(Model):
        things: Any = None

    secret = LineIntegrationRequest(channel_secret="canary")
    for things in (({"password": "canary"},), [({"password": "canary"},)], {"a": (secret,)}):
        own = Own(things=things)
        own.additional_properties["more"] = ({"password": "canary"},)
        assert "canary" not in f"{own!r} {own} {own.to_str()} {html(own)}"


def test_members_of_enumerations_are_their_values_in_a_dict() -> None:
    class Status(str, Enum):
        ACTIVE = "Active"

    class Kind(Enum):
        FIRST = Status.ACTIVE
        ALL = ("Active", "Inactive")

    one: Any = LineIntegration(status=Status.ACTIVE, name=[Kind.FIRST, Kind.ALL])  # type: ignore[arg-type]  # pyright: ignore
    plain = one.to_dict()
    assert (plain["status"], plain["name"]) == ("Active", ["Active", ["Active", "Inactive"]])
    assert type(plain["status"]) is type(plain["name"][0]) is str


# Wire names


class Letter(Model):
    """Wire names that camelCase does not give."""

    sender: Annotated[str | None, JsonKey("from")] = None
    schema: Annotated[str, JsonKey("$schema")] | None = None
    password: Annotated[Secret[str], JsonKey("pass")] = None
    date_sent: datetime | None = None


class Express(Letter):
    """A field besides, and one that is declared again, as checkers want it for another type."""

    sender: str | None = None
    stamp_count: int | None = None


class Renamed(Letter):
    sender: Annotated[str | None, JsonKey("urn:from")] = None


def test_an_annotation_may_say_the_wire_name() -> None:
    wire = {"from": "Ann", "$schema": "http://x", "pass": "hunter2", "dateSent": None}
    letter = Letter.from_dict(wire)
    assert (letter.sender, letter.schema, letter.password) == ("Ann", "http://x", "hunter2")
    assert letter.additional_properties == {}
    assert sent(letter) == {"from": "Ann", "$schema": "http://x", "pass": "hunter2"}
    assert repr(letter) == "Letter(sender='Ann', schema='http://x', password='***')"
    assert letter.to_dict()["sender"] == "Ann"
    assert all(other == letter for other in copies(letter))
    assert Letter.swagger_types["sender"] == "str"


def test_a_subclass_keeps_wire_names_unless_it_says_others() -> None:
    names = {"sender": "from", "schema": "$schema", "password": "pass", "date_sent": "dateSent"}
    assert Express.attribute_map == {**names, "stamp_count": "stampCount"}
    assert Renamed.attribute_map == {**names, "sender": "urn:from"}
    assert sent(Express(sender="Ann", stamp_count=1)) == {"from": "Ann", "stampCount": 1}


def test_two_fields_of_one_wire_name_are_refused() -> None:
    with pytest.raises(TypeError, match=r"^Twice: two fields have the same wire name: .*'from'"):

        class Twice(Letter):  # pyright: ignore[reportUnusedClass]
            from_: Annotated[str | None, JsonKey("from")] = None


def test_a_secret_may_be_marked_within_what_may_be_none() -> None:
    class Door(Model):
        code: Secret[str] | None = None

    assert repr(Door(code="1234")) == "Door(code='***')"
