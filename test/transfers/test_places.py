"""The access token goes to the platform's own hosts, whatever leads a file elsewhere."""

from __future__ import annotations

import io
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from service import RawServer, Service, sending

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    HttpRequestOptions,
    PureCloudRegionHosts,
)
from PureCloudPlatformClientV2._transport.service import Place
from PureCloudPlatformClientV2._wire.redaction import Masked

from .storage import Fault, Storage, client_of, names


@pytest.fixture
def other() -> Iterator[Service]:
    """Another host: a storage service."""
    with Service() as service:
        yield service


SIGNED = "?X-Amz-Algorithm=AWS4&X-Amz-Signature=abc"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_elsewhere_is_followed_without_anything_of_the_platform(
    api_client: ApiClient, service: Service, other: Service, tmp_path: Path, status: int
) -> None:
    api_client.cookie = "session=1"
    api_client.set_default_header("X-Tenant", "mine")
    service.answer(status, None, headers={"Location": f"{other.url}/a.wav{SIGNED}"})
    other.answer(200, b"content")
    path = api_client.download("/api/v2/x", tmp_path, _headers={"X-Own": "1"})
    assert (path.name, path.read_bytes()) == ("a.wav", b"content")
    first, second = service.requests[-1].headers, other.requests[-1].headers
    assert [first[name] for name in ("X-Tenant", "X-Own")] == ["mine", "1"]
    assert (first["Authorization"], first["Cookie"]) == ("Bearer the-token", "session=1")
    assert {name.lower() for name in second} == {"accept", "accept-encoding", "host", "user-agent"}


def test_headers_that_are_given_go_to_the_place_that_is_given(
    api_client: ApiClient, other: Service
) -> None:
    api_client.set_default_header("X-Tenant", "mine")
    other.answer(200, b"content")
    api_client.download(f"{other.url}/a", io.BytesIO(), _headers={"X-Own": "1"})
    headers = other.requests[-1].headers
    assert (headers["X-Own"], headers["X-Tenant"], headers["Authorization"]) == ("1", None, None)


def test_a_redirect_within_the_platform_keeps_the_token(
    api_client: ApiClient, service: Service
) -> None:
    service.answer(302, None, headers={"Location": "../b?x=1"})
    service.answer(200, b"content")
    api_client.download("/api/v2/x/y", io.BytesIO())
    request = service.requests[-1]
    assert (request.target, request.headers["Authorization"]) == (
        "/api/v2/b?x=1",
        "Bearer the-token",
    )


def test_a_signed_url_gets_no_token_even_from_the_platform_itself(
    api_client: ApiClient, service: Service
) -> None:
    service.answer_always(200, b"content")
    for signature in ("Signature=a&Expires=1", "X-Amz-Signature=a", "sig=a", "x-goog-signature=a"):
        api_client.download(f"{service.url}/x?{signature}", io.BytesIO())
        assert service.requests[-1].headers["Authorization"] is None


def test_redirects_have_an_end(api_client: ApiClient, service: Service, tmp_path: Path) -> None:
    service.answer_always(302, None, headers={"Location": "/x"})
    with pytest.raises(ApiException, match="redirects: there are more than 5") as caught:
        api_client.download("/x", tmp_path / "a")
    assert (caught.value.status, len(service.requests)) == (302, 6)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "location",
    [
        "http://storage.example/a",
        "ftp://storage.example/a",
        "https://u:p@storage.example/a",
        "https:///a",
        "https://[::1/a",
        "https://login.mypurecloud.de/?state=1",
    ],
)
def test_a_redirect_to_where_nothing_should_be_sent_is_an_error(
    api_client: ApiClient, service: Service, tmp_path: Path, location: str
) -> None:
    service.answer(302, None, headers={"Location": location})
    with pytest.raises(ApiException, match=r"redirects: \w") as caught:
        api_client.download("/x", tmp_path / "a")
    assert ":p@" not in f"{caught.value} {caught.value.headers}"
    assert names(tmp_path) == []


