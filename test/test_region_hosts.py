from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path

import pytest

from PureCloudPlatformClientV2 import (
    ApiClient,
    Configuration,
    GatewayConfiguration,
    HttpRequestOptions,
    PureCloudRegionHosts,
)
from PureCloudPlatformClientV2._settings.region_hosts import check_host

every_region = pytest.mark.parametrize("region", PureCloudRegionHosts)

HOSTS = {
    "us_east_1": "https://api.mypurecloud.com",
    "eu_west_1": "https://api.mypurecloud.ie",
    "ap_southeast_2": "https://api.mypurecloud.com.au",
    "ap_northeast_1": "https://api.mypurecloud.jp",
    "eu_central_1": "https://api.mypurecloud.de",
    "us_west_2": "https://api.usw2.pure.cloud",
    "ca_central_1": "https://api.cac1.pure.cloud",
    "ap_northeast_2": "https://api.apne2.pure.cloud",
    "eu_west_2": "https://api.euw2.pure.cloud",
    "ap_south_1": "https://api.aps1.pure.cloud",
    "us_east_2": "https://api.use2.us-gov-pure.cloud",
    "sa_east_1": "https://api.sae1.pure.cloud",
    "me_central_1": "https://api.mec1.pure.cloud",
    "ap_northeast_3": "https://api.apne3.pure.cloud",
    "eu_central_2": "https://api.euc2.pure.cloud",
    "mx_central_1": "https://api.mxc1.pure.cloud",
    "ap_southeast_1": "https://api.apse1.pure.cloud",
    "eusc_de_east_1": "https://api.edee1.eusc-pure.cloud",
}


def test_the_regions_are_those_of_the_vendors_sdk() -> None:
    assert {region.name: region.value for region in PureCloudRegionHosts} == HOSTS


@every_region
def test_a_region_gives_its_host_in_each_of_the_ways_of_the_vendors_sdk(
    region: PureCloudRegionHosts,
) -> None:
    assert region.get_api_host() == region.value == region.apihost == HOSTS[region.name]


@every_region
def test_a_region_is_found_by_cloud_name_or_domain(region: PureCloudRegionHosts) -> None:
    domain = region.value.removeprefix("https://api.")
    cloud_name = region.name.replace("_", "-")
    for name in (cloud_name, region.name, domain, f" {cloud_name.upper()} ", domain.title()):
        assert check_host(name) == region.value


@pytest.mark.parametrize("url", ["http://127.0.0.1:8090", "https://api.example.com/base"])
def test_a_host_in_no_region_is_given_by_its_url(url: str) -> None:
    assert check_host(url) == url


def test_an_unknown_region_is_a_value_error_that_lists_all() -> None:
    with pytest.raises(ValueError, match=r"^there is no region 'mars-1'") as caught:
        check_host("mars-1")
    for region in PureCloudRegionHosts:
        assert region.name.replace("_", "-") in str(caught.value)
    assert "us-east-1 (mypurecloud.com)" in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "LOCALHOST:80", "api.example.com"])
def test_a_url_without_its_beginning_is_told_what_it_lacks(host: str) -> None:
    with pytest.raises(ValueError, match=r"^a URL needs http:// or https:// before it, and '"):
        check_host(host)


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_there_is_not_is_refused(port: str) -> None:
    with pytest.raises(ValueError, match="give the base URL of the API"):
        check_host(f"http://api.example.com:{port}")


class _NotSentError(Exception):
    """Carries where a request would have gone."""


def sign_in_at(client: ApiClient) -> str:
    """Where a client would send id and secret; nothing is sent."""

    def stop(request: HttpRequestOptions) -> None:
        raise _NotSentError(request.url)

    client.get_http_client().set_pre_request_hook(stop)
    with pytest.raises(_NotSentError) as caught:
        client.get_client_credentials_token("id", "secret")
    return str(caught.value)


