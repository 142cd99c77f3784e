"""Good answers, mutated: whatever comes, a call ends in a model or an ApiException."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
from fuzzing import fuzzed

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    Configuration,
    FacebookIntegration,
    FacebookIntegrationEntityListing,
    HttpRequestOptions,
    LineIntegration,
)
from PureCloudPlatformClientV2.models.base import Model
from PureCloudPlatformClientV2.rest import RESTResponse
from PureCloudPlatformClientV2.utils import sanitize_for_serialization as sent

from .scenarios import ERROR_BODY, GOOD_ANSWER, GOOD_BODY, MODEL, ZIPPED
from .server import Close, FaultServer, Script, Send, answer, chunked

DISPOSITIONS = [
    b'attachment; filename="report.csv"',
    b"attachment; filename*=UTF-8''%e2%82%ac.csv; filename*0=a",
]

LISTING = {"entities": [MODEL, MODEL], "pageSize": 25, "pageNumber": 1, "total": 2, "pageCount": 1}

ANSWERS = [
    GOOD_ANSWER,
    answer(200, ZIPPED, ["Content-Encoding: gzip"]),
    chunked(GOOD_BODY[:20], GOOD_BODY[20:]),
    answer(404, ERROR_BODY, ["ININ-Correlation-Id: c-1"]),
    answer(429, ERROR_BODY, ["Retry-After: 3600"]),
    answer("204 No Content"),
    b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + GOOD_ANSWER,
]

TOKENS = [
    *(b"\r\n", b"\n", b"\r\n\r\n", b"\x00", b"\xff", b": ", b"-1", b"9" * 5000, b"1e999", b"NaN"),
    *(b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n", b"Content-Length: 7\r\n"),
    *(b"[" * 2000, b"{", b"}", b'"', b"null", b"\xed\xa0\x80", b"\\ud800", b"ffffffff\r\n", b"0"),
    *(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"Set-Cookie: a=b\r\n"),
]


@st.composite
def mutated(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """A good answer in which some stretches were replaced, dropped or repeated."""
    content = draw(st.sampled_from(originals))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 12)))
        put = draw(
            st.one_of(
                st.binary(max_size=6), st.sampled_from(TOKENS), st.just(content[start:end] * 2)
            )
        )
        content = content[:start] + put + content[end:]
    return content


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["2019-08-14T09:30:00.000Z", "9999-12-31T23:59:59-14:00", "-1", ""]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(sorted(MODEL)), inner, max_size=3),
    ),
    max_leaves=6,
)


@st.composite
def misshapen(draw: st.DrawFn) -> Any:
    """A listing in which some values were replaced."""

    def walk(value: Any) -> Any:
        if draw(st.integers(0, 9)) == 0:
            return draw(json_values)
        if isinstance(value, dict):
            return {name: walk(item) for name, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        return value

    return walk(draw(st.sampled_from([LISTING, MODEL])))


class _Canned(AbstractHttpClient):
    """Has the answer already."""

    def __init__(self, content: bytes, headers: dict[str, str]) -> None:
        super().__init__()
        self._response = RESTResponse(200, "OK", headers, content)

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        return self._response


def decode(content: bytes, response_type: type[Model], **headers: str) -> Any:
    with ApiClient(configuration=Configuration(host="http://127.0.0.1:9")) as client:
        client.set_http_client(_Canned(content, headers))
        return client.call_api("/api/v2/things/1", "GET", response_type=response_type)


def check_the_model(model: object, kind: type[Model]) -> None:
    """It is one, and can be used as one."""
    assert isinstance(model, kind)
    assert repr(model)
    assert model == kind.from_dict(sent(model))


def check_the_failure(error: ApiException) -> None:
    """Nothing that is read from it fails in its turn."""
    assert str(error).isprintable()
    assert error.retry_after is None or error.retry_after >= 0
    assert error.error is None or isinstance(error.error, Model)
    assert error.correlation_id is None or isinstance(error.correlation_id, str)


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


@pytest.fixture(scope="module")
def client(server: FaultServer) -> Iterator[ApiClient]:
    configuration = Configuration(host=server.url)
    configuration.retries = 1
    configuration.deadline = 20.0
    with ApiClient(configuration=configuration) as client:
        yield client


@pytest.mark.parametrize("method", ["GET", "POST"])
@fuzzed(250)
@hypothesis.given(content=mutated(ANSWERS))
def test_mutated_answers_over_a_socket(
    server: FaultServer, client: ApiClient, method: str, content: bytes
) -> None:
    server.script = Script(answers=((Send(content), Close()),))
    server.requests.clear()
    hypothesis.note(repr(content))
    refused = False
    try:
        model: object = client.call_api(
            "/api/v2/things/1", method, response_type=FacebookIntegration
        )
    except ApiException as error:
        check_the_failure(error)
        refused = error.status == 429  # which the server does not know in all spellings
    else:  # nothing, if the status has become one that says so
        status = client.last_response.status if client.last_response else 0
        assert isinstance(model, FacebookIntegration) or status in (202, 204)
    assert len(server.requests) <= (1 if method == "POST" and not refused else 2)


@fuzzed(250)
@hypothesis.given(content=mutated([GOOD_BODY, json.dumps(LISTING).encode("ascii")]))
@pytest.mark.parametrize(
    "kind", [FacebookIntegration, LineIntegration, FacebookIntegrationEntityListing]
)
def test_mutated_bodies(kind: type[Model], content: bytes) -> None:
    try:
        model = decode(content, kind)
    except ApiException as error:
        check_the_failure(error)
    else:
        assert isinstance(model, kind)


@fuzzed(250)
@hypothesis.given(value=misshapen())
@pytest.mark.parametrize("kind", [FacebookIntegration, FacebookIntegrationEntityListing])
def test_mutated_json(kind: type[Model], value: Any) -> None:
    try:
        model = decode(json.dumps(value).encode("ascii"), kind)
    except ApiException as error:
        check_the_failure(error)
    else:
        check_the_model(model, kind)


@fuzzed(250)
@hypothesis.given(content=mutated([ZIPPED, gzip.compress(ZIPPED)]))
def test_mutated_gzip_over_a_socket(server: FaultServer, client: ApiClient, content: bytes) -> None:
    server.script = Script(
        answers=((Send(answer(200, content, ["Content-Encoding: gzip"])), Close()),)
    )
    try:
        model: object = client.call_api(
            "/api/v2/things/1", "GET", response_type=FacebookIntegration
        )
    except ApiException as error:
        check_the_failure(error)
    else:  # nothing, if the status has become one that says so
        status = client.last_response.status if client.last_response else 0
        assert isinstance(model, FacebookIntegration) or status in (202, 204)


@fuzzed(250)
@hypothesis.given(
    name=st.one_of(
        st.text(st.characters(max_codepoint=255), max_size=300),
        mutated(DISPOSITIONS).map(lambda content: content.decode("latin-1")),
        st.sampled_from(
            ['a; filename=".."', 'a; filename="."', 'a; filename="' + "x" * 300 + '"',
             "a; filename*=UTF-8''" + "%e2%82%ac" * 100, 'a; filename="a\x00b"', "a; filename*=x"]
        ),
    )
)  # fmt: skip
def test_downloads_under_any_name(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "downloads"
    folder.mkdir(exist_ok=True)
    configuration = Configuration(host="http://127.0.0.1:9")
    configuration.temp_folder_path = str(folder)
    with ApiClient(configuration=configuration) as client:
        client.set_http_client(_Canned(b"content", {"Content-Disposition": name}))
        try:
            path = client.call_api("/api/v2/things/1", "GET", response_type="file")
        except ApiException as error:
            check_the_failure(error)
        else:
            assert path.startswith(str(folder))
            assert "/../" not in path
