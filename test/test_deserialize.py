"""What a client makes of responses and of parameters, and which kinds of response it asks for."""

from __future__ import annotations

from datetime import date, datetime, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import pytest
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    ApiNullValue,
    Configuration,
    LineIntegration,
    LineIntegrationRequest,
    UriReference,
)
from PureCloudPlatformClientV2.models import Model
from PureCloudPlatformClientV2.rest import RESTResponse

MOMENT = datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc)

# Responses


@pytest.mark.parametrize(
    ("data", "response_type", "result"),
    [
        ('{"id": "1"}', "LineIntegration", LineIntegration(id="1")),
        ('{"id": "1"}', LineIntegration, LineIntegration(id="1")),
        ('[{"id": "1"}]', "list[LineIntegration]", [LineIntegration(id="1")]),
        ('{"a": {"id": "1"}}', "dict(str, UriReference)", {"a": UriReference(id="1")}),
        ('{"a": [1]}', "dict(str, list[int])", {"a": [1]}),
        ('[1, {"a": null}]', "object", [1, {"a": None}]),
        ("5", "int", 5),
        ("5", int, 5),
        ("5", "float", 5.0),
        ("true", "bool", True),
        ('"a"', "str", "a"),
        ('"a"', str, "a"),
        ("a, b", "str", "a, b"),
        ('"2019-08-14T09:30:00.000Z"', "datetime", MOMENT),
        ("2019-08-14T09:30:00Z", "datetime", MOMENT),
        ('"2019-08-14"', "date", date(2019, 8, 14)),
        ("2019-08-14", date, date(2019, 8, 14)),
        ("", "LineIntegration", None),
        ("", "list[LineIntegration]", None),
        (" \r\n", "object", None),
        ("null", "LineIntegration", None),
        ("{}", None, None),
    ],
)
@pytest.mark.parametrize("as_bytes", [False, True], ids=["text", "bytes"])
def test_anything_with_data_is_read(
    api_client: ApiClient, data: str, response_type: Any, result: Any, as_bytes: bool
) -> None:
    response = SimpleNamespace(data=data.encode() if as_bytes else data)
    assert api_client.deserialize(response, response_type) == result


@pytest.mark.parametrize(
    "response",
    [
        RESTResponse(200, "OK", {"Content-Type": "application/json"}, b'{"id": "1"}'),
        MagicMock(data='{"id": "1"}'),
        SimpleNamespace(
            data='{"id": "1"}', getheaders=lambda: {"Content-Type": "application/json"}
        ),
    ],
    ids=["ours", "mock", "269"],
)
def test_responses_of_many_kinds_are_read(api_client: ApiClient, response: Any) -> None:
    assert api_client.deserialize(response, "LineIntegration").id == "1"


def test_a_model_of_the_users_own_is_found(api_client: ApiClient) -> None:
    class Kiosk(Model):
        name: str | None = None

    found = api_client.deserialize(SimpleNamespace(data='[{"name": "A"}]'), "list[Kiosk]")
    assert found == [Kiosk(name="A")]


@pytest.mark.parametrize("disposition", [None, 'attachment; filename="report.csv"'])
def test_a_file_is_saved(
    api_client: ApiClient, configuration: Configuration, tmp_path: Path, disposition: str | None
) -> None:
    configuration.temp_folder_path = str(tmp_path)
    headers = {"Content-Disposition": disposition} if disposition else {}
    path = Path(api_client.deserialize(SimpleNamespace(data=b"a,b", headers=headers), "file"))
    assert path.read_bytes() == b"a,b"
    assert path.name == ("report.csv" if disposition else "download")


