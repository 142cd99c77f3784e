"""How a call is made of arguments: what ApiClient loads with the first one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import models
from .._lazy import loading, unloadable
from .._settings.checks import RequestTimeout
from .._transport.failures import (
    no_thread,
)
from .._transport.request import HttpRequestOptions
from .._wire.headers import check_headers
from .._wire.json_values import body_to_json_value
from .._wire.parameters import expand_path, extend_query, query_to_text
from .._wire.redaction import Masked
from .._wire.response import RESTResponse, content_of, headers_of
from .._wire.results import accepted, result_maker
from .sending import credentials, end_of_call, send

if TYPE_CHECKING:
    from .._auth.session import Session
    from .._wire.forms import Files

GUEST_CHAT = "Guest Chat JWT"
"""The name that it gives to an API key in the Authorization header."""


def make_call(
    session: Session,
    resource_path: str,
    method: str,
    path_params: Mapping[str, Any] | None,
    query_params: Mapping[str, Any] | None,
    headers: Masked[list[Any]],
    body: Masked[Any],
    post_params: Masked[Any],
    files: Masked[Files | None],
    response_type: str | type[Any] | None,
    auth_settings: Sequence[str] | None,
    callback: Callable[[Any], object] | None,
    body_type: str | type[models.Model] | None,
    request_timeout: RequestTimeout | None,
    deadline: float | None,
) -> Any:
    """Make a call; the arguments are those of ``ApiClient.call_api``.

    What may hold secrets is out of sight of tools that show local variables. The headers are those
    of every call, the cookie, those of the endpoint, and those of this call.
    """
    if callback is not None and not callable(callback):
        raise TypeError("callback: give a function that takes the result")
    if body_type is not None:
        # Imported here for the sake of start-up time: most calls have no body.
        from .._wire.bodies import check_body

        check_body(body.value, body_type, models.find_model)
    configuration = session.service.configuration
    settings = configuration.snapshot()
    to_result = result_maker(response_type, models.find_model, settings.temp_folder_path)
    host = session.api_url(settings)
    path, query = expand_path(resource_path, path_params or {}), query_to_text(query_params or {})
    if "?" in path:
        path, query = extend_query(path, query), {}
    request = HttpRequestOptions(
        url=host,
        method=method,
        query_params=query,
        post_params=_form(post_params, files) if post_params.value or files.value else None,
        body=None if body.value is None else _made(body_to_json_value, body),
        timeout=request_timeout,
    )
    request.settings, request.end = settings, end_of_call(settings, deadline)
    request.append(path)
    if GUEST_CHAT in (auth_settings or ()):
        key = Masked(configuration.get_api_key_with_prefix("Authorization"))
        headers.value.insert(2, {"Authorization": key.value} if key.value else None)
    first = {"Accept": accepted(response_type)}
    if request.body is not None:
        first["Content-Type"] = "application/json"
    elif request.post_params:  # said here already, for an HTTP client that goes by it
        first["Content-Type"] = "application/x-www-form-urlencoded"
    last = {"Content-Type": "multipart/form-data"} if files.value and request.post_params else None
    request.headers = check_headers(first, *headers.value, last)
    if request.post_params:
        _check_form(request)
    auth = credentials(session, host, settings, auth_settings, headers)
    if callback is None:
        return send(session, request, auth, to_result)
    # Imported here for the sake of start-up time: few calls have a callback.
    from .._wire.callers import ForCaller

    def send_and_tell() -> None:
        with loading:
            result = send(session, request, auth, to_result)
        callback(result)

    thread = threading.Thread(target=ForCaller(send_and_tell))
    try:
        thread.start()
    except RuntimeError as error:  # the program is about to end, or no memory is left for threads
        raise no_thread(request, error) from error
    return thread


def _form(post_params: Masked[Any], files: Masked[Files | None]) -> Any:
    # Imported here for the sake of start-up time: few calls have a form.
    from .._wire.forms import form_fields

    return _made(lambda given: form_fields(*given), Masked((post_params.value, files.value)))


def _check_form(request: HttpRequestOptions) -> None:
    """Refuse a form that cannot be sent before a token is fetched; hooks may make one later."""
    # Imported here for the sake of start-up time, as above.
    from .._wire.forms import check_no_files, is_multipart

    if request.body is not None:
        raise ValueError("body: leave it out where there are post_params, or the reverse")
    if not is_multipart(request.headers):
        check_no_files(request.post_params)


def _made(make: Callable[[Any], Any], given: Masked[Any]) -> Any:
    """Make something of what may hold secrets; an error comes without the frames that have them."""
    try:
        return make(given.value)
    except (TypeError, ValueError, OSError) as error:
        failure = unloadable(error)
        error.with_traceback(None)
        if failure is not None:
            raise failure from error
        raise error from None


def deserialize(session: Session, response: Any, response_type: str | type[Any] | None) -> Any:
    """Make of a response what a call returns; the arguments are those of the ApiClient's method."""
    folder = session.service.configuration.temp_folder_path
    to_result = result_maker(response_type, models.find_model, folder)
    given = RESTResponse(200, None, headers_of(response), content_of(response))
    if given.content.strip() in (b"", b"null") and response_type != "file":
        return None
    return to_result(given)
