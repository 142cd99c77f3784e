"""Ids, queries, forms and headers: what is meant is sent, and what is no text is refused."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from keyword import iskeyword
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from parameter_values import (
    NO_TEXT,
    Kept,
    Label,
    Lines,
    Number,
    Own,
    Plain,
    Text,
    every_meant_value,
    every_mistake,
    no_text,
    pd,
)
from platform_facts import methods
from service import Request, Service

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    ArchitectApi,
    HttpRequestOptions,
    LineIntegration,
    LineIntegrationRequest,
    MessagingApi,
    OAuthApi,
)
from PureCloudPlatformClientV2._wire.parameters import query_to_text
from PureCloudPlatformClientV2.rest import RESTClientObject

# Ids


@every_meant_value
def test_an_id_is_sent_as_it_is_meant(
    api: MessagingApi, service: Service, value: Any, sent: str
) -> None:
    service.answer(200, {})
    api.get_messaging_integrations_line_integration_id(value)
    (request,) = service.requests
    name = request.path.rpartition("/")[2]
    assert name.replace("%3A", ":") == sent


@pytest.mark.parametrize("mistake", [*NO_TEXT, "list", "tuple", "set", "generator"])
def test_an_id_that_is_no_text_is_refused_by_its_name(
    api: MessagingApi, service: Service, mistake: str
) -> None:
    several: dict[str, Any] = {
        "list": ["42"],
        "tuple": ("42",),
        "set": {"42"},
        "generator": (character for character in "42"),
    }
    value = {**NO_TEXT, **several}[mistake]
    with pytest.raises((TypeError, ValueError), match=r"^integration_id: ") as caught:
        api.delete_messaging_integrations_line_integration_id(value)
    assert "42" not in str(caught.value)
    assert service.requests == []


def test_a_value_of_the_wrong_type_is_told_by_its_type(api: MessagingApi) -> None:
    wrong: Any = LineIntegration(id="42")
    told = r"^messenger_type: .*not a value of type LineIntegration; give its id$"
    with pytest.raises(TypeError, match=told):
        api.get_messaging_sticker(wrong)
    wrong = LineIntegrationRequest()  # which has none
    with pytest.raises(TypeError, match=r"not a value of type LineIntegrationRequest$"):
        api.get_messaging_sticker(wrong)


# Queries


@every_meant_value
def test_a_query_is_sent_as_it_is_meant(
    api_client: ApiClient, service: Service, value: Any, sent: str
) -> None:
    service.answer(200, {})
    api_client.call_api("/x", "GET", query_params={"some": value, "list": [value, value]})
    assert service.requests[-1].query == {"some": sent, "list": f"{sent},{sent}"}


@every_mistake
@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a list"])
def test_a_query_that_is_no_text_is_refused_by_its_name(
    api: MessagingApi, service: Service, mistake: str, inside: bool
) -> None:
    value: Any = [no_text(mistake)] if inside else no_text(mistake)
    with pytest.raises((TypeError, ValueError), match=r"^page_size: "):
        api.get_messaging_integrations_line(page_size=value)
    assert service.requests == []


def several() -> Iterator[tuple[Any, str]]:
    yield ["a", None, "b"], "a,b"
    yield [True, False, None, 1], "true,false,1"
    yield ("a", Plain.LINE), "a,line"
    yield {"b", "a"}, "a,b"
    yield frozenset({"b", None, "a"}), "a,b"
    yield range(3), "0,1,2"
    yield (letter for letter in "ab"), "a,b"
    yield iter(["a"]), "a"
    yield map(str, [1, 2]), "1,2"
    yield {"a": 1}.keys(), "a"
    yield {"a": 1}.values(), "1"
    yield deque([1, 2]), "1,2"
    yield list(np.array([1, 2])), "1,2"
    yield [], ""
    yield [None], ""


def test_every_parameter_of_the_platform_is_told_by_the_name_of_its_argument() -> None:
    found = {
        (one.name, one.wire_name)
        for method in methods()
        for one in method.parameters
        if one.place == "query" and not iskeyword(one.wire_name)
    }
    assert ("supported_content_id", "supportedContent.id") in found
    for name, wire_name in found:
        for value in (object(), "\ud800", float("nan")):
            with pytest.raises((TypeError, ValueError), match=f"^{name}: "):
                query_to_text({wire_name: value})


@pytest.mark.parametrize("number", range(len(list(several()))))
def test_several_values_are_joined(api_client: ApiClient, service: Service, number: int) -> None:
    for where in ("query_params", "post_params"):
        value, sent = list(several())[number]
        service.answer(200, {})
        parameters: dict[str, Any] = {where: {"some": value, "other": None, "last": "x"}}
        api_client.call_api("/x", "POST", **parameters)
        request = service.requests[-1]
        pairs = request.body.decode() if where == "post_params" else request.target.split("?")[1]
        assert parse_qsl(pairs, keep_blank_values=True) == [("some", sent), ("last", "x")]


@pytest.mark.parametrize("where", ["query_params", "post_params"])
@pytest.mark.parametrize(
    "file", [io.StringIO("a\nb"), io.BytesIO(b"a\nb"), Lines("ab")], ids=["text", "bytes", "own"]
)
def test_an_open_file_is_no_several_values(
    api_client: ApiClient, service: Service, file: Any, where: str
) -> None:
    parameters: dict[str, Any] = {where: {"userIds": file}}
    with pytest.raises(TypeError, match=rf"^user_ids: .*{type(file).__name__}"):
        api_client.call_api("/x", "POST", **parameters)
    assert service.requests == []


def test_a_list_in_a_list_is_refused(api_client: ApiClient, service: Service) -> None:
    with pytest.raises(TypeError, match=r"^user_ids: .*list"):
        api_client.call_api("/x", "GET", query_params={"userIds": [["a"]]})
    assert service.requests == []


def test_the_name_of_a_parameter_may_be_a_member(api_client: ApiClient, service: Service) -> None:
    service.answer_always(200, {})
    api_client.call_api("/x", "GET", query_params={Text.LINE: 1, Plain.LINE.value + "s": 2})
    assert service.requests[-1].query == {"line": "1", "lines": "2"}
    names: Any = {Plain.LINE: 1}
    api_client.call_api("/x", "GET", query_params=names)
    assert service.requests[-1].query == {"line": "1"}
    with pytest.raises(TypeError, match="name of a parameter"):
        api_client.call_api("/x", "GET", query_params={5: 1})  # type: ignore[dict-item]  # pyright: ignore


def test_a_hook_may_add_values_of_any_such_kind(api_client: ApiClient, service: Service) -> None:
    def hook(request: HttpRequestOptions) -> None:
        request.query_params.update(on=True, kinds=[Text.LINE, None], nothing=None)

    api_client.get_http_client().set_pre_request_hook(hook)
    service.answer(200, {})
    api_client.call_api("/x?a=1", "GET")
    assert service.requests[-1].target == "/x?a=1&on=true&kinds=line"

    api_client.get_http_client().set_pre_request_hook(
        lambda request: request.query_params.update(bad=object())
    )
    with pytest.raises(TypeError, match=r"^bad: "):
        api_client.call_api("/x", "GET")
    assert len(service.requests) == 1


def test_the_rest_client_takes_the_same(api_client: ApiClient, service: Service) -> None:
    service.answer(200, {})
    client = RESTClientObject(api_client.configuration)
    client.request(
        "POST",
        f"{service.url}/x",
        query_params={"a": None, "b": [True, Plain.LINE]},
        post_params=[("c", None), ("d", [False])],
    )
    client.close()
    (request,) = service.requests
    assert (request.query, request.form) == ({"b": "true,line"}, {"d": "false"})


# Forms


def sent_form(request: Request) -> dict[str, str]:
    """The fields of a form, in whatever way it was sent."""
    if not request.headers["Content-Type"].startswith("multipart/form-data"):
        return request.form
    boundary = request.headers["Content-Type"].partition("boundary=")[2].encode()
    parts = request.body.split(b"--" + boundary)[1:-1]
    pairs = (part.strip().decode().partition("\r\n\r\n")[::2] for part in parts)
    return {head.partition('name="')[2].partition('"')[0]: text for head, text in pairs}


@pytest.mark.parametrize("multipart", [False, True], ids=["urlencoded", "multipart"])
@every_meant_value
def test_a_form_is_sent_as_it_is_meant(
    api_client: ApiClient, service: Service, multipart: bool, value: Any, sent: str
) -> None:
    service.answer(200, {})
    headers = {"Content-Type": "multipart/form-data"} if multipart else None
    form = {"some": value, "list": [value, None, value], "none": None, Text.LINE: "x"}
    api_client.call_api("/x", "POST", header_params=headers, post_params=form)
    assert sent_form(service.requests[-1]) == {"some": sent, "list": f"{sent},{sent}", "line": "x"}


@pytest.mark.parametrize("as_pairs", [False, True], ids=["dict", "pairs"])
@pytest.mark.parametrize("multipart", [False, True], ids=["urlencoded", "multipart"])
@every_mistake
def test_a_form_value_that_is_no_text_is_refused(
    api_client: ApiClient, service: Service, multipart: bool, mistake: str, as_pairs: bool
) -> None:
    headers = {"Content-Type": "multipart/form-data"} if multipart else None
    value = no_text(mistake)
    form: Any = [("someField", value)] if as_pairs else {"someField": value}
    with pytest.raises((TypeError, ValueError), match=r"^some_field: "):
        api_client.call_api("/x", "POST", header_params=headers, post_params=form)
    assert service.requests == []


@pytest.mark.parametrize("form", ["text", b"bytes", 5, LineIntegration(id="1"), [1, 2], [("a",)]])
def test_a_form_that_is_none_is_refused(api_client: ApiClient, service: Service, form: Any) -> None:
    with pytest.raises(TypeError) as caught:
        api_client.call_api("/x", "POST", post_params=form)
    assert str(caught.value) == (
        f"post_params: give a dict or pairs, not a value of type {type(form).__name__}"
    )
    assert service.requests == []


def test_a_hook_may_change_the_form(api_client: ApiClient, service: Service) -> None:
    def hook(request: HttpRequestOptions) -> None:
        request.post_params["on"] = True

    api_client.get_http_client().set_pre_request_hook(hook)
    service.answer(200, {})
    api_client.call_api("/x", "POST", post_params={"a": Text.LINE})
    assert service.requests[-1].form == {"a": "line", "on": "true"}


@pytest.mark.parametrize("name", ["Multipart/Form-Data", "multipart/form-data; charset=utf-8"])
def test_multipart_is_known_however_it_is_spelt(
    api_client: ApiClient, service: Service, name: str
) -> None:
    service.answer(200, {})
    api_client.call_api("/x", "POST", header_params={"Content-Type": name}, post_params={"a": "b"})
    assert service.requests[-1].headers["Content-Type"].startswith("multipart/form-data; boundary")
    assert sent_form(service.requests[-1]) == {"a": "b"}


# Headers and tokens


@pytest.mark.parametrize("value", [Text.LINE, Own.LINE, Plain.LINE, Plain.NESTED, Label("line")])
@pytest.mark.parametrize("where", ["call", "default", "param"])
def test_a_header_is_sent_as_it_is_meant(
    api_client: ApiClient, service: Service, where: str, value: Any
) -> None:
    service.answer_always(200, {})
    kept = Kept()
    parameters: dict[str, dict[str, Any]] = {
        "call": {"_headers": {"X-Mode": value}},
        "param": {"header_params": {"X-Mode": value}},
    }
    if where == "default":
        api_client.default_headers["X-Mode"] = value

    api_client.call_api("/x", "GET", **parameters.get(where, {}))
    api_client.set_http_client(kept)
    api_client.call_api("/x", "GET", **parameters.get(where, {}))

    assert service.requests[-1].headers["X-Mode"] == "line"
    found = kept.requests[-1].headers["X-Mode"]
    assert (type(found), found) == (str, "line")


def test_the_name_of_a_header_may_be_a_member(api_client: ApiClient) -> None:
    kept = Kept()
    api_client.set_http_client(kept)
    api_client.call_api("/x", "GET", _headers={Text.LINE: "a"})
    assert kept.requests[-1].headers["line"] == "a"


@pytest.mark.parametrize("value", [Number.SIZE, Plain.TABLE, Plain.NOTHING, 5, pd.NA])
def test_a_header_that_is_no_text_is_refused(
    api_client: ApiClient, service: Service, value: Any
) -> None:
    with pytest.raises(TypeError, match=r"^header X-Mode: "):
        api_client.call_api("/x", "GET", _headers={"X-Mode": value})
    assert service.requests == []


def test_a_header_of_an_endpoint_is_refused_by_its_argument(api_client: ApiClient) -> None:
    language: Any = {"de": 1}
    with pytest.raises(TypeError, match=r"(?i)^accept_?language: give text"):
        OAuthApi(api_client).get_oauth_scopes(accept_language=language)


@pytest.mark.parametrize("member", [Text.LINE, Own.LINE, Plain.LINE])
def test_a_token_may_be_a_member(api_client: ApiClient, service: Service, member: Any) -> None:
    service.answer_always(200, {})
    api_client.configuration.access_token = member
    api_client.call_api("/x", "GET")
    api_client.access_token = member
    api_client.call_api("/x", "GET")
    sent = [request.headers["Authorization"] for request in service.requests]
    assert sent == ["Bearer line", "Bearer line"]


# Bodies


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (Text.LINE, "line"),
        (Own.LINE, "line"),
        (Plain.LINE, "line"),
        (Plain.ON, True),
        (Plain.DAY, "2019-08-14"),
        (Plain.TABLE, {"a": 1}),
        (Number.SIZE, 100),
        ([Plain.SIZE, (Text.LINE,)], [100, ["line"]]),
        ({Plain.LINE: 1, Text.LINE: 2}, {"line": 2}),
        (np.int64(7), 7),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
    ],
)
def test_a_body_is_sent_as_it_is_meant(
    api_client: ApiClient, service: Service, value: Any, sent: Any
) -> None:
    service.answer(200, {})
    body = LineIntegrationRequest(name=value)
    MessagingApi(api_client).post_messaging_integrations_line(body)
    assert service.requests[-1].json == {"name": sent}
    plain = api_client.sanitize_for_serialization(body)["name"]
    assert type(plain) is type(sent)


@pytest.mark.parametrize("value", [pd.NaT, pd.NA, np.float64("nan"), np.datetime64("NaT", "s")])
def test_a_missing_value_in_a_body_is_refused(
    api: MessagingApi, service: Service, value: Any
) -> None:
    places: list[Any] = [
        LineIntegrationRequest(name=value),
        {"name": value},
        {"inner": [{"name": (value,)}]},
    ]
    for body in places:
        with pytest.raises((TypeError, ValueError), match=r"^(inner\[0\]\.)?name"):
            api.post_messaging_integrations_line(body)
    assert service.requests == []


# A path with a query, such as the next_uri of a page


@pytest.mark.parametrize(
    ("path", "query", "target"),
    [
        ("/x?a=1&a=2&b=%2Fc+d&e", None, "/x?a=1&a=2&b=%2Fc+d&e"),
        ("/x?a=1,2&t=10:30", {}, "/x?a=1,2&t=10:30"),
        ("/x?a=1&a=2", {"b": [3, 4], "c": None}, "/x?a=1&a=2&b=3%2C4"),
        ("/x?a=1", {"b": None}, "/x?a=1"),
        ("/x?", {"b": "c d"}, "/x?b=c%20d"),
        ("/x?", None, "/x?"),
        ("/x?a=1&", {"b": 2}, "/x?a=1&b=2"),
        ("/x?a=b?c", {"d": 2}, "/x?a=b?c&d=2"),
        ("/x/{id}?a={a}&b=1", {"c": 2}, "/x/%3F%23?a=%26%3D&b=1&c=2"),
        ("/x/{id}/b}", None, "/x/%3F%23/b%7D"),
        ("/x/{id}/{b", None, "/x/%3F%23/%7Bb"),
    ],
)
def test_a_query_in_the_path_stays_and_is_added_to(
    api_client: ApiClient, service: Service, path: str, query: Any, target: str
) -> None:
    service.answer(200, {})
    api_client.call_api(path, "GET", {"id": "?#", "a": "&="}, query)
    assert service.requests[-1].target == target


@pytest.mark.parametrize("path", ["/x?pageNumber=2", "/x?a=1&pageNumber", "/x?page%4Eumber=2"])
def test_a_parameter_that_is_in_the_path_already_is_refused(
    api_client: ApiClient, service: Service, path: str
) -> None:
    with pytest.raises(ValueError, match=r"^page_number: .*resource_path"):
        api_client.call_api(path, "GET", query_params={"pageNumber": 2})
    assert service.requests == []


@pytest.mark.parametrize("path", ["/x#top", "/x?a=1#top", "/x#?a=1"])
def test_a_fragment_is_refused(api_client: ApiClient, service: Service, path: str) -> None:
    with pytest.raises(ValueError, match=r"^resource_path: .*#"):
        api_client.call_api(path, "GET")
    assert service.requests == []


def test_an_http_client_of_ones_own_sees_one_query(api_client: ApiClient) -> None:
    kept = Kept()
    api_client.set_http_client(kept)
    api_client.call_api("/x?a=1", "GET", query_params={"b": 2})
    request = kept.requests[-1]
    assert request.url.endswith("/x?a=1&b=2")
    assert request.query_params == {}
    assert request.full_url() == request.url


def test_secrets_in_the_query_of_a_path_are_masked(
    api_client: ApiClient, service: Service, tmp_path: Any
) -> None:
    log = api_client.configuration.logger
    log.log_file_path = str(tmp_path / "log")
    log.log_response_body = True
    api_client.configuration.debug = True
    for name in ("access_token", "access%5Ftoken"):
        service.answer(400, {"message": "no such token: canary-/1, canary-%2F1"})
        with pytest.raises(ApiException) as caught:
            api_client.call_api(f"/x?{name}=canary-%2f1", "GET", query_params={"a": 1})
        shown = f"{caught.value} {caught.value.url} {caught.value.body} {caught.value.error}"
        assert "canary" not in shown
    text = (tmp_path / "log").read_text()
    assert "/x?access_token=***&a=1" in text
    assert "canary" not in text


@pytest.mark.parametrize(
    "value",
    [
        Fraction(10**400),
        [1, Fraction(-(10**400))],
        Decimal("sNaN"),
        Decimal("-Infinity"),
        10**5000,
        [-(10**5000)],
    ],
    ids=range(6),
)
@pytest.mark.parametrize("where", ["query_params", "post_params"])
def test_a_number_that_cannot_be_sent_is_refused_by_its_name(
    api_client: ApiClient, service: Service, where: str, value: Any
) -> None:
    given: Any = {where: {"aB": value}}
    with pytest.raises(ValueError, match=r"^(a_b|aB): ") as caught:
        api_client.call_api("/x", "POST", **given)
    assert type(caught.value) is ValueError
    assert service.requests == []


@pytest.mark.parametrize("value", [Fraction(10**400), 10**5000, -(10**5000)], ids=range(3))
def test_a_number_that_cannot_be_sent_is_refused_in_a_body(
    api_client: ApiClient, service: Service, value: Any
) -> None:
    for body in ({"a": [value]}, LineIntegrationRequest(name=value)):
        with pytest.raises(ValueError, match=r"^(a\[0\]|name): the number is too large"):
            api_client.call_api("/x", "POST", body=body)
    assert service.requests == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E+400"), "1" + "0" * 400),
        (Decimal("-1.5E+5"), "-150000"),
        (Decimal("1E+999999"), "1E+999999"),
        (Decimal("1E+999"), "1" + "0" * 999),
        (Decimal("1E+1000"), "1E+1000"),
        (10**600, "1" + "0" * 600),
    ],
    ids=range(6),
)
def test_large_numbers_are_sent(
    api_client: ApiClient, service: Service, value: Any, text: str
) -> None:
    service.answer(200)
    api_client.call_api("/x", "GET", query_params={"a": value})
    assert service.requests[-1].query == {"a": text}


def test_a_large_number_is_sent_in_a_body(api_client: ApiClient, service: Service) -> None:
    service.answer(200)
    api_client.call_api("/x", "POST", body={"a": 10**1000})
    assert service.requests[-1].json == {"a": 10**1000}


@pytest.mark.parametrize("path", [5, None, b"/x", ["/x"]])
def test_a_path_that_is_no_text_is_refused_by_name(
    api_client: ApiClient, service: Service, path: Any
) -> None:
    kind = type(path).__name__
    with pytest.raises(TypeError, match=rf"^resource_path: give text, not .* {kind}$"):
        api_client.call_api(path, "GET")
    assert service.requests == []


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff", TypeError),
        ([b"\xff"], TypeError),
        (float("nan"), ValueError),
        (ENDLESS, ValueError),
    ],
)
def test_a_body_that_is_itself_to_blame_is_told_by_its_name(
    api_client: ApiClient, service: Service, body: Any, kind: type[Exception]
) -> None:
    with pytest.raises(kind, match=r"^body(\[0\])?: "):
        api_client.call_api("/api/v2/x", "POST", body=body)
    with pytest.raises(kind, match=r"^data_table_row(\[0\])?: "):
        ArchitectApi(api_client).post_flows_datatable_rows("id", body)
    assert service.requests == []