@pytest.mark.parametrize("host", ["http://storage.example", "https://[::1"])
def test_a_signed_url_that_a_redirect_leads_to_is_shown_nowhere(
    api_client: ApiClient, service: Service, other: Service, log_file: Path, host: str
) -> None:
    def redirect(url: str) -> None:
        page = f"<a href={url}>".encode()
        service.answer(302, page, headers={"Location": url, "Content-Type": "text/html"})

    redirect(f"{other.url}/a?X-Amz-Signature=the-signature")
    other.answer(200, b"content")
    api_client.download("/x", io.BytesIO())
    redirect(f"{host}/a?X-Amz-Signature=the-signature")
    with pytest.raises(ApiException) as caught:
        api_client.download("/x", io.BytesIO())
    error: BaseException | None = caught.value
    shown = f"{error} {caught.value.headers} {caught.value.body} {log_file.read_text()}"
    assert "the-signature" not in shown
    while error is not None:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if "PureCloudPlatformClientV2" in frame.f_code.co_filename:
                assert "the-signature" not in repr(list(frame.f_locals.values()))
        assert "the-signature" not in str(error)
        error = error.__cause__


def test_a_signed_url_in_a_body_is_not_logged(
    api_client: ApiClient, service: Service, log_file: Path
) -> None:
    url = "https://bucket.example/a?X-Amz-Expires=1&X-Amz-Signature=the-signature"
    service.answer(200, {"mediaUris": {"0": {"mediaUri": url}}, "more": [f"see {url}, please"]})
    body = {"content": [{"attachment": {"url": url}}]}
    found = api_client.call_api("/x", "POST", body=body, response_type="object")
    assert found["mediaUris"]["0"]["mediaUri"] == url
    service.answer(400, f"<Url>{url.replace('&', '&amp;')}</Url>".encode())
    with pytest.raises(ApiException) as caught:
        api_client.call_api("/x", "GET")
    shown = f"{log_file.read_text()}{caught.value}{caught.value.body}"
    assert "the-signature" not in shown
    assert shown.count("https://bucket.example/a?X-Amz-Expires=***") >= 5


def test_from_elsewhere_no_redirect_leads_back_to_the_platform_with_the_token(
    api_client: ApiClient, service: Service, other: Service
) -> None:
    service.answer_always(200, b"content")
    other.answer_always(302, None, headers={"Location": f"{service.url}/api/v2/users"})
    api_client.cookie = "session=1"
    api_client.set_default_header("X-Tenant", "mine")
    api_client.download(f"{other.url}/picture.jpg", io.BytesIO(), _headers={"X-Own": "1"})
    service.answer(302, None, headers={"Location": f"{other.url}/picture.jpg"})
    api_client.download("/x", io.BytesIO(), _headers={"X-Own": "1"})
    for request in (service.requests[0], service.requests[2]):
        assert request.path == "/api/v2/users"
        assert not {"Authorization", "Cookie", "X-Tenant", "X-Own"} & set(request.headers)


def test_a_redirect_without_a_place_is_a_refusal(api_client: ApiClient, service: Service) -> None:
    service.answer(302)
    with pytest.raises(ApiException, match="was answered 302"):
        api_client.download("/x", io.BytesIO())


def test_a_redirect_leads_nowhere_on_this_machine_unless_it_comes_from_there(
    other: Service, raw_server: Callable[..., RawServer]
) -> None:
    location = f"HTTP/1.1 302 Found\r\nLocation: {other.url}/secrets\r\nContent-Length: 0\r\n\r\n"
    proxy = raw_server(sending(location.encode()))
    configuration = Configuration(host="http://platform.example", access_token="t")
    configuration.proxy, configuration.retries = proxy.url, 0
    with (
        ApiClient(configuration=configuration) as client,
        pytest.raises(ApiException, match="redirects: that is this very machine"),
    ):
        client.download("/x", io.BytesIO())
    assert len(proxy.requests) == 1
    assert other.requests == []


def test_a_download_of_the_platform_asks_for_a_redirect_and_for_no_page(
    api_client: ApiClient, service: Service
) -> None:
    service.answer_always(200, b"content")
    api_client.download(
        "/api/v2/downloads/{downloadId}", io.BytesIO(), path_params={"downloadId": "a/b"}
    )
    assert service.requests[-1].path == "/api/v2/downloads/a%2Fb"
    assert service.requests[-1].query == {"redirectToAuth": "false", "issueRedirect": "true"}
    query = {"contentDisposition": "inline", "issueRedirect": False}
    api_client.download("/api/v2/downloads/1", io.BytesIO(), query_params=query)
    assert service.requests[-1].query == {
        "contentDisposition": "inline",
        "issueRedirect": "false",
        "redirectToAuth": "false",
    }


