"""The part of a fault that happens on the connection, around the Flask application."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from .faults import (
    DelayFault,
    Fault,
    Faults,
    LateFault,
    ResetAfterFault,
    ResetBeforeFault,
    SlowFault,
    TruncateFault,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FAULT = "sandbox.fault"
"""Key of the fault that hits a request, in the WSGI environment."""
ORGANIZATION = "sandbox.organization"
"""Key of the organization's id to which the request's token belongs, in the WSGI environment."""
RAW_PATH = "sandbox.path"
"""Key of the path as it was sent, percent-encoding included, in the WSGI environment."""


class DropConnection(Exception):  # noqa: N818 - an instruction to the server, nothing went wrong
    """Tells the server to end the connection here."""

    def __init__(self, *, reset: bool) -> None:
        """Reset the connection, or close it in an orderly way."""
        super().__init__(reset)
        self.reset = reset


def is_control_path(path: str) -> bool:
    """Say whether a path is the page's or the control API's, which know no faults and no log."""
    return path in ("/", "/sandbox") or path.startswith(("/page/", "/sandbox/"))


def bearer_token(environ: WSGIEnvironment) -> str:
    """Read the token of a request; empty if it has none."""
    scheme, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    token: str = credentials.strip()
    return token if scheme.lower() == "bearer" else ""


class FaultInjector:
    """WSGI middleware that lets planned faults happen."""

    def __init__(
        self,
        app: WSGIApplication,
        faults: Faults,
        find_organization: Callable[[str], str | None],
        stopping: threading.Event,
    ) -> None:
        """Wrap an application; no fault outlasts the moment in which stopping is set."""
        self._app = app
        self._faults = faults
        self._find_organization = find_organization
        self._stopping = stopping

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to a request, or fail to, as planned."""
        path = environ[RAW_PATH]
        fault = None
        if not is_control_path(path):
            organization_id = self._find_organization(bearer_token(environ))
            environ[ORGANIZATION] = organization_id
            fault = self._faults.take(environ["REQUEST_METHOD"], path, organization_id)
        if fault is None:
            return self._app(environ, start_response)
        environ[FAULT] = fault
        if isinstance(fault, LateFault):
            self._stopping.wait(fault.seconds)
        response = Response.from_app(self._app, environ, buffered=True)
        return self._send(response, fault, environ, start_response)

    def _send(
        self,
        response: Response,
        fault: Fault,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        if isinstance(fault, ResetBeforeFault | ResetAfterFault):
            raise DropConnection(reset=True)
        if isinstance(fault, DelayFault):
            self._stopping.wait(fault.seconds)
        if isinstance(fault, TruncateFault):
            if not response.get_data():
                raise DropConnection(reset=False)
            start_response(response.status, response.headers.to_wsgi_list())
            return _half(response.get_data())
        if isinstance(fault, SlowFault):
            start_response(response.status, response.headers.to_wsgi_list())
            return self._trickle(response.get_data(), fault)
        return response(environ, start_response)

    def _trickle(self, body: bytes, fault: SlowFault) -> Iterator[bytes]:
        end = time.monotonic() + fault.limit
        for position in range(len(body)):
            yield body[position : position + 1]
            if self._stopping.wait(fault.interval) or time.monotonic() >= end:
                yield body[position + 1 :]
                return


def _half(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise DropConnection(reset=False)