SPELLINGS = [
    "https://API.{}",
    "HTTPS://Api.{}/",
    "https://api.{}.",
    "https://api.{}:443",
    "https://api.{}:443//",
    "{}.",
]


@every_region
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_spelling_that_is_certain_is_understood(
    region: PureCloudRegionHosts, spelling: str
) -> None:
    domain = region.value.removeprefix("https://api.")
    for host in (spelling.format(domain), spelling.format(domain.upper())):
        configuration = Configuration(host=host)
        assert configuration.host == region.value
        login = f"https://login.{domain}/oauth/token"
        assert sign_in_at(ApiClient(configuration=configuration)) == login
        assert sign_in_at(ApiClient(host, configuration=Configuration())) == login


IN_VAIN = [
    "https://{}",
    "https://apps.{}",
    "https://login.{}/",
    "https://APPS.{}.",
    "https://signin.{}",
    "https://www.{}:443",
    "http://api.{}",
    "http://api.{}:443",
    "https://api.{}:8443",
    "https://api.{}/api",
    "https://api.{}/api/v2/",
    "https://apps.{}/directory",
    "api.{}",
    "login.{}",
    "api.{}/api/v2",
    "apps.{}:443",
]


@every_region
@pytest.mark.parametrize("host", IN_VAIN)
def test_what_is_not_the_api_of_a_region_is_refused_and_the_right_one_named(
    region: PureCloudRegionHosts, host: str
) -> None:
    host = host.format(region.value.removeprefix("https://api."))
    with pytest.raises(ValueError, match=rf"^host: .*{re.escape(region.value)}(, |$)"):
        Configuration(host=host)


def from_environment(host: str, monkeypatch: pytest.MonkeyPatch, path: Path) -> object:
    monkeypatch.setenv("GENESYSCLOUD_REGION", host)
    return sign_in_at(ApiClient(configuration=Configuration()))


def from_file(host: str, monkeypatch: pytest.MonkeyPatch, path: Path) -> object:
    path.write_text(f"[general]\nhost = {host}\n")
    return Configuration(config_file_path=str(path))