@pytest.mark.parametrize(
    ("given", "options", "complaint"),
    [
        ("api/v2/x", {}, "url_or_path: give a path that begins with a slash, or an https URL"),
        ("storage.example/a?X-Amz-Signature=secret", {}, "url_or_path: give a path"),
        ("http://storage.example/a", {}, "url_or_path: storage.example must be reached over https"),
        ("https://u:secret@storage.example/a", {}, "url_or_path: leave user name and password out"),
        ("ftp://storage.example/a", {}, "url_or_path: give a path"),
        ("https://storage.example/a#b", {}, "url_or_path: what follows a #"),
        ("https://", {}, "url_or_path: give a path"),
        ("https://storage.example/a", {"query_params": {"a": 1}}, "a URL stays as it is"),
        ("/x/{id}", {}, "id is missing"),
        ("/x/{id}", {"path_params": {"id": ".."}}, "cannot be part of a path"),
    ],
)
def test_what_is_no_place_is_refused_before_anything_is_sent(
    api_client: ApiClient, tmp_path: Path, given: str, options: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint) as caught:
        api_client.download(given, tmp_path / "a", **options)
    assert "secret" not in str(caught.value)
    assert names(tmp_path) == []


@pytest.mark.parametrize("region", list(PureCloudRegionHosts), ids=lambda one: one.name)
def test_a_region_has_three_hosts_for_files(region: PureCloudRegionHosts) -> None:
    base = region.get_api_host()
    domain = base.removeprefix("https://api.")
    for name in ("api", "apps", "api-downloads", "APPS"):
        assert Place.at(base, Masked(f"https://{name}.{domain}/a")).is_own
        assert Place.at(base, Masked(f"https://{name}.{domain}:443/a")).is_own
    for url in (
        f"https://api.{domain}.evil.example/a",
        f"https://evil{domain}/a",
        f"https://evil.example/api.{domain}",
        f"https://evil.example?api.{domain}",
        f"https://evil.{domain}/a",
        f"https://api.{domain}:8443/a",
        "https://bucket.s3.amazonaws.com/a",
    ):
        assert not Place.at(base, Masked(url)).is_own, url
    others = [one for one in PureCloudRegionHosts if one is not region]
    assert not any(Place.at(base, Masked(f"{one.value}/a")).is_own for one in others)
    with pytest.raises(ValueError, match="over https"):
        Place.at(base, Masked(f"http://api.{domain}/a"))
    assert Place.at(base, Masked(f"https://login.{domain}/a")).is_for_signing_in()
    for host in (f"api.{domain}", "login.bucket.example"):
        assert not Place.at(base, Masked(f"https://{host}/a")).is_for_signing_in()


@pytest.mark.parametrize(
    "authority",
    [
        "evil.example[api.mypurecloud.de]",
        "[api.mypurecloud.de].evil.example",
        "[api.mypurecloud.de]",
        "evil.example[::1]",
        "api.mypurecloud.de\\.evil.example",
        "localhost%2e",
        "127.0.0.1\\.storage.example",
    ],
)
def test_a_host_that_not_everybody_reads_alike_is_none(authority: str) -> None:
    for scheme in ("https", "http"):
        with pytest.raises(ValueError, match=r"give a path|a host cannot have"):
            Place.at("https://api.mypurecloud.de", Masked(f"{scheme}://{authority}/a"))


def test_some_paths_of_a_region_are_not_at_its_api() -> None:
    base = "https://api.mypurecloud.de"
    places = ["/uploads/v2/contactlist", "/platform/api/v2/downloads/1", "/api/v2/uploads/x"]
    assert [Place.below(base, path).url for path in places] == [
        "https://apps.mypurecloud.de/uploads/v2/contactlist",
        "https://apps.mypurecloud.de/platform/api/v2/downloads/1",
        "https://api.mypurecloud.de/api/v2/uploads/x",
    ]
    gateway = "https://gateway.example/genesys"
    assert Place.below(gateway, places[0]).url == f"{gateway}{places[0]}"
    assert not Place.at(gateway, Masked("https://apps.mypurecloud.de/a")).is_own
    assert Place.at(gateway, Masked("https://gateway.example/b")).is_own
    inside = "http://gateway.internal:8080"
    assert Place.at(inside, Masked(f"{inside}/b")).is_own


