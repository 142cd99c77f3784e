"""Scripts in the style of the vendor's release 57.0.2 run unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient
from PureCloudPlatformClientV2.rest import ApiException


@pytest.fixture(autouse=True)
def _default_configuration(service: Service) -> None:  # pyright: ignore[reportUnusedFunction] - by name
    PureCloudPlatformClientV2.configuration.host = service.url
    PureCloudPlatformClientV2.configuration.access_token = "old-style"


def test_a_model_is_made_empty_and_then_filled(service: Service) -> None:
    service.answer(200, {"id": "int-1"})
    body = PureCloudPlatformClientV2.FacebookIntegrationRequest()
    body.name = "Support"
    body.page_access_token = "hunter2"
    body.app_id = None

    api_instance = PureCloudPlatformClientV2.MessagingApi()
    api_response = api_instance.post_messaging_integrations_facebook(body)

    assert api_response.id == "int-1"
    assert service.requests[-1].json == {"name": "Support", "pageAccessToken": "hunter2"}
    assert service.requests[-1].headers["Authorization"] == "Bearer old-style"


def test_the_body_may_be_given_by_name(service: Service) -> None:
    service.answer(200, {})
    api_instance = PureCloudPlatformClientV2.MessagingApi()
    api_instance.put_messaging_integrations_line_integration_id(
        integration_id="int-1", body=PureCloudPlatformClientV2.LineIntegrationRequest()
    )
    assert service.requests[-1].json == {}


def test_the_paging_of_the_examples_is_sent(service: Service) -> None:
    service.answer(200, {})
    api_instance = PureCloudPlatformClientV2.MessagingApi()
    api_instance.get_messaging_sticker("line", page_size=25, page_number=1)
    assert service.requests[-1].target.endswith("/stickers/line?pageSize=25&pageNumber=1")


def test_a_callback_returns_the_thread(service: Service) -> None:
    service.answer(200, {"total": 5})
    results: list[Any] = []

    def callback_function(response: Any) -> None:
        results.append(response)

    api_instance = PureCloudPlatformClientV2.MessagingApi()
    thread: Any = api_instance.get_messaging_integrations_twitter(callback=callback_function)
    thread.join()
    assert results[0].total == 5


def test_a_client_takes_host_and_header_by_position(service: Service) -> None:
    service.answer(200, {})
    api_client = PureCloudPlatformClientV2.ApiClient(service.url, "X-Header", "v", "c=1")
    api_instance = PureCloudPlatformClientV2.MessagingApi(api_client)
    api_instance.get_messaging_integrations_line()
    headers = service.requests[-1].headers
    assert (headers["X-Header"], headers["Cookie"]) == ("v", "c=1")
    assert api_client.last_response is not None
    assert api_client.last_response.status == 200
    assert api_client.last_response.getheader("Content-Type") == "application/json"
    assert api_client.last_response.data == "{}"
    assert dict(api_client.last_response.getheaders())["Content-Type"] == "application/json"
    api_client.close()


def test_a_header_may_be_the_authorization(service: Service) -> None:
    PureCloudPlatformClientV2.configuration.access_token = ""
    service.answer(200, {})
    with ApiClient(header_name="authorization", header_value="bearer abc") as api_client:
        PureCloudPlatformClientV2.MessagingApi(api_client).get_messaging_integrations_line()
    assert service.requests[-1].headers.get_all("Authorization") == ["bearer abc"]


def test_default_headers_and_user_agent_are_set_on_the_client(service: Service) -> None:
    service.answer(200, {})
    with ApiClient() as api_client:
        api_client.set_default_header("X-One", "1")
        api_client.user_agent = "script"
        assert api_client.default_headers["X-One"] == "1"
        PureCloudPlatformClientV2.MessagingApi(api_client).get_messaging_integrations_line()
    headers = service.requests[-1].headers
    assert (headers["X-One"], headers["User-Agent"]) == ("1", "script")


def test_debug_prints_what_happens(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    PureCloudPlatformClientV2.configuration.debug = True
    service.answer(200, {})
    PureCloudPlatformClientV2.MessagingApi().get_messaging_integrations_line()
    PureCloudPlatformClientV2.configuration.debug = False
    assert "GET " in capsys.readouterr().err


def test_the_log_goes_to_a_file(service: Service, tmp_path: Path) -> None:
    configuration = PureCloudPlatformClientV2.configuration
    configuration.logger_file = str(tmp_path / "sdk.log")
    configuration.debug = True
    service.answer(200, {})
    PureCloudPlatformClientV2.MessagingApi().get_messaging_integrations_line()
    assert "GET " in (tmp_path / "sdk.log").read_text()


def test_an_exception_has_the_four_attributes(service: Service) -> None:
    service.answer(404, b'{"message": "gone"}', headers={"X-One": "1"}, reason="Not Found")
    try:
        PureCloudPlatformClientV2.MessagingApi().get_messaging_integrations_line()
    except ApiException as e:
        assert e.status == 404  # noqa: PT017 - the way scripts do it
        assert e.reason == "Not Found"  # noqa: PT017
        assert e.body == '{"message": "gone"}'  # noqa: PT017
        assert e.headers is not None  # noqa: PT017
        assert e.headers["x-one"] == "1"  # noqa: PT017
        assert "404" in "Exception when calling: %s\n" % e  # noqa: PT017, UP031
    else:
        pytest.fail("an ApiException should have come")


def test_an_exception_is_made_by_name_or_position() -> None:
    by_name = ApiException(status=0, reason="SSLError\nbad")
    by_position = ApiException(404, "Not Found")
    assert (by_name.status, by_name.reason) == (0, "SSLError\nbad")
    assert (by_position.status, by_position.reason) == (404, "Not Found")
    assert isinstance(by_name, Exception)


def test_the_old_names_of_a_model_are_there() -> None:
    body = PureCloudPlatformClientV2.LineIntegrationRequest()
    assert body.swagger_types["channel_secret"] == "str"
    assert body.attribute_map["channel_secret"] == "channelSecret"
    assert body.to_dict() == dict.fromkeys(body.swagger_types)
    assert isinstance(body.to_str(), str)
    assert isinstance(body.to_json(), str)
    assert body == PureCloudPlatformClientV2.LineIntegrationRequest()
    assert (body != PureCloudPlatformClientV2.LineIntegrationRequest()) is False


def test_regions_set_the_host() -> None:
    region = PureCloudPlatformClientV2.PureCloudRegionHosts.eu_west_1
    PureCloudPlatformClientV2.configuration.host = region.get_api_host()
    assert PureCloudPlatformClientV2.configuration.host == "https://api.mypurecloud.ie"


def test_a_token_is_got_and_used_in_one_expression(service: Service) -> None:
    service.answer(200, {"access_token": "fresh"})
    service.answer(200, {})
    apiclient = PureCloudPlatformClientV2.api_client.ApiClient().get_client_credentials_token(
        "id", "secret"
    )
    PureCloudPlatformClientV2.MessagingApi(apiclient).get_messaging_integrations_line()
    assert service.requests[-1].headers["Authorization"] == "Bearer fresh"
    apiclient.close()
