"""Annotations of programs that are no text: Python 3.14 works them out when they are asked for."""

# Without "from __future__ import annotations", as that is what makes them text.

import inspect
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Optional

import pytest
from service import Service

from PureCloudPlatformClientV2 import (
    Configuration,
    LineIntegration,
    LineIntegrationEntityListing,
    MessagingApi,
    find_one,
    paginate,
    wait_until,
)
from PureCloudPlatformClientV2.models import Model, Secret

if TYPE_CHECKING:
    from PureCloudPlatformClientV2.apis.api import CallOptions, Unpack

later = pytest.mark.skipif(sys.version_info < (3, 14), reason="names had to be there at once")


class Queue(Model):
    """A model of a program."""

    name: str | None = None
    token: Secret[str] = None
    parent: "Queue | None" = None
    members: Optional["list[Queue]"] = None
    kind: ClassVar[str | None] = None
    helper = None
    __hash__ = None  # type: ignore[assignment]


def test_what_is_annotated_is_a_field_unless_it_is_a_constant() -> None:
    assert Queue.swagger_types == {
        "name": "str",
        "token": "str",
        "parent": "Queue",
        "members": "list[Queue]",
    }
    assert Queue.secret_fields == {"token"}
    assert list(inspect.signature(Queue).parameters) == list(Queue.swagger_types)


def test_what_is_no_field_stays_what_it_is() -> None:
    assert (Queue.kind, Queue.helper, Queue().kind, Queue().helper) == (None, None, None, None)
    with pytest.raises(TypeError, match="unhashable"):
        hash(Queue())


def test_a_model_may_have_others_of_its_kind() -> None:
    queue = Queue.from_dict({"name": "all", "members": [{"name": "one"}], "parent": {"name": "up"}})
    assert queue.members == [Queue(name="one")]
    assert queue.parent == Queue(name="up")


@later
def test_a_model_need_not_put_its_own_name_in_quotes() -> None:
    names: dict[str, Any] = {"Model": Model, "__name__": __name__}
    source = """
class Tree(Model):
    name: str | None = None
    above: Tree | None = None
    below: list[Tree] | None = None
"""
    exec(compile(source, __file__, "exec", dont_inherit=True), names)
    tree = names["Tree"]
    assert tree.swagger_types == {"name": "str", "above": "Tree", "below": "list[Tree]"}
    assert tree.from_dict({"below": [{"name": "leaf"}]}).below == [tree(name="leaf")]
    assert inspect.signature(tree).parameters["above"].annotation == tree | None


@later
def test_a_field_of_a_type_that_is_nowhere_is_refused_by_its_name() -> None:
    source = "class Own(Model):\n    kind: Nowhere | None = None\n"
    with pytest.raises(TypeError, match=r"^Own, kind: .*not a type that a model field can have"):
        exec(compile(source, __file__, "exec", dont_inherit=True), {"Model": Model})


def test_a_configuration_may_have_attributes_that_are_only_annotated() -> None:
    class OfTeam(Configuration):
        team: str

    configuration = OfTeam()
    configuration.team = "night shift"
    assert configuration.team == "night shift"
    with pytest.raises(AttributeError, match="no setting 'taem'"):
        configuration.taem = ""  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


Fetch = Callable[..., LineIntegrationEntityListing]


@pytest.fixture(params=["function", "object"])
def fetch(request: pytest.FixtureRequest, api: MessagingApi) -> Fetch:
    """What a program has around a method, annotated with names for type checkers alone."""
    pytest.importorskip("annotationlib", reason="before Python 3.14 those names had to be there")

    def around(
        page_size: int | None = None,
        page_number: int | None = None,
        **options: Unpack[CallOptions],
    ) -> LineIntegrationEntityListing:
        return api.get_messaging_integrations_line(
            page_size=page_size, page_number=page_number, **options
        )

    class Around:
        def __call__(
            self,
            page_size: int | None = None,
            page_number: int | None = None,
            **options: Unpack[CallOptions],
        ) -> LineIntegrationEntityListing:
            return around(page_size, page_number, **options)

    return around if request.param == "function" else Around()


def answer_with(service: Service, *names: str) -> None:
    entities = [{"id": name, "name": name} for name in names]
    service.answer(200, {"entities": entities, "pageNumber": 1, "pageCount": 1})


def test_names_for_checkers_alone_are_no_matter_to_paginate(fetch: Fetch, service: Service) -> None:
    answer_with(service, "Support")
    assert [one.name for one in paginate(fetch)] == ["Support"]


def test_names_for_checkers_alone_are_no_matter_to_find_one(fetch: Fetch, service: Service) -> None:
    answer_with(service, "Support")
    found: LineIntegration = find_one(fetch, name="Support")
    assert found.id == "Support"


def test_names_for_checkers_alone_are_no_matter_to_wait_until(
    fetch: Fetch, service: Service
) -> None:
    answer_with(service, "Support")
    listing: Any = wait_until(fetch, done=lambda listing: bool(listing.entities), deadline=5)
    assert listing.entities[0].name == "Support"