def from_code(host: str, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    Configuration().host = host


def from_client(host: str, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    ApiClient(configuration=Configuration()).host = host


def from_argument(host: str, monkeypatch: pytest.MonkeyPatch, path: Path) -> object:
    return ApiClient(host)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (from_environment, "GENESYSCLOUD_REGION"),
        (from_file, "section general, key host"),
        (from_code, "host"),
        (from_client, "host"),
        (from_argument, "host"),
    ],
)
@pytest.mark.parametrize("host", ["https://apps.usw2.pure.cloud", "http://API.USW2.pure.cloud"])
def test_it_is_refused_wherever_it_comes_from(
    place: Callable[[str, pytest.MonkeyPatch, Path], object],
    name: str,
    host: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    with pytest.raises(ValueError, match=f"{name}: .*https://api.usw2.pure.cloud"):
        place(host, monkeypatch, tmp_path / "config")


@pytest.mark.parametrize(
    "host",
    [
        "https://apps.example.com",
        "http://login.example.com:8080/api",
        "https://mypurecloud.de.example",
        "https://notmypurecloud.de",
        "https://api.xyz1.pure.cloud",
        "https://api.test.mypurecloud.de",
        "https://Gateway.Example/Base",
        "https://api.example.:8443",
        "http://api.example:1",
    ],
)
def test_other_hosts_are_left_alone(host: str) -> None:
    assert Configuration(host=host).host == host


def test_the_login_host_follows_whatever_the_case() -> None:
    client = ApiClient("https://API.example:8443", configuration=Configuration())
    assert sign_in_at(client) == "https://login.example:8443/oauth/token"


def test_members_of_other_enumerations_are_their_values() -> None:
    class Ours(Enum):
        BERLIN = "eu-central-1"
        TEST = "http://127.0.0.1:8090"

    assert [check_host(one) for one in Ours] == [HOSTS["eu_central_1"], "http://127.0.0.1:8090"]


@pytest.mark.parametrize("name", ["api.mypurecloud.de", "apps.usw2.pure.cloud", "MyPureCloud.ie"])
def test_the_public_cloud_is_no_gateway(name: str) -> None:
    right = check_host(name.lower().removeprefix("api.").removeprefix("apps."))
    with pytest.raises(ValueError, match=f"^host: .*{right}$"):
        GatewayConfiguration(host=name)
    with pytest.raises(ValueError, match=f"^host: .*{right}$"):
        ApiClient(configuration=Configuration()).set_gateway(name)


# Letters beyond ASCII


NAMES = [
    ("müller.example", "xn--mller-kva.example"),
    ("MÜLLER.example", "xn--mller-kva.example"),
    ("api.mu\u0308ller.example", "api.xn--mller-kva.example"),
    ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
    ("\uff41\uff50\uff49.mypurecloud.ie", "api.mypurecloud.ie"),
]


@pytest.mark.parametrize(("name", "written"), NAMES)
def test_a_host_beyond_ascii_is_written_as_it_is_looked_up(name: str, written: str) -> None:
    assert Configuration(host=f"https://{name}").host == f"https://{written}"
    port_and_path = ":8443/größe" if "pure" not in name else ""
    host = Configuration(host=f"https://{name}{port_and_path}").host
    assert host == f"https://{written}{port_and_path}"
    client = ApiClient(configuration=Configuration())
    client.host = f"https://{name}"
    assert client.host == f"https://{written}"
    if "pure" not in name:
        gateway = GatewayConfiguration(host=f"{name}:8443")
        assert gateway.api_url() == f"https://{written}:8443"


@pytest.mark.parametrize(
    "name",
    [
        "straße.example",  # two hosts, depending on whom one asks
        "\u03bf\u03b4\u03cc\u03c2.example",
        "a\u200db.example",
        "ü" * 64 + ".example",
        "ü..example",
        "a\u2100b.example",  # would become "a/c"
        "api.mypurecloud.de\u201d",
        "api.mypurecloud.de\xa0",
        "\u2603.example",
    ],
)
def test_a_host_that_has_no_certain_form_is_refused_by_name(name: str) -> None:
    configuration = Configuration()
    with pytest.raises(ValueError, match=r"^host: .*xn--"):
        configuration.host = f"https://{name}"
    with pytest.raises(ValueError, match=r"^host: .*xn--"):
        ApiClient(f"https://{name}/base")
    with pytest.raises(ValueError, match=r"^host: .*xn--"):
        GatewayConfiguration(host=name)


@pytest.mark.parametrize("module", ["there", "not there"])
def test_such_a_host_is_looked_up_with_and_without_the_module_idna(module: str) -> None:
    script = (
        "import socket, sys; sys.modules.update({'idna': None} if sys.argv[1] != 'there' else {})\n"
        "def lookup(host, *rest, **more): print(host); raise socket.gaierror(-2, 'unknown')\n"
        "socket.getaddrinfo = lookup\n"
        "from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration\n"
        "configuration = Configuration(host='https://api.müller.example', access_token='t')\n"
        "configuration.retries = 0\n"
        "try: ApiClient(configuration=configuration).call_api('/x', 'GET')\n"
        "except ApiException as error: print(error.status)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, module], capture_output=True, text=True, check=False
    )
    assert run.stdout.split() == ["api.xn--mller-kva.example", "0"], run.stderr


def test_a_url_of_a_hook_beyond_ascii_is_refused_by_name() -> None:
    def elsewhere(request: HttpRequestOptions) -> None:
        request.url = "https://api.müller.example/x"

    client = ApiClient(configuration=Configuration(access_token="t"))
    client.get_http_client().set_pre_request_hook(elsewhere)
    with pytest.raises(ValueError, match=r"^url: "):
        client.call_api("/x", "GET")
