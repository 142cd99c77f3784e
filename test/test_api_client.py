from __future__ import annotations

import copy
import pickle
import re
import threading
from collections.abc import Callable
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from service import Behaviour, RawServer, Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    Configuration,
    FacebookIntegration,
    HttpRequestOptions,
    LineIntegration,
    LineIntegrationRequest,
    MessagingApi,
    UriReference,
    __version__,
)
from PureCloudPlatformClientV2.rest import NotFoundException, RESTResponse

# Host and headers


def test_a_host_given_to_the_client_outweighs_the_configuration(service: Service) -> None:
    service.answer_always(200, {})
    configuration = Configuration(host="http://unused.example")
    with ApiClient(f"{service.url}/", configuration=configuration) as client:
        assert client.host == service.url
        MessagingApi(client).get_messaging_integrations_line()
        client.host = f"{service.url}/base"
        MessagingApi(client).get_messaging_integrations_line()
        assert repr(client) == f"ApiClient(host='{service.url}/base')"
    assert [request.path for request in service.requests] == [
        "/api/v2/messaging/integrations/line",
        "/base/api/v2/messaging/integrations/line",
    ]


def test_the_client_works_with_the_default_configuration_if_given_none() -> None:
    with ApiClient() as client:
        assert client.configuration is PureCloudPlatformClientV2.configuration
        assert client.host == "https://api.mypurecloud.com"


def test_every_call_says_who_is_calling(api: MessagingApi, service: Service) -> None:
    service.answer_always(200, {})
    api.get_messaging_integrations_line()
    user_agent = service.requests[-1].headers["User-Agent"]
    assert user_agent == f"PureCloudPlatformClientV2/{__version__} python"
    # The "!" of an epoch is among the characters of a token (RFC 9110, 5.6.2), as all others are.
    assert re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", __version__)

    api.api_client.user_agent = "my-app/1"
    api.get_messaging_integrations_line()
    assert api.api_client.user_agent == "my-app/1"
    assert service.requests[-1].headers.get_all("User-Agent") == ["my-app/1"]


