"""The methods of one of the vendor's SDKs, each call written down as a line of JSON."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

sdk: Any = import_module("PureCloudPlatformClientV2")


class Recorded:
    """Has every method of some API classes."""

    def __init__(self, host: str, access_token: str, *classes: str) -> None:
        """Make their client.

        Args:
            host: Where the platform is.
            access_token: A bearer token.
            *classes: Names of the API classes.
        """
        self._client = sdk.ApiClient(host)
        self._client.access_token = access_token
        self._apis = [getattr(sdk, name)(self._client) for name in classes]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = next(getattr(api, name) for api in self._apis if hasattr(api, name))

        def call(*arguments: Any, **named: Any) -> Any:
            line: dict[str, Any] = {"method": name}
            self._client.last_response = None
            try:
                return method(*arguments, **named)
            except sdk.rest.ApiException as refused:
                line |= _answer(refused.body, refused.headers)
                raise
            except Exception:  # whatever theirs raises is told, and goes on
                line["exception"] = traceback.format_exc(limit=-2)
                raise
            finally:
                if (answer := self._client.last_response) is not None:
                    line |= _answer(answer.data, answer.getheaders())
                write(line)

        return call


def _answer(body: Any, headers: Any) -> dict[str, Any]:
    text = body.decode() if isinstance(body, bytes) else body
    found = {name.lower(): value for name, value in dict(headers or {}).items()}
    return {"body": text, "correlation_id": found.get("inin-correlation-id")}


def model(name: str, /, **fields: Any) -> Any:
    """Make one of the vendor's models, which take no arguments themselves."""
    made = getattr(sdk, name)()
    for field, value in fields.items():
        if field not in made.swagger_types:
            raise AttributeError(f"{name} has no {field}")
        setattr(made, field, value)
    return made


def live(*lives: Callable[[], None]) -> None:
    """Run the parts of a program; what ends one of them does not end the others."""
    for life in lives:
        try:
            life()
        except Exception:  # the lives that follow are to be seen as well
            write({"life": life.__name__, "ended": traceback.format_exc(limit=-3)})


def write(line: dict[str, Any]) -> None:
    """Write a line."""
    json.dump(line, sys.stdout)
    sys.stdout.write("\n")