@pytest.mark.parametrize(
    ("data", "response_type"),
    [
        ("<html>", "LineIntegration"),
        ("[1]", "LineIntegration"),
        ("a, b", "object"),
        ("{}", "NoSuchModel"),
        ("x", "datetime"),
        ('{"a":', "str | None"),
    ],
)
def test_what_does_not_fit_is_a_value_error(
    api_client: ApiClient, data: str, response_type: str
) -> None:
    with pytest.raises(ValueError, match=r"."):
        api_client.deserialize(SimpleNamespace(data=data), response_type)


@pytest.mark.parametrize("response", [object(), SimpleNamespace(data=5), '{"id": "1"}'])
def test_what_is_no_response_is_a_type_error(api_client: ApiClient, response: Any) -> None:
    with pytest.raises(TypeError, match=r"response|data"):
        api_client.deserialize(response, "object")


# Parameters


def test_parameters_that_are_none_are_left_out(api_client: ApiClient) -> None:
    given = {
        "a": None,
        "b": [1, None, {"c": None, "d": MOMENT}],
        "e": {"f": None},
        "g": ApiNullValue(),
        "h": LineIntegrationRequest(name="A"),
        "i": date(2019, 8, 14),
        "j": False,
    }
    assert api_client.sanitize_params_for_serialization(given) == {
        "b": [1, None, {"d": "2019-08-14T09:30:00.000Z"}],
        "e": {},
        "g": None,
        "h": {"name": "A"},
        "i": "2019-08-14",
        "j": False,
    }
    assert given["a"] is None
    assert api_client.sanitize_params_for_serialization(None) is None


# What is asked for


def only_csv(request: Request) -> Answer:
    """Has nothing but CSV, and goes by the Accept header."""
    wanted = [one.partition(";")[0].strip() for one in request.headers["Accept"].split(",")]
    if {"text/csv", "text/*", "*/*"}.isdisjoint(wanted):
        return make_answer(406, {"message": "only CSV"})
    return make_answer(200, b"a,b", {"Content-Type": "text/csv"})


def test_a_download_takes_what_there_is(api_client: ApiClient, service: Service) -> None:
    service.answer_by(only_csv)
    path = api_client.call_api("/api/v2/downloads/1", "GET", response_type="file")
    assert Path(path).read_bytes() == b"a,b"
    assert service.requests[-1].headers.get_all("Accept") == ["*/*"]


@pytest.mark.parametrize("response_type", ["str", str])
def test_a_text_takes_what_there_is(
    api_client: ApiClient, service: Service, response_type: Any
) -> None:
    service.answer_by(only_csv)
    assert api_client.call_api("/x", "GET", response_type=response_type) == "a,b"
    assert service.requests[-1].headers["Accept"].startswith("application/json, ")


@pytest.mark.parametrize("response_type", ["object", "LineIntegration", LineIntegration, "int"])
def test_anything_else_is_json(api_client: ApiClient, service: Service, response_type: Any) -> None:
    service.answer_by(only_csv)
    with pytest.raises(ApiException, match="only CSV"):
        api_client.call_api("/x", "GET", response_type=response_type)
    assert service.requests[-1].headers.get_all("Accept") == ["application/json"]


@pytest.mark.parametrize("place", ["call", "options", "client"])
@pytest.mark.parametrize("name", ["Accept", "accept", "ACCEPT"])
def test_what_the_caller_accepts_counts(
    api_client: ApiClient, service: Service, place: str, name: str
) -> None:
    service.answer(200, b"<a/>", headers={"Content-Type": "text/xml"})
    wanted = {name: "text/xml"}
    options: dict[str, Any] = {}
    if place == "client":
        api_client.set_default_header(name, "text/xml")
    else:
        options = {"header_params" if place == "call" else "_headers": wanted}
    api_client.call_api("/x", "GET", response_type="file", **options)
    assert service.requests[-1].headers.get_all("Accept") == ["text/xml"]


def test_a_text_without_a_content_type_comes_as_it_is(
    api_client: ApiClient, service: Service
) -> None:
    service.answer(200, b"a, b")
    assert api_client.call_api("/x", "GET", response_type="str") == "a, b"
