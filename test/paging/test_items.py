"""Which list of a page is walked over."""

from __future__ import annotations

from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import paginate
from PureCloudPlatformClientV2.models import Model

from .conftest import MethodOf


class Pair(Model):
    left: list[str] | None = None
    right: list[str] | None = None
    next_uri: str | None = None


class Only(Model):
    calls: list[str] | None = None
    next_uri: str | None = None


def pair() -> Pair:
    return Pair(left=["a"], right=["b"])


def test_another_list_can_be_walked_over(method_of: MethodOf, service: Service) -> None:
    page = {"conversations": [{}], "aggregations": [{"type": "termFrequency"}], "totalHits": 1}
    method = method_of("AnalyticsApi.post_analytics_conversations_details_query")
    for name in ("aggregations", None):
        service.answer(200, page)
        found = list(paginate(method, {}, items=name)) if name else list(paginate(method, {}))
        assert len(found) == 1
        assert hasattr(found[0], "type") == (name is not None)


@pytest.mark.parametrize("name", ["user_details", "userDetails"])
def test_a_list_is_named_as_in_python_or_on_the_wire(
    method_of: MethodOf, service: Service, name: str
) -> None:
    service.answer(200, {"userDetails": [{"userId": "x"}]})
    method = method_of("AnalyticsApi.get_analytics_users_details_job_results")
    assert [one.user_id for one in paginate(method, "job", items=name)] == ["x"]


def test_a_list_beside_entities_is_left_alone(method_of: MethodOf, service: Service) -> None:
    service.answer(200, {"entities": [{"action": "x"}], "errorDetails": [{}], "pageCount": 1})
    method = method_of("ArchitectApi.get_architect_prompt_history_history_id")
    assert [one.action for one in paginate(method, "p", "h")] == ["x"]


def test_several_lists_are_not_chosen_from() -> None:
    with pytest.raises(TypeError, match=r"^items: say which list of a Pair you want: left, right"):
        next(paginate(pair))  # type: ignore[arg-type]  # pyright: ignore
    assert list(paginate(pair, items="right")) == ["b"]


def test_the_only_list_of_a_page_is_walked_over() -> None:
    method: Any = lambda: Only(calls=["a", "b"])  # noqa: E731
    assert list(paginate(method)) == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("rigth", "did you mean 'right'"), ("people", "it has left, right"), ("", "it has left")],
)
def test_a_list_that_is_not_there_is_refused_by_name(name: str, hint: str) -> None:
    message = rf"^items: method returns a Pair, which has no {name!r}; {hint}"
    with pytest.raises(TypeError, match=message):
        next(paginate(pair, items=name))


@pytest.mark.parametrize("name", [5, ["left"], b"left"])
def test_a_name_that_is_no_text_is_refused(name: Any) -> None:
    with pytest.raises(TypeError, match=r"^items: give the name of a list"):
        paginate(pair, items=name)


def test_what_is_no_list_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match=r"^items: next_uri is of type str .*no list"):
        next(paginate(lambda: Pair(next_uri="/api/v2/x"), items="next_uri"))


def test_a_listing_within_results_is_walked(method_of: MethodOf, service: Service) -> None:
    for number in (1, 2):
        inner = {"entities": [{"id": str(number)}], "pageNumber": number, "pageCount": 2}
        service.answer(200, {"results": inner})
    method = method_of("ContentManagementApi.get_contentmanagement_query")
    assert [one.id for one in paginate(method, "x")] == ["1", "2"]
    service.answer(200, {"results": {"entities": [{"id": "3"}], "total": 1}})
    query = method_of("ResponseManagementApi.post_responsemanagement_responses_query")
    assert [one.id for one in paginate(query, {})] == ["3"]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ({"namespaces": ["a", "b"], "total": 2}, ["a", "b"]),
        ({"entities": ["a"], "errors": ["b"]}, ["a"]),
        ({"results": ["a"], "types": ["b"]}, ["a"]),
        ({"total": 0}, []),
        ({"entities": None, "total": 0}, []),
    ],
    ids=str,
)
def test_json_that_has_no_declared_form_is_walked_by_its_list(
    method_of: MethodOf, service: Service, page: dict[str, Any], found: list[str]
) -> None:
    service.answer(200, page)
    service.answer_always(200, {"total": 0})
    method = method_of("OrganizationApi.get_organizations_limits_namespaces")
    assert list(paginate(method)) == found


def test_json_without_the_list_that_was_named_is_an_empty_page() -> None:
    assert list(paginate(lambda: {"totalHits": 0}, items="conversations")) == []
    with pytest.raises(TypeError, match=r"^items: method returns a dict, which has no 'people'"):
        next(paginate(lambda: {"members": []}, items="people"))


def test_a_search_brings_whatever_json_it_finds(method_of: MethodOf, service: Service) -> None:
    service.answer(200, {"results": [{"_type": "users"}, "x"], "types": ["users"], "total": 2})
    walk = paginate(method_of("SearchApi.post_search"), {"types": ["users"]})
    assert list(walk) == [{"_type": "users"}, "x"]


def test_members_of_a_listing_without_a_count_are_walked(
    method_of: MethodOf, service: Service
) -> None:
    service.answer(200, {"entities": [{"id": "a", "name": "Ann"}]})
    service.answer(200, {"entities": []})
    walk = paginate(method_of("RoutingApi.get_routing_queue_members"), "queue", page_size=100)
    assert [one.name for one in walk] == ["Ann"]