def test_behind_a_gateway_the_token_goes_to_the_gateway(
    configuration: Configuration, service: Service
) -> None:
    host, _, port = service.url.removeprefix("http://").partition(":")
    with ApiClient(configuration=configuration) as client:
        client.set_gateway(host, "http", int(port), path_params_api="genesys")
        service.answer_always(200, b"content")
        client.download("/api/v2/x", io.BytesIO())
    request = service.requests[-1]
    assert (request.path, request.headers["Authorization"]) == (
        "/genesys/api/v2/x",
        "Bearer the-token",
    )


def test_hooks_see_a_download(api_client: ApiClient, service: Service) -> None:
    def before(request: HttpRequestOptions) -> HttpRequestOptions:
        again = HttpRequestOptions(request.url, request.method, request.headers)
        again.headers["X-Hook"] = "1"
        return again

    seen: list[Any] = []
    api_client.get_http_client().set_pre_request_hook(before)
    api_client.get_http_client().set_post_request_hook(seen.append)
    service.answer(200, b"content")
    file = io.BytesIO()
    api_client.download("/x", file)
    assert (file.getvalue(), service.requests[-1].headers["X-Hook"]) == (b"content", "1")
    assert [(one.status, one.content) for one in seen] == [(200, b"")]
    assert api_client.last_response is seen[0]


def test_a_token_that_has_expired_is_renewed(service: Service, tmp_path: Path) -> None:
    configuration = Configuration(host=service.url, client_id="id", client_secret="s")
    token = {"access_token": "one", "expires_in": 3600}
    with ApiClient(configuration=configuration) as client:
        service.answer(200, token)
        service.answer(401)
        service.answer(200, token | {"access_token": "two"})
        service.answer(200, b"content")
        assert client.download("/x", tmp_path / "a").read_bytes() == b"content"
    assert [one.headers["Authorization"] for one in service.requests[1::2]] == [
        "Bearer one",
        "Bearer two",
    ]


def test_a_configuration_that_changes_meanwhile_brings_no_token_to_where_it_was_before(
    service: Service, other: Service, raw_server: Callable[..., RawServer], tmp_path: Path
) -> None:
    content = bytes(200_000)
    storage = Storage(content, faults=[Fault(cut=100_000), Fault(status=403)])
    url = raw_server(storage).url
    service.answer_always(302, None, headers={"Location": f"{url}/a?Signature=1"})
    with client_of(service, retries=1) as client:

        def change() -> None:
            client.configuration.host = other.url
            client.configuration.access_token = "of-another"

        storage.then = change
        path = client.download("/api/v2/downloads/1", tmp_path / "a")
    assert path.read_bytes() == content
    assert [one.headers["Authorization"] for one in service.requests] == ["Bearer the-token"] * 2


def test_the_rate_limit_is_that_of_the_platform(
    api_client: ApiClient, configuration: Configuration, service: Service, other: Service
) -> None:
    configuration.rate_limit = 1
    service.answer_always(200, b"content")
    other.answer_always(200, b"content")
    for _ in range(3):
        api_client.download(f"{other.url}/x", io.BytesIO())
    api_client.download("/x", io.BytesIO())
    with pytest.raises(ApiException, match="rate_limit lets no request go"):
        api_client.download("/x", io.BytesIO(), _deadline=1)


def test_a_proxy_is_used_and_storage_is_reached_through_it(
    raw_server: Callable[..., RawServer],
) -> None:
    proxy = raw_server(sending(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ncontent"))
    with client_of(proxy, host="http://platform.example", proxy=proxy.url) as client:
        file = io.BytesIO()
        client.download("/x", file)
    assert file.getvalue() == b"content"
    assert proxy.requests[0].startswith(b"GET http://platform.example/x HTTP/1.1")