def test_no_token_means_no_authorization(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    configuration.access_token = None
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert service.requests[-1].headers["Authorization"] is None


def test_the_token_of_the_client_outweighs_that_of_the_configuration(
    api: MessagingApi, service: Service
) -> None:
    service.answer_always(200, {})
    for token in ("first", b"second"):
        api.api_client.access_token = token
        api.get_messaging_integrations_line()
    api.api_client.access_token = ""
    api.get_messaging_integrations_line()
    assert [request.headers["Authorization"] for request in service.requests] == [
        "Bearer first",
        "Bearer second",
        "Bearer the-token",
    ]


@pytest.mark.parametrize(
    ("auth_settings", "authorization"),
    [
        (None, "Bearer the-token"),
        (["PureCloud OAuth"], "Bearer the-token"),
        (["Guest Chat JWT", "PureCloud OAuth"], "Bearer the-token"),
        (["Guest Chat JWT"], "Bearer guest"),
        (["Another"], None),
        ([], None),
    ],
)
def test_auth_settings_choose_how_to_authenticate(
    api_client: ApiClient,
    configuration: Configuration,
    service: Service,
    auth_settings: list[str] | None,
    authorization: str | None,
) -> None:
    configuration.api_key["Authorization"] = "guest"
    configuration.api_key_prefix["Authorization"] = "Bearer"
    service.answer(200)
    api_client.call_api("/x", "GET", auth_settings=auth_settings)
    assert service.requests[-1].headers["Authorization"] == authorization


def test_default_headers_and_the_cookie_go_with_every_call(
    service: Service, configuration: Configuration
) -> None:
    service.answer_always(200, {})
    with ApiClient(
        header_name="X-One", header_value="1", cookie="a=b", configuration=configuration
    ) as client:
        client.set_default_header("X-Two", "2")
        MessagingApi(client).get_messaging_integrations_line()
    headers = service.requests[-1].headers
    assert (headers["X-One"], headers["X-Two"], headers["Cookie"]) == ("1", "2", "a=b")


def test_a_header_name_alone_has_an_empty_value(
    service: Service, configuration: Configuration
) -> None:
    service.answer(200, {})
    with ApiClient(None, "X-One", configuration=configuration) as client:
        MessagingApi(client).get_messaging_integrations_line()
    assert service.requests[-1].headers["X-One"] == ""


@pytest.mark.parametrize("name", ["accept", "ACCEPT", "Accept", "authorization", "User-agent"])
def test_a_header_replaces_others_of_its_name_in_any_case(
    api: MessagingApi, service: Service, name: str
) -> None:
    service.answer_always(200, {})
    api.get_messaging_integrations_line(_headers={name: "of this call"})
    assert service.requests[-1].headers.get_all(name) == ["of this call"]
    api.api_client.set_default_header(name, "of this client")
    api.get_messaging_integrations_line(_headers={name.swapcase(): "of this call"})
    assert service.requests[-1].headers.get_all(name) == ["of this call"]


@pytest.mark.parametrize("name", ["accept", "user-agent", "USER-AGENT"])
def test_a_default_header_replaces_others_of_its_name_in_any_case(
    api: MessagingApi, service: Service, name: str
) -> None:
    service.answer(200, {})
    api.api_client.set_default_header(name, "mine")
    api.get_messaging_integrations_line()
    assert service.requests[-1].headers.get_all(name) == ["mine"]


def test_headers_of_one_call_are_gone_in_the_next(api: MessagingApi, service: Service) -> None:
    service.answer_always(200, {})
    api.get_messaging_integrations_line(_headers={"X-Own": "1"})
    api.get_messaging_integrations_line()
    assert service.requests[-1].headers["X-Own"] is None


# call_api


def test_call_api_reaches_any_endpoint(api_client: ApiClient, service: Service) -> None:
    service.answer(200, {"id": "u-1", "name": "Ada"})

    user = api_client.call_api(
        "/api/v2/users/{userId}/things/{thingId}",
        "PATCH",
        {"userId": "u/1", "thingId": 7},
        {"expand": ["a", "b"], "since": datetime(2019, 8, 14, tzinfo=timezone.utc), "no": None},
        {"X-Header": "h"},
        {"name": "Ada", "born": date(1815, 12, 10)},
        response_type="UriReference",
        auth_settings=["PureCloud OAuth"],
    )

    assert user == UriReference(id="u-1", name="Ada")
    request = service.requests[-1]
    assert (request.method, request.path) == ("PATCH", "/api/v2/users/u%2F1/things/7")
    assert request.query == {"expand": "a,b", "since": "2019-08-14T00:00:00.000Z"}
    assert request.headers["X-Header"] == "h"
    assert request.json == {"name": "Ada", "born": "1815-12-10"}


def test_call_api_takes_its_arguments_in_the_order_of_the_generated_sdk(
    api_client: ApiClient, service: Service
) -> None:
    service.answer(200, ["a"])
    result = api_client.call_api(
        "/x/{y}", "POST", {"y": 1}, {"q": 2}, {"H": "3"}, None, {"f": "4"}, {}, "list[str]", []
    )
    request = service.requests[-1]
    assert (request.target, request.headers["H"], request.form) == ("/x/1?q=2", "3", {"f": "4"})
    assert request.headers["Authorization"] is None
    assert result == ["a"]


@pytest.mark.parametrize(
    ("response_type", "answer", "result"),
    [
        ("str", "text", "text"),
        ("int", 5, 5),
        ("bool", True, True),
        ("object", {"a": [1]}, {"a": [1]}),
        ("object", 5, 5),
        ("datetime", "2019-08-14T00:00:00Z", datetime(2019, 8, 14, tzinfo=timezone.utc)),
        (datetime, "2019-08-14T00:00:00Z", datetime(2019, 8, 14, tzinfo=timezone.utc)),
        ("list[FacebookIntegration]", [{"id": "1"}], [FacebookIntegration(id="1")]),
        ("dict(str, str)", {"a": "b"}, {"a": "b"}),
        (FacebookIntegration, {"id": "1"}, FacebookIntegration(id="1")),
        ("FacebookIntegration", {"id": "1"}, FacebookIntegration(id="1")),
        (None, {"id": "1"}, None),
        (None, None, None),
    ],
)
def test_response_type_says_what_to_make_of_the_answer(
    api_client: ApiClient, service: Service, response_type: Any, answer: object, result: object
) -> None:
    service.answer(200, answer)
    assert api_client.call_api("/x", "GET", response_type=response_type) == result


@pytest.mark.parametrize(
    ("content", "content_type", "result"),
    [
        (b"plain \xc3\xbc", "text/plain", "plain ü"),
        (b'"json"', "application/json; charset=utf-8", "json"),
        (b'"json"', None, "json"),
        (b'"not json"', "text/plain", '"not json"'),
    ],
)
def test_a_string_is_read_by_its_content_type(
    api_client: ApiClient,
    service: Service,
    content: bytes,
    content_type: str | None,
    result: str,
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    service.answer(200, content, headers=headers)
    assert api_client.call_api("/x", "GET", response_type="str") == result


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="report.pdf"', "report.pdf"),
        ("attachment; filename=report.pdf", "report.pdf"),
        ("attachment; filename*=UTF-8''b%C3%BCro.pdf", "büro.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="..\\\\..\\\\boot.ini"', "boot.ini"),
        ('attachment; filename="/etc/passwd"', "passwd"),
        ('attachment; filename=".."', None),
        ('attachment; filename="."', None),
        ('attachment; filename="/"', None),
        ("attachment; filename*=UTF-8''a%00b", None),
        (f'attachment; filename="{"x" * 300}.pdf"', None),
        ("attachment", None),
        (None, None),
    ],
)
def test_a_file_is_saved_under_a_safe_name_in_a_folder_of_its_own(
    api_client: ApiClient,
    configuration: Configuration,
    service: Service,
    tmp_path: Path,
    disposition: str | None,
    name: str | None,
) -> None:
    configuration.temp_folder_path = str(tmp_path)
    headers = {"Content-Disposition": disposition} if disposition else {}
    service.answer_always(200, b"\x00\xff content", headers=headers)

    paths = [Path(api_client.call_api("/x", "GET", response_type="file")) for _ in range(2)]

    for path in paths:
        assert path.read_bytes() == b"\x00\xff content"
        assert path.parent.parent == tmp_path
        assert name is None or path.name == name
    assert paths[0] != paths[1]


def test_a_folder_that_is_not_there_is_a_callers_mistake(
    api_client: ApiClient, configuration: Configuration, service: Service, tmp_path: Path
) -> None:
    configuration.temp_folder_path = str(tmp_path / "missing")
    service.answer(200, b"content")
    with pytest.raises((ValueError, ApiException), match=r"temp_folder_path|missing"):
        api_client.call_api("/x", "GET", response_type="file")


@pytest.mark.parametrize("as_pairs", [True, False])
def test_files_are_sent_along_with_form_fields(
    api_client: ApiClient, service: Service, tmp_path: Path, as_pairs: bool
) -> None:
    for name in ("a.txt", "b.txt", "c.bin"):
        (tmp_path / name).write_bytes(name.encode() + b"\x00\xff")
    service.answer(200)
    fields: Any = [("field", "value")] if as_pairs else {"field": "value"}

    api_client.call_api(
        "/x",
        "POST",
        post_params=fields,
        files={
            "many": [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")],
            "one": str(tmp_path / "c.bin"),
        },
    )

    request = service.requests[-1]
    assert request.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    for part in (
        b'name="field"\r\n\r\nvalue',
        b'name="many"; filename="a.txt"',
        b'name="many"; filename="b.txt"',
        b'name="one"; filename="c.bin"',
        b"c.bin\x00\xff",
    ):
        assert part in request.body


def test_files_need_no_form_fields(api_client: ApiClient, service: Service, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("content")
    service.answer(200)
    api_client.call_api("/x", "POST", files={"one": str(tmp_path / "a.txt")})
    assert b"content" in service.requests[-1].body


def test_form_fields_alone_are_url_encoded(api_client: ApiClient, service: Service) -> None:
    service.answer(200)
    api_client.call_api("/x", "POST", post_params={"grant_type": "x"})
    assert service.requests[-1].form == {"grant_type": "x"}


def test_sanitize_for_serialization_gives_what_would_be_sent(api_client: ApiClient) -> None:
    request = LineIntegrationRequest(name="A", channel_secret="s")
    assert api_client.sanitize_for_serialization([request]) == [{"name": "A", "channelSecret": "s"}]


# Callbacks


def test_a_callback_gets_the_result_in_a_thread_of_its_own(
    api: MessagingApi, service: Service
) -> None:
    service.answer(200, {"id": "int-1"})
    got: list[tuple[object, threading.Thread]] = []

    thread: Any = api.get_messaging_integrations_facebook_integration_id(
        "int-1", callback=lambda result: got.append((result, threading.current_thread()))
    )
    thread.join()

    assert isinstance(thread, threading.Thread)
    assert got == [(FacebookIntegration(id="int-1"), thread)]


def test_a_failure_behind_a_callback_is_reported_by_the_threads_hook(
    api: MessagingApi, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", reported.append)
    called: list[object] = []
    service.answer(404, {})

    thread: Any = api.get_messaging_integrations_line(callback=called.append)
    thread.join()

    assert called == []
    assert [args.exc_type for args in reported] == [NotFoundException]


def test_a_callers_mistake_is_raised_at_once_despite_a_callback(
    api: MessagingApi, service: Service
) -> None:
    with pytest.raises(ValueError, match="integration_id"):
        api.get_messaging_integrations_line_integration_id("", callback=print)
    with pytest.raises(ValueError, match="header"):
        api.get_messaging_integrations_line(_headers={"A": "\n"}, callback=print)
    assert service.requests == []


# The last response


def test_there_is_no_last_response_before_the_first_call(api_client: ApiClient) -> None:
    assert api_client.last_response is None


def test_the_last_response_is_that_of_the_last_successful_call(
    api: MessagingApi, service: Service
) -> None:
    client = api.api_client
    service.answer(201, {"total": 1}, headers={"X-Rate": "5"}, reason="Made")
    api.get_messaging_integrations_line()
    service.answer(404, {})
    with pytest.raises(NotFoundException):
        api.get_messaging_integrations_line()

    response = client.last_response
    assert response is not None
    assert (response.status, response.reason, response.data) == (201, "Made", '{"total": 1}')
    assert response.getheader("x-rate") == "5"


def test_the_last_response_is_there_when_its_body_cannot_be_used(
    api: MessagingApi, service: Service
) -> None:
    service.answer(200, b"not JSON")
    with pytest.raises(ApiException):
        api.get_messaging_integrations_line()
    assert api.api_client.last_response is not None
    assert api.api_client.last_response.data == "not JSON"


def test_the_last_response_is_kept_per_thread(api: MessagingApi, service: Service) -> None:
    service.answer(200, {"total": 1})
    api.get_messaging_integrations_line()
    seen: list[object] = []
    thread = threading.Thread(target=lambda: seen.append(api.api_client.last_response))
    thread.start()
    thread.join()
    assert seen == [None]


# Life


def test_closing_a_client_before_its_first_call_does_no_harm() -> None:
    with ApiClient() as client:
        pass
    client.close()


def test_a_client_closes_when_its_block_ends_in_an_error() -> None:
    def fail() -> None:
        with ApiClient() as client:
            raise KeyError(client.host)

    with pytest.raises(KeyError):
        fail()


def test_many_clients_leave_no_connection_open(
    raw_server: Callable[[Behaviour], RawServer],
) -> None:
    hung_up = threading.Semaphore(0)

    def answer_until_hang_up(connection: Any, request: bytes) -> None:
        while request:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            request = connection.recv(65536)
        hung_up.release()

    configuration = Configuration(host=raw_server(answer_until_hang_up).url)
    for _ in range(20):
        with ApiClient(configuration=configuration) as client:
            MessagingApi(client).get_messaging_integrations_line()
        assert hung_up.acquire(timeout=10)


def test_an_api_takes_its_client_by_position_or_name(api_client: ApiClient) -> None:
    assert MessagingApi(api_client).api_client is api_client
    assert MessagingApi(api_client=api_client).api_client is api_client


@pytest.mark.parametrize("with_token", [True, False])
def test_a_client_pickles_with_its_settings_and_its_token_only_if_told(
    api: MessagingApi, service: Service, with_token: bool
) -> None:
    service.answer_always(200, {})
    client = api.api_client
    client.access_token = "of-the-client"
    client.set_default_header("X-One", "1")
    client.configuration.pickle_access_token = with_token
    api.get_messaging_integrations_line()  # opens a connection, which stays behind

    pickled = pickle.dumps(client)
    twin = pickle.loads(pickled)

    assert (b"of-the-client" in pickled) == (b"the-token" in pickled) == with_token
    assert (twin.host, twin.last_response) == (client.host, None)
    with twin:
        MessagingApi(twin).get_messaging_integrations_line()
    headers = service.requests[-1].headers
    assert headers["X-One"] == "1"
    assert headers["Authorization"] == ("Bearer of-the-client" if with_token else None)


@pytest.mark.parametrize("path", ["api/v2/x", "@127.0.0.1/x", "https://127.0.0.1/x", ""])
def test_a_path_that_would_change_the_host_is_refused(
    api_client: ApiClient, service: Service, path: str
) -> None:
    with pytest.raises(ValueError, match="resource_path"):
        api_client.call_api(path, "GET")
    assert service.requests == []


def test_a_callback_that_cannot_be_called_is_refused_before_anything_is_sent(
    api_client: ApiClient, service: Service
) -> None:
    callback: Any = "print"
    with pytest.raises(TypeError, match="callback"):
        api_client.call_api("/x", "POST", callback=callback)
    assert service.requests == []


def test_a_configuration_in_the_place_of_the_host_is_refused() -> None:
    configuration: Any = Configuration()
    with pytest.raises(TypeError, match="configuration="):
        ApiClient(configuration)


def test_a_token_with_the_word_bearer_is_refused(api_client: ApiClient) -> None:
    with pytest.raises(ValueError, match="Bearer") as caught:
        api_client.access_token = "Bearer canary"
    assert "canary" not in str(caught.value)


class _Lenient(AbstractHttpClient):
    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        return RESTResponse(404, "Not Found", {}, b'{"message": "no such thing", "status": "404"}')


def test_a_refusal_that_another_http_client_gives_back_is_an_exception(
    api_client: ApiClient,
) -> None:
    api_client.set_http_client(_Lenient())
    with pytest.raises(NotFoundException, match="no such thing"):
        api_client.call_api("/x", "GET", response_type=LineIntegration)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_client_has_its_token(
    api_client: ApiClient, service: Service, duplicate: Callable[[ApiClient], ApiClient]
) -> None:
    service.answer(200, {})
    api_client.access_token = "own"
    api_client.get_http_client().set_pre_request_hook(
        lambda request: request.headers.update({"X-Hook": "1"})
    )
    with duplicate(api_client) as twin:
        twin.set_default_header("X-Twin", "1")
        twin.call_api("/x", "GET")
    assert service.requests[-1].headers["Authorization"] == "Bearer own"
    assert service.requests[-1].headers["X-Hook"] == "1"
    assert "X-Twin" not in api_client.default_headers


def test_a_pickled_client_carries_no_credentials_unless_told(api_client: ApiClient) -> None:
    api_client.access_token = api_client.cookie = "canary"
    api_client.set_default_header("X-Api-Key", "canary")
    api_client.set_default_header("X-Team", "night")
    api_client.configuration.api_key["Authorization"] = "canary"
    assert b"canary" not in pickle.dumps(api_client)
    assert pickle.loads(pickle.dumps(api_client)).default_headers["X-Team"] == "night"
    api_client.configuration.pickle_access_token = True
    assert pickle.loads(pickle.dumps(api_client)).access_token == "canary"
