"""Every public name as a type checker sees it; checked by mypy and pyright, and never run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import urllib3
from typing_extensions import assert_type

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    ApiNullValue,
    CallOptions,
    Configuration,
    DefaultHttpClient,
    Detail,
    ErrorBody,
    FacebookIntegration,
    FacebookIntegrationEntityListing,
    FacebookIntegrationRequest,
    GatewayConfiguration,
    HttpRequestOptions,
    LineIntegration,
    LineIntegrationEntityListing,
    LineIntegrationRequest,
    MessagingApi,
    MessagingSticker,
    MessagingStickerEntityListing,
    PureCloudRegionHosts,
    TwitterIntegration,
    TwitterIntegrationEntityListing,
    TwitterIntegrationRequest,
    UriReference,
    __version__,
    abstract_http_client,
    http_request_options,
    paginate,
)
from PureCloudPlatformClientV2.logger import LogFormat, LogLevel
from PureCloudPlatformClientV2.models import EntityListing, Model
from PureCloudPlatformClientV2.rest import (
    ApiConnectionException,
    ApiTimeoutException,
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    RESTClientObject,
    RESTResponse,
    ServiceException,
    TooManyRequestsException,
    UnauthorizedException,
)
from PureCloudPlatformClientV2.utils import deprecated


class OwnHttpClient(AbstractHttpClient):
    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        return RESTResponse(200, http_request_options.method, {}, b"{}")


class OwnModel(Model):
    name: str | None = None


def configure() -> ApiClient:
    version: str = __version__
    configuration = Configuration(host=PureCloudRegionHosts.eu_central_1, access_token=version)
    configuration.host = "https://api.mypurecloud.de"
    configuration.host = PureCloudRegionHosts.eu_central_1.get_api_host()
    configuration.access_token = b"token"
    configuration.request_timeout = 10
    configuration.request_timeout = (3.05, 60)
    configuration.proxy = "http://proxy.example:3128"
    configuration.verify_ssl = False
    configuration.debug = True
    configuration.logger.log_level = LogLevel.from_string("debug")
    configuration.logger.log_format = LogFormat.JSON
    configuration.gateway_configuration = GatewayConfiguration(host="gateway.example", port=8443)
    assert_type(PureCloudPlatformClientV2.configuration, Configuration)
    assert_type(Configuration().access_token, str)
    assert_type(configuration.host, str)

    client = ApiClient("https://api.mypurecloud.de", "X-Header", "v", configuration=configuration)
    client.set_default_header("X-Header", "v")
    client.set_gateway("gateway.example", protocol="https", port=443)
    client.set_http_client(OwnHttpClient())
    client.set_http_client(DefaultHttpClient(timeout=(1, 2)))
    http_client = client.get_http_client()
    http_client.set_pre_request_hook(lambda options: options)
    http_client.set_post_request_hook(lambda response: None)
    assert_type(http_client, AbstractHttpClient)
    assert_type(client.last_response, RESTResponse | None)
    assert_type(client.http_client, AbstractHttpClient)
    client.http_client = OwnHttpClient()
    client.configuration = Configuration()
    client.client_id, client.client_secret = "id", "secret"
    client.refresh_token = "stored"
    assert_type(client.refresh_token, str)
    client.handle_expired_access_token()
    assert_type(client.deserialize(client.last_response, "list[LineIntegration]"), Any)
    assert_type(client.get_client_credentials_token("id", "secret"), ApiClient)
    RESTClientObject(configuration).close()
    return client


def call(api: MessagingApi) -> None:
    facebook = api.get_messaging_integrations_facebook(page_size=25, page_number=1)
    line = api.get_messaging_integrations_line()
    twitter = api.get_messaging_integrations_twitter()
    stickers = api.get_messaging_sticker("line", page_size=100)
    assert_type(facebook, FacebookIntegrationEntityListing)
    assert_type(line, LineIntegrationEntityListing)
    assert_type(twitter, TwitterIntegrationEntityListing)
    assert_type(stickers, MessagingStickerEntityListing)
    assert_type(line.entities, list[LineIntegration] | None)
    assert_type(line.total, int | None)
    assert_type(len(line), int)
    assert_type(list(facebook), list[FacebookIntegration])
    assert_type(list(line), list[LineIntegration])
    assert_type(list(twitter), list[TwitterIntegration])
    assert_type(list(stickers), list[MessagingSticker])
    listing: EntityListing[LineIntegration] = line
    assert_type([one.webhook_uri for one in listing], list[str | None])

    walk = paginate(api.get_messaging_integrations_line, page_size=100)
    assert_type(walk, Iterator[LineIntegration])
    assert_type(next(paginate(api.get_messaging_sticker, "line")), MessagingSticker)

    options: CallOptions = {"_request_timeout": (1, 2), "_headers": {"X-Own": "v"}}
    integration = api.get_messaging_integrations_line_integration_id("id", **options)
    assert_type(integration, LineIntegration)
    assert_type(integration.date_created, datetime | None)
    assert_type(integration.recipient, UriReference | None)
    assert_type(integration.version, int | None)
    assert_type(integration.additional_properties, dict[str, Any])
    assert_type(api.get_messaging_integrations_facebook_integration_id("id"), FacebookIntegration)
    assert_type(api.get_messaging_integrations_twitter_integration_id("id"), TwitterIntegration)

    request = LineIntegrationRequest(name="Support", channel_secret="secret")
    request.service_code = ApiNullValue()
    request.switcher_secret = None
    assert_type(request.channel_secret, str | None)
    assert_type(request.to_dict(), dict[str, Any])
    assert_type(request.to_json(), str)
    assert_type(LineIntegrationRequest.from_dict({"name": "A"}), LineIntegrationRequest)
    assert_type(api.post_messaging_integrations_line(request), LineIntegration)
    assert_type(api.post_messaging_integrations_line({"name": "Support"}), LineIntegration)
    assert_type(api.put_messaging_integrations_line_integration_id("id", request), LineIntegration)
    assert_type(
        api.post_messaging_integrations_facebook(FacebookIntegrationRequest(name="A")),
        FacebookIntegration,
    )
    assert_type(
        api.post_messaging_integrations_twitter(TwitterIntegrationRequest(tier="premium")),
        TwitterIntegration,
    )
    api.delete_messaging_integrations_facebook_integration_id("id")
    api.delete_messaging_integrations_line_integration_id("id")
    api.delete_messaging_integrations_twitter_integration_id("id", _request_timeout=5)

    client = api.api_client
    own = client.call_api("/api/v2/users/{userId}", "GET", {"userId": "1"}, response_type=OwnModel)
    assert_type(own, OwnModel)
    assert_type(client.call_api("/api/v2/x", "GET", response_type="list[str]"), Any)


def misuse(api: MessagingApi) -> None:
    """A type checker objects to each of these lines; else the comment would be too much."""
    api.get_messaging_integrations_line(25)  # type: ignore[call-arg]  # pyright: ignore
    api.get_messaging_integrations_line(pageSize=25)  # type: ignore[call-arg]  # pyright: ignore
    api.get_messaging_integrations_line(page_size="25")  # type: ignore[arg-type]  # pyright: ignore
    api.get_messaging_integrations_line_integration_id()  # type: ignore[call-arg]  # pyright: ignore
    api.post_messaging_integrations_line(TwitterIntegrationRequest())  # type: ignore[arg-type]  # pyright: ignore
    LineIntegrationRequest(chanel_id="1")  # type: ignore[call-arg]  # pyright: ignore
    LineIntegrationRequest(name=5)  # type: ignore[arg-type]  # pyright: ignore
    LineIntegrationRequest().chanel_id = "1"  # type: ignore[attr-defined]  # pyright: ignore
    PureCloudPlatformClientV2.MesagingApi()  # type: ignore[attr-defined]  # pyright: ignore
    PureCloudPlatformClientV2.models.LineIntegraton()  # type: ignore[attr-defined]  # pyright: ignore
    Configuration().hosts = "x"  # type: ignore[attr-defined]  # pyright: ignore


def name_by_module() -> None:
    """Modules are there without an import of their own."""
    package = PureCloudPlatformClientV2
    assert_type(package.rest.ApiException(status=404), ApiException)
    assert_type(package.api_client.ApiClient(), ApiClient)
    assert_type(package.apis.MessagingApi(), MessagingApi)
    assert_type(package.models.Detail(error_code="x"), Detail)
    assert_type(package.logger.LogLevel.from_string("debug"), LogLevel)
    region = package.purecloud_region_hosts.PureCloudRegionHosts["us_east_1"]
    assert_type(region, PureCloudRegionHosts)
    assert_type(region.get_api_host(), str)
    assert_type(package.utils.sanitize_for_serialization({"at": datetime.now()}), Any)
    assert_type(package.default_http_client.DefaultHttpClient(), DefaultHttpClient)
    assert_type(package.gateway_configuration.GatewayConfiguration(), GatewayConfiguration)
    assert_type(package.api_null_value.ApiNullValue(), Any)


def move_files(client: ApiClient, answer: PureCloudPlatformClientV2.UploadUrlResponse) -> None:
    assert_type(client.download("/x", "a", resume=True, progress=print), Path)
    with Path("a").open("wb") as file:
        client.download("/x", file, checksum="md5:...")
    assert_type(client.upload("a", answer, progress=lambda done, total: done), RESTResponse)
    assert_type(client.upload(Path("a"), "/x", fields={"id": 1}), RESTResponse)


def own_http_client_of_269(answer: urllib3.HTTPResponse) -> RESTResponse:
    request = http_request_options.HttpRequestOptions("https://h.example", "GET", {"X": "1"})
    assert_type(request.method, str)
    assert_type(RESTResponse(answer), RESTResponse)
    assert_type(RESTResponse(answer).urllib3_response, urllib3.HTTPResponse)
    assert issubclass(OwnHttpClient, abstract_http_client.AbstractHttpClient)
    raise ApiException(http_resp=answer)


@deprecated("use the other one")
def old(number: int) -> int:
    return number


@deprecated
def older(number: int) -> int:
    return old(number)


assert_type(older(5), int)


def handle(api: MessagingApi) -> None:
    try:
        api.get_messaging_integrations_line()
    except (BadRequestException, UnauthorizedException, ForbiddenException):
        raise
    except (NotFoundException, ConflictException, TooManyRequestsException, ServiceException):
        raise
    except (ApiConnectionException, ApiTimeoutException) as error:
        assert_type(error.outcome_unknown, bool)
    except ApiException as error:
        assert_type(error.status, int)
        assert_type(error.status >= 500, bool)
        assert_type(error.reason, str | None)
        assert_type(error.body, str | None)
        assert_type(error.error, ErrorBody | None)
        assert_type(error.retry_after, float | None)
        assert_type(error.correlation_id, str | None)
        assert_type(error.method, str | None)
        assert_type(error.url, str | None)
        details: list[Detail] | None = error.error.details if error.error else None
        assert_type(details, list[Detail] | None)


if __name__ == "__main__":
    with configure() as shared_client:
        call(MessagingApi(shared_client))
        handle(MessagingApi(api_client=shared_client))
