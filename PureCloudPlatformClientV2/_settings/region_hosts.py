"""Region name to API host.

A host in the domain of a region that is not its API would be sent id and secret in vain, or in
clear text: it is refused, and the right one named.
"""

import re
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from .._wire.headers import is_bare
from .._wire.urls import is_http_url, url_to_ascii

__all__ = ["PureCloudRegionHosts"]


class PureCloudRegionHosts(Enum):
    """The regions of Genesys Cloud, by cloud name; the value is the API host of each.

    The hosts are those of the vendor's Python SDK 269.0.0.

    >>> PureCloudRegionHosts.eu_central_1.get_api_host()
    'https://api.mypurecloud.de'
    """

    us_east_1 = "https://api.mypurecloud.com"
    eu_west_1 = "https://api.mypurecloud.ie"
    ap_southeast_2 = "https://api.mypurecloud.com.au"
    ap_northeast_1 = "https://api.mypurecloud.jp"
    eu_central_1 = "https://api.mypurecloud.de"
    us_west_2 = "https://api.usw2.pure.cloud"
    ca_central_1 = "https://api.cac1.pure.cloud"
    ap_northeast_2 = "https://api.apne2.pure.cloud"
    eu_west_2 = "https://api.euw2.pure.cloud"
    ap_south_1 = "https://api.aps1.pure.cloud"
    us_east_2 = "https://api.use2.us-gov-pure.cloud"
    sa_east_1 = "https://api.sae1.pure.cloud"
    me_central_1 = "https://api.mec1.pure.cloud"
    ap_northeast_3 = "https://api.apne3.pure.cloud"
    eu_central_2 = "https://api.euc2.pure.cloud"
    mx_central_1 = "https://api.mxc1.pure.cloud"
    ap_southeast_1 = "https://api.apse1.pure.cloud"
    eusc_de_east_1 = "https://api.edee1.eusc-pure.cloud"

    @classmethod
    def find(cls, place: str) -> "PureCloudRegionHosts | None":
        """Find the region of a place.

        >>> PureCloudRegionHosts.find("https://apps.mypurecloud.de/directory/")
        <PureCloudRegionHosts.eu_central_1: 'https://api.mypurecloud.de'>

        Args:
            place: A domain (``mypurecloud.de``), a host or a URL in it, or the name of the region.

        Returns:
            The region, or ``None`` if the place is in none.
        """
        text = place.strip().lower()
        try:
            host = urlsplit(text if "//" in text else f"//{text}").hostname
        except ValueError:  # not a URL at all
            return None
        return cls.__members__.get(text.replace("-", "_")) or region_of(host or "")

    @property
    def cloud_name(self) -> str:
        """The name that the cloud has for the region, such as ``eu-central-1``."""
        return self.name.replace("_", "-")

    @property
    def domain(self) -> str:
        """The domain of the region, such as ``mypurecloud.de``."""
        return self.value.removeprefix("https://api.")

    def get_api_host(self) -> str:
        """Give the base URL of the region's API."""
        return self.value

    @property
    def apihost(self) -> str:
        """The base URL of the region's API."""
        return self.value


def check_host(host: Any) -> str:
    """Find the base URL of an API host.

    Args:
        host: The URL itself (``https://api.mypurecloud.com``), or a region: its cloud name
            (``us-east-1``), its domain (``mypurecloud.com``), or a member of
            ``PureCloudRegionHosts``; an enumeration of the caller's own will do for all of them.

    Returns:
        The base URL, without a slash at its end.

    Raises:
        ValueError: It is none of these, or in the domain of a region and not its API; the message
            names what is right, or lists the regions.
    """
    if isinstance(host, Enum):
        host = host.value
    url = url_to_ascii(host) if isinstance(host, str) else ""
    if is_http_url(url) and not set("?#") & set(url):
        return _check_url(url)
    name = str(host).strip().lower().rstrip(".")
    for region in PureCloudRegionHosts:
        if name in (region.cloud_name, region.name, region.domain):
            return region.value
    nearly = region_of(re.split("[:/]", name)[0])
    if nearly is not None:
        raise ValueError(f"write {nearly.value}, or {nearly.cloud_name}")
    raise ValueError(
        f"{_what_is_wrong(host)}; give the base URL of the API, such as "
        "https://api.mypurecloud.com, or one of the regions "
        + ", ".join(f"{one.cloud_name} ({one.domain})" for one in PureCloudRegionHosts)
    )


def _check_url(url: str) -> str:
    """Check a URL; what is in the domain of a region must be its API, others are left alone."""
    parts = urlsplit(url)
    if parts.username is not None:
        raise ValueError("give the base URL of the API, without user name and password")
    name, path = (parts.hostname or "").rstrip("."), parts.path.rstrip("/")
    region = region_of(name)
    if region is None or (name.startswith("api.") and name != f"api.{region.domain}"):
        if path.lower().endswith("/api/v2"):
            raise ValueError("give the base URL of the API, without /api/v2")
        return url.rstrip("/")
    if name != f"api.{region.domain}":
        reason = f"the API is not at {name}"
    elif parts.scheme != "https":
        reason = "the API is reached over https alone"
    elif parts.port not in (None, 443):
        reason = f"the API has no port {parts.port}"
    elif path:
        raise ValueError(f"write {region.value}, without {path}")
    else:
        return region.value
    raise ValueError(f"{reason}; write {region.value}, or {region.cloud_name}")


def _what_is_wrong(host: Any) -> str:
    text = str(host)
    if "@" in text:  # before which a password may stand
        return "there is no such region"
    if not isinstance(host, str):
        return f"a value of type {type(host).__name__} is no host"
    if not is_bare(text):
        return f"there is a blank, a line break or a quotation mark around {host!r}"
    if "://" in text:  # behind which a query with a secret may stand
        return "that is no base URL of an API"
    if text.lower() == "localhost" or set(text) & set(".:/"):
        return f"a URL needs http:// or https:// before it, and {host!r} has neither"
    return f"there is no region {host!r}"


def region_of(name: str) -> PureCloudRegionHosts | None:
    """Find the region in whose domain a host is.

    Args:
        name: The name of the host.

    Returns:
        The region, or ``None`` if the host is in no region's domain.
    """
    name = f".{name.lower().rstrip('.')}"
    return next((one for one in PureCloudRegionHosts if name.endswith(f".{one.domain}")), None)
