"""Values that mean something as an id or in a query, and values that mean nothing there."""

from __future__ import annotations

import enum
import uuid
from collections import deque
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    HttpRequestOptions,
    LineIntegration,
    LineIntegrationEntityListing,
)
from PureCloudPlatformClientV2.rest import RESTResponse

pd: Any = import_module("pandas")  # which says nothing of its types


class Text(str, enum.Enum):
    """An enumeration whose members are texts, and show as their names before Python 3.11."""

    LINE = "line"


class Own(str, enum.Enum):
    """An enumeration whose members are other texts than their values."""

    LINE = "line"

    def __new__(cls, value: str) -> Own:
        member = str.__new__(cls, f"label of {value}")
        member._value_ = value
        return member


class Plain(enum.Enum):
    LINE = "line"
    SIZE = 100
    ON = True
    DAY = date(2019, 8, 14)
    NESTED = Text.LINE
    NOTHING = None
    TABLE = {"a": 1}  # noqa: RUF012 - a member, and no class variable
    TWO = ("a", "b")


class Number(enum.IntEnum):
    SIZE = 100


class Flags(enum.IntFlag):
    ONE = 1
    TWO = 2


class Label(str):
    """A text that shows as another one, such as those of translations."""

    __slots__ = ()

    def __str__(self) -> str:
        return "shown"


class Kept(AbstractHttpClient):
    """An HTTP client that keeps the requests."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[HttpRequestOptions] = []

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        self.requests.append(http_request_options)
        return RESTResponse(200, "OK", {}, b"{}")


class Lines(deque[str]):
    """A file of a user's own kind."""

    def read(self) -> str:
        return "".join(self)


class _OldTruth:
    """What NumPy 1 has for a truth value, which shows as no text that could be sent."""

    def __bool__(self) -> bool:
        return False


_OldTruth.__module__, _OldTruth.__name__ = "numpy", "bool_"


MEANT: list[tuple[Any, str]] = [
    (Text.LINE, "line"),
    (Own.LINE, "line"),
    (Label("line"), "line"),
    (Plain.LINE, "line"),
    (Plain.SIZE, "100"),
    (Plain.ON, "true"),
    (Plain.DAY, "2019-08-14"),
    (Plain.NESTED, "line"),
    (Number.SIZE, "100"),
    (Flags.ONE | Flags.TWO, "3"),
    (np.str_("line"), "line"),
    (np.int64(7), "7"),
    (np.uint8(7), "7"),
    (np.float32(0.5), "0.5"),
    (np.float64(0.5), "0.5"),
    (np.bool_(False), "false"),
    (_OldTruth(), "false"),
    (Decimal("1.50"), "1.50"),
    (Decimal("1E+2"), "100"),
    (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
    (b"line", "line"),
    (0, "0"),
    (True, "true"),
    (2.5, "2.5"),
    (datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc), "2019-08-14T09:30:00.000Z"),
    (pd.Timestamp("2019-08-14T11:30:00.123456789+02:00"), "2019-08-14T09:30:00.123Z"),
]
"""What may be an id or a value of a query, and what is sent for it."""

every_meant_value = pytest.mark.parametrize(
    ("value", "sent"), MEANT, ids=[f"{i}" for i in range(len(MEANT))]
)


class _Anything:
    def __str__(self) -> str:
        return "anything"


NO_TEXT: dict[str, Any] = {
    "model": LineIntegration(id="42"),
    "listing": LineIntegrationEntityListing(entities=[LineIntegration(id="42")]),
    "dict": {"id": "42"},
    "empty dict": {},
    "object": _Anything(),
    "class": object,
    "enumeration": Text,
    "function": len,
    "NaN": float("nan"),
    "infinity": float("-inf"),
    "NaN of NumPy": np.float32("nan"),
    "NaN of decimal": Decimal("NaN"),
    "NA": pd.NA,
    "NaT": pd.NaT,
    "NaT of NumPy": np.datetime64("NaT", "s"),
    "complex": 1j,
    "timedelta": timedelta(1),
    "time": datetime(2019, 8, 14).time(),
    "bytearray": bytearray(b"42"),
    "memoryview": memoryview(b"42"),
    "array": np.array([1, 2]),
    "no value": Plain.NOTHING,
    "a table": Plain.TABLE,
    "a pair": Plain.TWO,
}
"""What has no meaning as an id or as a value of a query."""


def no_text(name: str) -> Any:
    return NO_TEXT[name]


every_mistake = pytest.mark.parametrize("mistake", NO_TEXT)
