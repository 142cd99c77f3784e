"""The fourteen methods of 2019 on today's platform, and elsewhere."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import trustme
from contract_facts import Operation, operations
from service import Answer, Behaviour, RawServer, Request, Service, make_answer
from test_seed_examples import EXAMPLES, Example, every_example, run

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    ApiTimeoutException,
    Configuration,
    FacebookIntegrationRequest,
    ForbiddenException,
    MessagingApi,
    PureCloudRegionHosts,
    TwitterIntegrationRequest,
    paginate,
)

CLOUD = "https://api.mypurecloud.com"
ELSEWHERE = "https://messaging.example.com"
OF_2019 = "/api/v2/messaging/integrations/"
OF_TODAY = "/api/v2/conversations/messaging/integrations/"

ID = "1f6c7f0a"
SIGN_UP: dict[str, Any] = {
    "name": "Support",
    "signup_code": "code",
    "app_id": "app",
    "code_challenge": "challenge",
    "redirect_uri": "https://example.com/back",
}


@pytest.fixture(scope="module")
def _cloud(authority: trustme.CA) -> Iterator[Service]:  # pyright: ignore[reportUnusedFunction] - by name
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = [one.get_api_host().removeprefix("https://") for one in PureCloudRegionHosts]
    authority.issue_cert(*names, ELSEWHERE.removeprefix("https://")).configure_cert(context)
    with Service(tls=context) as service:
        yield service


@pytest.fixture
def cloud(_cloud: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Stands where all hosts of the public cloud are looked up, and one that is not of it."""
    _cloud.reset()
    look_up, port = socket.getaddrinfo, int(_cloud.url.rpartition(":")[2])

    def look_up_here(host: str, wanted: Any, *args: Any, **kwargs: Any) -> Any:
        return look_up("127.0.0.1", port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    return _cloud


@pytest.fixture
def configuration(cloud: Service, ca_file: str) -> Configuration:
    configuration = Configuration(host=CLOUD, access_token="YOUR_ACCESS_TOKEN")
    configuration.ssl_ca_cert = ca_file
    return configuration


@pytest.fixture
def api(configuration: Configuration) -> Iterator[MessagingApi]:
    with ApiClient(configuration=configuration) as client:
        yield MessagingApi(client)


def integration(**fields: Any) -> dict[str, Any]:
    return {"id": ID, "name": "Support", "version": 1, **fields}


# The page of 2019, as it stands


def successful(request: Request) -> Answer:
    """Answer as the platform does, old or new."""
    listing = {"entities": [integration()], "pageNumber": 1, "pageCount": 1, "total": 1}
    if request.method == "DELETE":
        return make_answer(204)
    ends = request.path.rpartition("/")[2]
    return make_answer(200, listing if ends in KINDS and request.method == "GET" else integration())


KINDS = ("facebook", "line", "twitter")


def path_on(platform: str, operation: Operation) -> str:
    path = operation.path.replace("{integrationId}", "integration_id_example")
    path = path.replace("{messengerType}", "messenger_type_example")
    return path.replace(OF_2019, OF_TODAY) if platform == "today" else path


def is_gone(operation: Operation) -> bool:
    return "/line" in operation.path or "/stickers" in operation.path


def run_on(host: str, example: Example, ca_file: str) -> None:
    PureCloudPlatformClientV2.configuration.ssl_ca_cert = ca_file
    run(example.script(host))


@every_example
def test_an_example_of_2019_runs_on_the_public_cloud(
    example: Example, cloud: Service, ca_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.answer_by(successful)
    operation = example.operation

    if operation.name == "post_messaging_integrations_twitter":
        with pytest.raises(ValueError, match=r"^body: set name, signup_code, app_id"):
            run_on(CLOUD, example, ca_file)
        assert cloud.requests == []
        return
    run_on(CLOUD, example, ca_file)

    output = capsys.readouterr().out
    if is_gone(operation):
        assert f"{operation.verb} {operation.path} was not sent: " in output
        assert cloud.requests == []
    else:
        (request,) = cloud.requests
        assert (request.method, request.path) == (operation.verb, path_on("today", operation))
        assert request.headers["Host"] == "api.mypurecloud.com"
        assert "Exception" not in output


@every_example
def test_an_example_of_2019_runs_elsewhere_as_it_did(
    example: Example, cloud: Service, ca_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.answer_by(successful)
    run_on(ELSEWHERE, example, ca_file)
    (request,) = cloud.requests
    operation = example.operation
    assert (request.method, request.path) == (operation.verb, path_on("2019", operation))
    assert "Exception" not in capsys.readouterr().out


def test_the_page_has_eight_methods_with_a_successor_and_six_without() -> None:
    assert sorted(map(is_gone, operations)) == [False] * 8 + [True] * 6
    assert len(EXAMPLES) == 14


# Which platform


@pytest.mark.parametrize("region", PureCloudRegionHosts, ids=lambda region: region.name)
def test_every_region_has_what_is_there_today(api: MessagingApi, region: Any) -> None:
    api.api_client.host = region.get_api_host()
    assert api.api_client.platform == "today"


Say = Callable[[Configuration, ApiClient], None]


def by_code(configuration: Configuration, client: ApiClient) -> None:
    configuration.platform = "2019"


def by_host(configuration: Configuration, client: ApiClient) -> None:
    configuration.host = "https://messaging.example.com"


def by_host_of_the_client(configuration: Configuration, client: ApiClient) -> None:
    client.host = "https://messaging.example.com"


def by_gateway(configuration: Configuration, client: ApiClient) -> None:
    client.set_gateway("messaging.example.com")


@pytest.mark.parametrize("say", [by_code, by_host, by_host_of_the_client, by_gateway])
def test_code_can_lead_to_the_platform_of_2019(
    cloud: Service, configuration: Configuration, api: MessagingApi, say: Say
) -> None:
    cloud.answer_by(successful)
    api.get_messaging_integrations_facebook()
    say(configuration, api.api_client)
    api.get_messaging_integrations_facebook()
    api.get_messaging_integrations_line()
    assert [one.path for one in cloud.requests] == [
        f"{OF_TODAY}facebook",
        f"{OF_2019}facebook",
        f"{OF_2019}line",
    ]


@pytest.mark.parametrize("said", ["today", "Today", "2019", 2019])
def test_a_setting_counts_more_than_the_host(api: MessagingApi, said: Any) -> None:
    api.api_client.configuration.platform = said
    for host in (CLOUD, ELSEWHERE):
        api.api_client.host = host
        assert api.api_client.platform == str(said).lower()


def test_the_environment_can_say_it_at_any_time(
    api: MessagingApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def platform() -> str:
        return api.api_client.platform

    assert platform() == "today"
    monkeypatch.setenv("GENESYSCLOUD_PLATFORM", "2019")
    assert platform() == "2019"
    monkeypatch.setenv("GENESYSCLOUD_PLATFORM", "2021")
    with pytest.raises(ValueError, match="GENESYSCLOUD_PLATFORM: give '2019' or 'today'"):
        api.get_messaging_integrations_facebook()
    monkeypatch.setenv("GENESYSCLOUD_PLATFORM", "")
    assert platform() == "today"


def test_file_and_profile_can_say_it(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("[general]\nplatform = 2019\n[profile cloud]\nplatform = today\n")
    for profile, expected in ((None, "2019"), ("cloud", "today")):
        configuration = Configuration(config_file_path=str(path), profile=profile)
        with ApiClient(configuration=configuration) as client:
            assert client.platform == expected


def test_other_calls_go_where_they_are_told(cloud: Service, api: MessagingApi) -> None:
    cloud.answer_by(successful)
    api.api_client.call_api(f"{OF_2019}facebook", "GET")
    getattr(api, "get_messaging_settings")()  # noqa: B009 - which checkers call deprecated
    assert [one.path for one in cloud.requests] == [
        f"{OF_2019}facebook",
        "/api/v2/messaging/settings",
    ]


def test_a_404_of_what_was_removed_says_so(cloud: Service, api: MessagingApi) -> None:
    cloud.answer(404)
    with pytest.raises(ApiException, match="Genesys removed this endpoint") as caught:
        api.api_client.call_api(f"{OF_2019}line", "GET")
    assert caught.value.status == 404


def test_paging_goes_on_where_it_began(cloud: Service, api: MessagingApi) -> None:
    for number in (1, 2):
        page = {"entities": [integration(id=str(number))], "pageNumber": number, "pageCount": 2}
        following = {"nextUri": f"{OF_TODAY}facebook?pageNumber=2"} if number == 1 else {}
        cloud.answer(200, {**page, **following})
    found = paginate(api.get_messaging_integrations_facebook, page_size=1)
    assert [one.id for one in found] == ["1", "2"]
    assert {one.path for one in cloud.requests} == {f"{OF_TODAY}facebook"}


# Creating


REQUEST = FacebookIntegrationRequest(name="Support", page_access_token="EAAG-secret")


def test_creating_waits_until_the_platform_is_done(cloud: Service, api: MessagingApi) -> None:
    cloud.answer(202, integration(createStatus="Initiated"))
    cloud.answer(404, {"message": "not there yet"})
    cloud.answer(200, integration(createStatus="Completed", status="Active"))

    created = api.post_messaging_integrations_facebook(REQUEST)

    assert (created.id, created.create_status, created.status) == (ID, "Completed", "Active")
    assert [(one.method, one.path) for one in cloud.requests] == [
        ("POST", f"{OF_TODAY}facebook"),
        ("GET", f"{OF_TODAY}facebook/{ID}"),
        ("GET", f"{OF_TODAY}facebook/{ID}"),
    ]


@pytest.mark.parametrize("fields", [{}, {"createStatus": "Completed"}])
def test_what_is_complete_is_not_read_again(
    cloud: Service, api: MessagingApi, fields: dict[str, Any]
) -> None:
    cloud.answer(200, integration(**fields))
    assert api.post_messaging_integrations_facebook(REQUEST).id == ID
    assert len(cloud.requests) == 1


@pytest.mark.parametrize("first", [True, False])
def test_a_failed_creation_is_an_exception_with_the_reason(
    cloud: Service, api: MessagingApi, first: bool
) -> None:
    if not first:
        cloud.answer(202, integration(createStatus="Initiated"))
    error = {"message": "the token is of another page", "code": "bad.page"}
    cloud.answer(200, integration(createStatus="Error", createError=error))

    with pytest.raises(ApiException, match="the token is of another page") as caught:
        api.post_messaging_integrations_facebook(REQUEST)

    assert (caught.value.status, caught.value.entity_id) == (0, ID)
    assert caught.value.error
    assert caught.value.error.code == "bad.page"
    assert not caught.value.outcome_unknown


def test_creating_that_takes_too_long_says_of_what(cloud: Service, api: MessagingApi) -> None:
    cloud.answer_always(200, integration(createStatus="Initiated"))
    with pytest.raises(ApiTimeoutException) as caught:
        api.post_messaging_integrations_facebook(REQUEST, _deadline=1)
    assert caught.value.entity_id == ID
    assert caught.value.outcome_unknown
    assert str(caught.value) == (
        f"integration {ID} was created, and was not complete by the deadline; "
        "look at it before you create another"
    )
    assert [one.method for one in cloud.requests].count("POST") == 1


def test_the_deadline_of_the_configuration_counts(
    cloud: Service, api: MessagingApi, configuration: Configuration
) -> None:
    configuration.deadline = 0.5
    cloud.answer_always(200, integration(createStatus="Initiated"))
    with pytest.raises(ApiTimeoutException):
        api.post_messaging_integrations_facebook(REQUEST)


@pytest.mark.parametrize("wrong", ["5", 0, -1, float("nan")])
def test_a_wrong_deadline_is_refused_before_anything_is_sent(
    cloud: Service, api: MessagingApi, wrong: Any
) -> None:
    with pytest.raises(ValueError, match="deadline: give a number of seconds"):
        api.post_messaging_integrations_facebook(REQUEST, _deadline=wrong)
    assert cloud.requests == []


def test_an_answer_without_id_cannot_be_waited_for(cloud: Service, api: MessagingApi) -> None:
    cloud.answer(202, {"name": "Support", "createStatus": "Initiated"})
    with pytest.raises(ApiException, match="the answer has no id to wait for") as caught:
        api.post_messaging_integrations_facebook(REQUEST)
    assert caught.value.outcome_unknown
    assert len(cloud.requests) == 1


def test_a_reason_does_not_repeat_secrets(cloud: Service, api: MessagingApi) -> None:
    error = {"message": "EAAG-secret is no token", "code": "bad.token"}
    cloud.answer(200, integration(createStatus="Error", createError=error))
    with pytest.raises(ApiException, match=r"\*\*\* is no token$") as caught:
        api.post_messaging_integrations_facebook(REQUEST)
    shown = f"{caught.value} {caught.value!r} {caught.value.error} {caught.value.body}"
    assert "EAAG" not in shown
    assert "bad.token" in shown


def test_a_connection_that_is_lost_while_waiting_tells_the_id(
    raw_server: Callable[[Behaviour], RawServer],
) -> None:
    accepted = json.dumps(integration(createStatus="Initiated")).encode()
    head = b"HTTP/1.1 202 Accepted\r\nConnection: close\r\n\r\n"

    def behave(connection: socket.socket, request: bytes) -> None:
        if request.startswith(b"POST"):
            connection.sendall(head + accepted)

    server = raw_server(behave)
    configuration = Configuration(host=server.url, access_token="YOUR_ACCESS_TOKEN")
    configuration.platform, configuration.retries = "today", 0
    with (
        ApiClient(configuration=configuration) as client,
        pytest.raises(ApiTimeoutException) as caught,
    ):
        MessagingApi(client).post_messaging_integrations_facebook(REQUEST, _deadline=0.5)
    assert (caught.value.entity_id, caught.value.outcome_unknown) == (ID, True)
    assert sum(one.startswith(b"POST") for one in server.requests) == 1


def test_a_refused_post_is_as_elsewhere(cloud: Service, api: MessagingApi) -> None:
    cloud.answer(409, {"message": "there is one already", "code": "general.conflict"})
    with pytest.raises(ApiException, match="there is one already") as caught:
        api.post_messaging_integrations_facebook(REQUEST)
    assert (caught.value.status, caught.value.entity_id) == (409, None)
    assert not caught.value.outcome_unknown


class StandIn:
    """What somebody's test has in place of a client."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def call_api(self, resource_path: str, method: str, *args: Any, **options: Any) -> Any:
        self.calls.append((method, resource_path))


def test_a_stand_in_for_a_client_needs_no_platform() -> None:
    client: Any = StandIn()
    MessagingApi(client).get_messaging_integrations_facebook()
    assert client.calls == [("GET", f"{OF_2019}facebook")]


def test_a_made_up_result_is_not_waited_for(
    api: MessagingApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_api = Mock()
    monkeypatch.setattr(api.api_client, "call_api", call_api)
    created = api.post_messaging_integrations_facebook(REQUEST)
    assert created is call_api.return_value
    assert call_api.call_count == 1


def test_a_refused_read_says_that_something_was_created(cloud: Service, api: MessagingApi) -> None:
    cloud.answer(202, integration(createStatus="Initiated"))
    cloud.answer(403, {"message": "no permission to view"})
    with pytest.raises(ForbiddenException) as caught:
        api.post_messaging_integrations_facebook(REQUEST)
    assert (caught.value.entity_id, caught.value.outcome_unknown) == (ID, True)
    assert str(caught.value).endswith(
        f"; integration {ID} was created: look at it before you create another"
    )


def test_a_read_that_fails_for_a_while_does_not_end_it(
    cloud: Service, api: MessagingApi, configuration: Configuration
) -> None:
    configuration.retries = 0
    cloud.answer(202, integration(createStatus="Initiated"))
    cloud.answer(503, {"message": "not now"})
    cloud.answer(429, {"message": "too many"})
    cloud.answer(200, integration(createStatus="Completed"))
    assert api.post_messaging_integrations_facebook(REQUEST).create_status == "Completed"
    assert [one.method for one in cloud.requests] == ["POST", "GET", "GET", "GET"]


def test_options_hold_for_the_reads_as_well(cloud: Service, api: MessagingApi) -> None:
    cloud.answer(202, integration(createStatus="Initiated"))
    cloud.answer(200, integration(createStatus="Completed"))
    api.post_messaging_integrations_facebook(REQUEST, _headers={"X-Reason": "test"})
    assert [one.headers["X-Reason"] for one in cloud.requests] == ["test"] * 2


def test_a_callback_gets_the_complete_integration(cloud: Service, api: MessagingApi) -> None:
    cloud.answer(202, integration(createStatus="Initiated"))
    cloud.answer(200, integration(createStatus="Completed"))
    results: list[Any] = []
    thread: Any = api.post_messaging_integrations_facebook(REQUEST, callback=results.append)
    assert isinstance(thread, threading.Thread)
    thread.join()
    assert [one.create_status for one in results] == ["Completed"]


def test_a_callback_that_is_none_is_refused(cloud: Service, api: MessagingApi) -> None:
    wrong: Any = "print"
    with pytest.raises(TypeError, match="callback"):
        api.post_messaging_integrations_facebook(REQUEST, callback=wrong)
    assert cloud.requests == []


@pytest.mark.parametrize("as_dict", [True, False])
def test_what_was_read_can_be_posted_again(
    cloud: Service, api: MessagingApi, as_dict: bool
) -> None:
    cloud.answer(200, integration())
    body: Any = FacebookIntegrationRequest(id="old", name="Support", self_uri="/old")
    if as_dict:
        body = {"id": "old", "name": "Support", "selfUri": "/old"}
    api.post_messaging_integrations_facebook(body)
    assert cloud.requests[0].json == {"name": "Support"}
    assert (body["id"] if as_dict else body.id) == "old"


def test_an_account_is_taken_by_sign_up(cloud: Service, api: MessagingApi) -> None:
    cloud.answer(202, integration(createStatus="Initiated"))
    cloud.answer(200, integration(createStatus="Completed"))
    api.post_messaging_integrations_twitter(TwitterIntegrationRequest(**SIGN_UP))
    assert cloud.requests[0].path == f"{OF_TODAY}twitter"
    assert cloud.requests[0].json["codeChallenge"] == "challenge"


OLD = (
    "access_token_key",
    "access_token_secret",
    "consumer_key",
    "consumer_secret",
    "tier",
    "env_name",
)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        *(({**SIGN_UP, old: "x"}, f"body: leave out {old}.") for old in OLD),
        *(
            ({k: v for k, v in SIGN_UP.items() if k != name}, f"body: set {name}.")
            for name in SIGN_UP
        ),
        (
            {"name": "n", "consumer_key": "k", "tier": "premium"},
            "body: leave out consumer_key, tier and set signup_code, app_id, code_challenge, "
            "redirect_uri.",
        ),
    ],
)
@pytest.mark.parametrize("as_dict", [True, False])
def test_an_account_of_2019_is_refused_before_anything_is_sent(
    cloud: Service, api: MessagingApi, body: dict[str, Any], text: str, as_dict: bool
) -> None:
    names = TwitterIntegrationRequest.attribute_map
    given: Any = TwitterIntegrationRequest(**body)
    if as_dict:
        given = {names[name]: value for name, value in body.items()}
    with pytest.raises(ValueError, match=f"^{re.escape(text)}") as caught:
        api.post_messaging_integrations_twitter(given)
    assert "twitter_oauth_settings" in str(caught.value)
    assert cloud.requests == []


# What is gone


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("get_messaging_integrations_line", []),
        ("post_messaging_integrations_line", [{"name": "x"}]),
        ("get_messaging_integrations_line_integration_id", [ID]),
        ("put_messaging_integrations_line_integration_id", [ID, {"name": "x"}]),
        ("delete_messaging_integrations_line_integration_id", [ID]),
        ("get_messaging_sticker", ["line"]),
    ],
)
def test_what_is_gone_says_so_and_sends_nothing(
    cloud: Service, api: MessagingApi, name: str, arguments: list[Any]
) -> None:
    what = "stickers" if "sticker" in name else "LINE integrations"
    with pytest.raises(ApiException, match=f"was not sent: {what} left") as caught:
        getattr(api, name)(*arguments)
    assert type(caught.value) is ApiException
    assert caught.value.status == 0
    assert "open messaging" in str(caught.value)
    assert not caught.value.outcome_unknown
    assert cloud.requests == []


@pytest.mark.parametrize("nothing", ["", None, ".."])
def test_an_id_that_is_none_is_told_before_what_is_gone(
    cloud: Service, api: MessagingApi, nothing: Any
) -> None:
    with pytest.raises(ValueError, match="messenger_type"):
        api.get_messaging_sticker(nothing)
    with pytest.raises(ValueError, match="integration_id"):
        api.delete_messaging_integrations_line_integration_id(nothing)


def test_a_wrong_argument_is_still_told_first(cloud: Service, api: MessagingApi) -> None:
    with pytest.raises(TypeError):
        api.post_messaging_integrations_line(7)  # type: ignore[arg-type] # that is what is tried
