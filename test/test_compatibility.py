"""Scripts in the style of the vendor's releases 57.0.2 and 269.0.0 run unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock, create_autospec

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


# What tests of scripts replace


def test_call_api_may_be_replaced_by_one_with_the_parameters_of_269(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[Any, ...]] = []

    def call_api(
        resource_path: str,
        method: str,
        path_params: Any = None,
        query_params: Any = None,
        header_params: Any = None,
        body: Any = None,
        post_params: Any = None,
        files: Any = None,
        response_type: Any = None,
        auth_settings: Any = None,
        callback: Any = None,
    ) -> Any:
        seen.append((method, resource_path, path_params, body))
        return "the result"

    api_instance = PureCloudPlatformClientV2.MessagingApi()
    monkeypatch.setattr(api_instance.api_client, "call_api", call_api)
    body = PureCloudPlatformClientV2.LineIntegrationRequest()
    path = "/api/v2/messaging/integrations/line"
    results: list[Any] = [
        api_instance.post_messaging_integrations_line(body),
        api_instance.put_messaging_integrations_line_integration_id("int-1", body),
        api_instance.get_messaging_integrations_line(page_size=5),
    ]
    api_instance.delete_messaging_integrations_line_integration_id("int-1")
    assert results == ["the result"] * 3
    own = {"integrationId": "int-1"}
    assert seen[0] == ("POST", path, None, body)
    assert seen[1] == ("PUT", path + "/{integrationId}", own, body)
    assert seen[2] == ("GET", path, None, None)
    assert seen[3] == ("DELETE", path + "/{integrationId}", own, None)


@pytest.mark.parametrize("wrong", [None, 5, {"channel_id": "1"}])
def test_a_body_is_checked_before_call_api_is_called(
    monkeypatch: pytest.MonkeyPatch, wrong: Any
) -> None:
    api_instance = PureCloudPlatformClientV2.MessagingApi()
    replaced = Mock()
    monkeypatch.setattr(ApiClient, "call_api", replaced)
    with pytest.raises((TypeError, ValueError), match="body"):
        api_instance.post_messaging_integrations_line(wrong)
    replaced.assert_not_called()


def test_classes_methods_and_call_api_may_be_mocks(monkeypatch: pytest.MonkeyPatch) -> None:
    listing = PureCloudPlatformClientV2.LineIntegrationEntityListing(total=3)
    monkeypatch.setattr(ApiClient, "call_api", Mock(return_value=listing))
    api_instance = PureCloudPlatformClientV2.MessagingApi()
    assert api_instance.get_messaging_integrations_line() is listing

    replaced: Any = create_autospec(PureCloudPlatformClientV2.MessagingApi)
    monkeypatch.setattr(PureCloudPlatformClientV2, "MessagingApi", replaced)
    made: Any = PureCloudPlatformClientV2.MessagingApi()
    made.get_messaging_integrations_line.return_value = listing
    assert made.get_messaging_integrations_line(page_size=1).total == 3
