"""The Flask application: authentication, correlation ids, error bodies and the request log."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timezone
from functools import lru_cache, partial
from http.client import responses
from threading import Lock
from typing import Any, cast
from urllib.parse import unquote
from uuid import uuid4

from flask import Flask, Response, jsonify, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import Map, RuleFactory, UnicodeConverter

from .authorization import authorization
from .control import control
from .control.faults import publish_faults
from .control.history import record
from .conversations.media import MOST_BYTES, UPLOADS, transfers
from .credentials import Token
from .errors import ServiceError, error_for_status
from .exchange import Exchange, begin_exchange, current_exchange
from .fault_injection import FAULT, ORGANIZATION, RAW_PATH, bearer_token, is_control_path
from .faults import Fault, ResetBeforeFault, StatusFault
from .oauth import FORM_TYPE, oauth
from .page import page
from .platform.behaviors import webhooks
from .platform.routes import OPEN_TO_ALL, messaging, platform
from .platform.unserved import not_played, template_of
from .request_log import LoggedRequest, is_secret_in_response, mask_fields, mask_headers, mask_json
from .state import EXTENSION, State, current_state

LOGGER = logging.getLogger("purecloud_sandbox")

MAX_BODY_BYTES = 2**20
# Larger refused bodies are not read to their end; the sender may then see a reset instead of 413.
MAX_DISCARDED_BYTES = 2**26
LOGGED_BODY_BYTES = 2**16
# Less, as most calls read, and a page of a listing is long.
LOGGED_RESPONSE_BYTES = 2**14


class WireJson(DefaultJSONProvider):
    """Writes the fields of an object in the order in which they were put in."""

    sort_keys = False


class Segment(UnicodeConverter):
    """One path segment; the server leaves %2F and %25 encoded so that it stays one."""

    def to_python(self, value: str) -> str:
        """Decode the segment."""
        return unquote(value)


class Routes(Map):
    """The routes of sandboxes whose paths are the same: what one has added, the others find.

    To compile them takes most of the time that a sandbox takes to start, and they hold no state.
    """

    def __init__(self) -> None:
        """Begin without a route."""
        super().__init__(merge_slashes=False)
        self.converters["segment"] = Segment
        self._added: set[tuple[str, str, frozenset[str]]] = set()
        self._adding = Lock()

    def add(self, rulefactory: RuleFactory) -> None:
        """Add a route, unless it is there."""
        for rule in rulefactory.get_rules(self):
            key = (rule.rule, str(rule.endpoint), frozenset(rule.methods or ()))
            with self._adding:
                if key not in self._added:
                    super().add(rule)
                    self._added.add(key)


@lru_cache(maxsize=8)
def routes(api_path: str, login_path: str) -> Routes:
    """The routes by the settings that they depend on."""
    return Routes()


def create_app(state: State) -> Flask:
    """Build the application."""
    app = Flask(__name__, static_folder=None)
    # One more, so that a body in chunks that goes beyond can be told from one that just fits.
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES + 1
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.json = WireJson(app)
    app.extensions[EXTENSION] = state
    app.url_map = routes(state.settings.api_path, state.settings.login_path)
    app.before_request(open_exchange)
    for api in (messaging, platform):
        app.before_request_funcs.setdefault(api.name, []).append(authenticate)
    app.after_request(close_exchange)
    app.register_error_handler(ServiceError, service_error_response)
    for status in (404, 405):
        app.register_error_handler(status, unrouted_response)
    app.register_error_handler(HTTPException, http_exception_response)
    app.register_error_handler(Exception, crash_response)
    state.faults.changed = partial(publish_faults, state)
    settings = state.settings
    app.register_blueprint(messaging, url_prefix=settings.api_path)
    app.register_blueprint(platform, url_prefix=settings.api_path)
    app.register_blueprint(oauth, url_prefix=settings.login_path)
    app.register_blueprint(authorization, url_prefix=settings.login_path)
    # What the platform calls and what the tests call does not come through the gateway.
    app.register_blueprint(webhooks)
    app.register_blueprint(transfers)
    app.register_blueprint(control)
    app.register_blueprint(page)
    return app


def open_exchange() -> Response | None:
    """Take note of a request, and let a fault respond if one is due."""
    exchange = Exchange(
        correlation_id=str(uuid4()),
        time=current_state().clock(),
        organization_id=request.environ.get(ORGANIZATION),
    )
    begin_exchange(exchange)
    exchange.body = _read_body()
    fault = _current_fault()
    if isinstance(fault, StatusFault):
        return _fault_response(fault)
    if isinstance(fault, ResetBeforeFault):
        return Response()  # never sent: the connection is reset
    exchange.processed = True
    return None


def authenticate() -> None:
    """Find out whose request it is, and count it."""
    state, exchange = current_state(), current_exchange()
    if request.endpoint in OPEN_TO_ALL:
        return
    exchange.token = _find_token(state)
    if state.limiter is None:
        return
    allowance = state.limiter.count(exchange.token.id, state.clock())
    if state.settings.rate_limit_headers:
        exchange.headers.update(allowance.to_headers())
    allowance.require()


def close_exchange(response: Response) -> Response:
    """Put the last headers on a response, and record the request."""
    exchange = current_exchange()
    # As the platform writes it; werkzeug's own is in capitals.
    response.status = f"{response.status_code} {responses.get(response.status_code, 'Unknown')}"
    response.headers["ININ-Correlation-Id"] = exchange.correlation_id
    response.headers.update(exchange.headers)
    if response.status_code == 204:
        del response.headers["Content-Type"]
    if not is_control_path(request.path):
        record(current_state(), _log_entry(exchange, response))
    return response


def service_error_response(error: ServiceError) -> Response:
    """Respond to a request that is refused."""
    response = jsonify(error.to_body(current_exchange().correlation_id))
    response.status_code = error.status
    response.headers.update(error.headers)
    return response


def http_exception_response(error: HTTPException) -> Response:
    """Respond to a request that Flask could not dispatch or read."""
    status = error.code or 500
    if status == 413:
        _discard_body()
    # A list of header pairs may name Allow and the like; the content headers are our own.
    headers = {
        name: value
        for name, value in error.get_headers(request.environ)
        if not name.lower().startswith("content-")
    }
    return service_error_response(error_for_status(status, headers))


def unrouted_response(error: HTTPException) -> Response:
    """Respond to a request that no route fits: the platform may have what the sandbox has not."""
    template = _unplayed_template()
    if template is None:
        return http_exception_response(error)
    try:
        authenticate()
    except ServiceError as refused:
        return service_error_response(refused)
    return service_error_response(not_played(request.method, template))


def _unplayed_template() -> str | None:
    path, prefix = request.environ[RAW_PATH], current_state().settings.api_path
    if not path.startswith(f"{prefix}/api/v2/"):
        return None
    return template_of(request.method, path.removeprefix(prefix))


def crash_response(error: Exception) -> Response:
    """Respond in spite of a mistake in the sandbox itself."""
    LOGGER.error("the sandbox failed to process a request", exc_info=error)
    return service_error_response(error_for_status(500))


def _find_token(state: State) -> Token:
    credentials = bearer_token(request.environ)
    if not credentials:
        raise ServiceError(
            401,
            "authentication.required",
            "No authentication bearer token specified in authorization header.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    token = state.store.tokens.find(credentials)
    if token is None or (token.expires is not None and token.expires <= state.clock()):
        raise error_for_status(401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return token


def _read_body() -> bytes:
    limit = MOST_BYTES if request.path.startswith(UPLOADS) else MAX_BODY_BYTES
    if (request.content_length or 0) > limit:
        raise RequestEntityTooLarge
    body = request.get_data()
    if len(body) > limit:  # in chunks, so that nothing had told its length
        raise RequestEntityTooLarge
    return body


def _current_fault() -> Fault | None:
    return cast("Fault | None", request.environ.get(FAULT))


def _fault_response(fault: StatusFault) -> Response:
    if fault.body is None and fault.status >= 400:
        response = service_error_response(error_for_status(fault.status))
    else:
        response = Response(fault.body, fault.status)
    if fault.retry_after is not None:
        response.headers["Retry-After"] = str(fault.retry_after)
    response.headers.update(dict(fault.headers))
    return response


def _discard_body() -> None:
    """Read an oversized body, so that its sender is ready for the response."""
    stream, unread = request.environ["wsgi.input"], MAX_DISCARDED_BYTES
    while unread > 0 and (chunk := stream.read(min(unread, 2**16))):
        unread -= len(chunk)


def _log_entry(exchange: Exchange, response: Response) -> LoggedRequest:
    fault = _current_fault()
    succeeded = exchange.processed and response.status_code < 400
    return LoggedRequest(
        method=request.method,
        path=request.environ[RAW_PATH],
        query=mask_fields(request.args),
        headers=mask_headers(dict(request.headers)),
        json=_masked_json(exchange.body),
        form=_masked_form(exchange.body),
        status=None if isinstance(fault, ResetBeforeFault) else response.status_code,
        response=_masked_response(response),
        correlation_id=exchange.correlation_id,
        time=datetime.fromtimestamp(exchange.time, timezone.utc),
        token_id=exchange.token.id if exchange.token else None,
        organization_id=exchange.organization_id,
        processed=exchange.processed,
        applied=succeeded and request.method not in ("GET", "HEAD", "OPTIONS"),
        fault=fault.kind if fault else None,
    )


def _masked_json(body: bytes) -> Any:
    if request.mimetype != "application/json" or len(body) > LOGGED_BODY_BYTES:
        return None
    try:
        return mask_json(json.loads(body))
    except (ValueError, RecursionError):
        return None


def _masked_response(response: Response) -> Any:
    # One that is streamed may be a file that is read as it is sent.
    if request.method == "HEAD" or not response.is_json or response.is_streamed:
        return None
    body = response.get_data()
    if len(body) > LOGGED_RESPONSE_BYTES:
        return None
    try:
        return mask_json(json.loads(body), is_secret_in_response)
    except ValueError:  # what a fault sends need not be what it claims
        return None


def _masked_form(body: bytes) -> dict[str, str]:
    if request.mimetype != FORM_TYPE or len(body) > LOGGED_BODY_BYTES:
        return {}
    return mask_fields(request.form)
