"""What an endpoint can say of itself besides path, query and model: headers, sign-in, types."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import Mock

import pytest
from parameter_values import Plain, every_mistake, no_text
from service import Answer, Service

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    UriReference,
)
from PureCloudPlatformClientV2.apis.api import Api, CallOptions, Unpack
from PureCloudPlatformClientV2.models import Model


class OwnGroup(Model):
    """What is read."""

    id: str | None = None
    display_name: str | None = None
    version: int | None = None
    owner: UriReference | None = None


class OwnGroupRequest(Model):
    """What is written: the same under another name, as on the platform."""

    id: str | None = None
    display_name: str | None = None
    owner: UriReference | None = None


class Order(Model):
    """Something else, which has a field in common."""

    id: str | None = None
    amount: int | None = None


class Endpoints(Api):
    """Endpoints as the platform has them."""

    def patch_group(
        self,
        body: Any,
        *,
        if_match: Any = None,
        accept: str | None = None,
        **options: Unpack[CallOptions],
    ) -> OwnGroup:
        return self._call(
            "PATCH",
            "/api/v2/scim/groups",
            headers={
                "If-Match": if_match,
                "Accept": accept or "application/scim+json, application/json",
                "Content-Type": "application/scim+json",
            },
            body=body,
            body_type=OwnGroupRequest,
            returns=OwnGroup,
            options=options,
        )

    def get_public(self, **options: Unpack[CallOptions]) -> Any:
        return self._call("GET", "/public", returns="object", auth_settings=[], options=options)

    def get_text(self, accept: str, **options: Unpack[CallOptions]) -> str:
        return self._call("GET", "/text", headers={"Accept": accept}, returns=str, options=options)

    def head_text(self, **options: Unpack[CallOptions]) -> None:
        return self._call("HEAD", "/text", returns=None, options=options)

    def get_any(self, returns: str, **options: Unpack[CallOptions]) -> Any:
        return self._call("GET", "/any", returns=returns, options=options)

    def post_any(
        self, settings: Any, body_type: str | type[Model], *, required: bool = True
    ) -> None:
        return self._call(
            "POST",
            "/any",
            body=settings,
            body_type=body_type,
            body_name="settings",
            body_required=required,
            returns=None,
            options={},
        )


@pytest.fixture
def api(api_client: ApiClient) -> Endpoints:
    return Endpoints(api_client)


def named(service: Service, name: str) -> list[str]:
    """The headers of a name in the last request."""
    return [value for one, value in service.requests[-1].headers.items() if one.lower() == name]


# Headers


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ('W/"42"', ['W/"42"']),
        (None, []),
        (7, ["7"]),
        (Plain.LINE, ["line"]),
        (True, ["true"]),
        (["a", None, "b"], ["a,b"]),
        (b"x", ["x"]),
        ("", [""]),
    ],
)
def test_a_header_is_sent_as_it_is_meant(
    api: Endpoints, service: Service, value: Any, sent: list[str]
) -> None:
    service.answer(200, {"id": "1"})
    assert api.patch_group({"displayName": "A"}, if_match=value) == OwnGroup(id="1")
    assert named(service, "if-match") == sent


@every_mistake
def test_a_header_that_is_no_text_is_refused_by_its_argument(
    api: Endpoints, service: Service, mistake: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=r"^if_match: "):
        api.patch_group({}, if_match=no_text(mistake))
    assert service.requests == []


@pytest.mark.parametrize("bad", ["a\r\nX-Evil: 1", "\N{SNOWMAN}", "a\0"])
def test_a_header_that_would_break_the_request_is_refused(
    api: Endpoints, service: Service, bad: str
) -> None:
    with pytest.raises(ValueError, match="If-Match"):
        api.patch_group({}, if_match=bad)
    assert service.requests == []


def test_accept_and_content_type_of_an_endpoint_replace_those_of_all(
    api: Endpoints, service: Service
) -> None:
    service.answer(200, b'{"id": "1"}', headers={"Content-Type": "application/scim+json"})
    assert api.patch_group(OwnGroupRequest(display_name="A")).id == "1"
    assert named(service, "accept") == ["application/scim+json, application/json"]
    assert named(service, "content-type") == ["application/scim+json"]
    assert service.requests[-1].body == b'{"displayName": "A"}'


def test_headers_of_a_caller_replace_those_of_an_endpoint(api: Endpoints, service: Service) -> None:
    service.answer(200, {})
    mine = {"if-match": "mine", "CONTENT-TYPE": "application/json", "Accept": "application/json"}
    api.patch_group({}, if_match="theirs", _headers=mine)
    for name, value in mine.items():
        assert named(service, name.lower()) == [value]


def test_headers_of_an_endpoint_replace_those_of_a_client(api: Endpoints, service: Service) -> None:
    api.api_client.default_headers["accept"] = "text/html"
    service.answer(200, {})
    api.patch_group({}, accept="application/scim+json")
    assert named(service, "accept") == ["application/scim+json"]


def test_a_test_in_the_place_of_call_api_sees_the_headers(api: Endpoints) -> None:
    call_api = api.api_client.call_api = Mock()  # type: ignore[method-assign]
    api.patch_group({}, if_match=5, accept="application/json")
    assert call_api.call_args.args[4] == {
        "If-Match": "5",
        "Accept": "application/json",
        "Content-Type": "application/scim+json",
    }


# Sign-in


def test_an_endpoint_may_need_no_sign_in(service: Service) -> None:
    service.answer(200, [1])
    with ApiClient(configuration=Configuration(host=service.url)) as client:
        assert Endpoints(client).get_public() == [1]
    assert named(service, "authorization") == []


# Results


@pytest.mark.parametrize("kind", ["text/plain", "text/calendar", "text/plain; charset=utf-8"])
@pytest.mark.parametrize("text", ["BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "42", '"quoted"', "{}"])
def test_text_comes_back_as_it_is(api: Endpoints, service: Service, kind: str, text: str) -> None:
    service.answer(200, text.encode(), headers={"Content-Type": kind})
    assert api.get_text(kind) == text
    assert named(service, "accept") == [kind]


def test_text_may_come_as_json(api: Endpoints, service: Service) -> None:
    service.answer(200, "a text")
    assert api.get_text("text/plain") == "a text"


def test_head_gives_nothing(api: Endpoints, service: Service) -> None:
    service.answer(200, b"twelve bytes", headers={"Content-Type": "text/plain"})
    service.answer(404, b"nothing here")
    service.answer(200, {})
    assert api.head_text() is None  # type: ignore[func-returns-value]
    with pytest.raises(ApiException) as caught:
        api.head_text()
    assert (caught.value.status, caught.value.body) == (404, "")
    assert api.get_any("object") == {}  # on the same connection
    assert [one.method for one in service.requests] == ["HEAD", "HEAD", "GET"]


@pytest.mark.parametrize(
    ("returns", "answer", "result"),
    [
        ("list[UriReference]", [{"id": "1"}], [UriReference(id="1")]),
        ("UriReference", {"id": "1"}, UriReference(id="1")),
        ("list[str]", ["a"], ["a"]),
        ("dict(str, object)", {"a": [1]}, {"a": [1]}),
        ("int", 5, 5),
        ("object", None, None),
        ("str", "x", "x"),
    ],
)
def test_a_result_may_be_named(
    api: Endpoints, service: Service, returns: str, answer: Any, result: Any
) -> None:
    # An answer of null is not one without a body.
    service.answer_by(lambda _: Answer(200, b"null" if answer is None else encoded(answer)))
    assert api.get_any(returns) == result


def encoded(answer: Any) -> bytes:
    return json.dumps(answer).encode()


def test_an_unknown_type_is_refused(api: Endpoints, service: Service) -> None:
    with pytest.raises(ValueError, match="no type named 'Queeue'"):
        api.get_any("list[Queeue]")
    assert service.requests == []


@pytest.mark.parametrize("status", [202, 204])
@pytest.mark.parametrize("returns", ["object", "list[UriReference]", "UriReference", "str", "int"])
def test_nothing_may_come_back_where_that_is_no_mistake(
    api: Endpoints, service: Service, returns: str, status: int
) -> None:
    service.answer(status)
    assert api.get_any(returns) is None


@pytest.mark.parametrize("returns", ["object", "list[UriReference]", "UriReference", "int"])
def test_nothing_comes_back_where_that_is_a_mistake(
    api: Endpoints, service: Service, returns: str
) -> None:
    service.answer(200)
    with pytest.raises(ApiException, match=r"200 .* the body cannot be used: it is empty$"):
        api.get_any(returns)


def test_a_text_may_be_empty(api: Endpoints, service: Service) -> None:
    service.answer(200)
    assert api.get_any("str") == ""
