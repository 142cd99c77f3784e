from __future__ import annotations

import pytest

from PureCloudPlatformClientV2 import PureCloudRegionHosts
from PureCloudPlatformClientV2._settings.region_hosts import check_host

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


@pytest.mark.parametrize("region", PureCloudRegionHosts)
def test_a_region_gives_its_host_in_each_of_the_ways_of_the_vendors_sdk(
    region: PureCloudRegionHosts,
) -> None:
    assert region.get_api_host() == region.value == region.apihost == HOSTS[region.name]


@pytest.mark.parametrize("region", PureCloudRegionHosts)
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
