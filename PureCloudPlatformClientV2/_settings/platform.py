"""The eras of the platform: what it was in 2019, and what it is today."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from .checks import string

Platform = Literal["2019", "today"]

OF_2019: Final = "2019"
TODAY: Final = "today"


def check_platform(value: Any) -> Platform:
    """Check that a value is an era.

    Raises:
        ValueError: It is none.
    """
    text = string("2019" if value == int(OF_2019) else value).strip().lower()
    if text == OF_2019:
        return OF_2019
    if text == TODAY:
        return TODAY
    raise ValueError(f"give '2019' or 'today', not {value!r}")


@lru_cache
def platform_at(url: str) -> Platform:
    """Tell which platform is behind a base URL of the API.

    The public cloud has nothing of 2019 any more; what is reached elsewhere, or through a gateway,
    may well.
    """
    # Imported here for the sake of start-up time: few programs call what has moved since 2019.
    from .region_hosts import region_of

    return TODAY if region_of(urlsplit(url).hostname or "") else OF_2019
