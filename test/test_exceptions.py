"""What an exception is, and what it tells."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
import urllib3
from calls import Call, connect, create, name_of, read, update
from service import Service, unused_url

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    ErrorBody,
    MessagingApi,
)
from PureCloudPlatformClientV2.rest import (
    ApiConnectionException,
    ApiTimeoutException,
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    RESTResponse,
    ServiceException,
    TooManyRequestsException,
    UnauthorizedException,
)

NOT_FOUND = {
    "status": 404,
    "code": "not.found",
    "message": "The requested resource was not found.",
    "contextId": "c-1",
    "details": [{"errorCode": "gone", "fieldName": "integrationId"}],
    "errors": [],
}

DEEP = 100_000


# Statuses


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (300, ApiException),
        (301, ApiException),
        (302, ApiException),
        (303, ApiException),
        (304, ApiException),
        (307, ApiException),
        (308, ApiException),
        (400, BadRequestException),
        (401, UnauthorizedException),
        (402, ApiException),
        (403, ForbiddenException),
        (404, NotFoundException),
        (405, ApiException),
        (409, ConflictException),
        (410, ApiException),
        (413, ApiException),
        (415, ApiException),
        (418, ApiException),
        (422, ApiException),
        (429, TooManyRequestsException),
        (499, ApiException),
        (500, ServiceException),
        (501, ServiceException),
        (502, ServiceException),
        (503, ServiceException),
        (504, ServiceException),
        (511, ServiceException),
        (599, ServiceException),
        (600, ApiException),
        (999, ApiException),
    ],
)
@pytest.mark.parametrize("call", [read, create], ids=name_of)
def test_each_status_has_its_class(
    api: MessagingApi, service: Service, call: Call, status: int, kind: type[ApiException]
) -> None:
    service.answer(status, {"message": "no"}, reason="Because")

    with pytest.raises(ApiException) as caught:
        call(api)

    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.reason) == (status, "Because")
    # A gateway may answer with these after the service has carried out what it was asked.
    assert caught.value.outcome_unknown == (call is create and status in (502, 503, 504))
    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_every_2xx_is_a_success(api: MessagingApi, service: Service, status: int) -> None:
    service.answer(status, {"id": "int-1"})
    assert api.get_messaging_integrations_line_integration_id("int-1").id == "int-1"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("elsewhere", [True, False], ids=["other host", "same host"])
@pytest.mark.parametrize("call", [read, update], ids=name_of)
def test_redirects_are_not_followed(
    api: MessagingApi, service: Service, call: Call, elsewhere: bool, status: int
) -> None:
    with Service() as other:
        target = other if elsewhere else service
        service.answer(status, headers={"Location": f"{target.url}/stolen"})

        with pytest.raises(ApiException) as caught:
            call(api)

        assert caught.value.status == status
        assert caught.value.headers is not None
        assert caught.value.headers["location"] == f"{target.url}/stolen"
        assert str(caught.value).endswith(f"and this one leads to {target.url}/stolen")
        assert len(service.requests) == 1
        assert other.requests == []


@pytest.mark.parametrize(
    ("location", "advice"),
    [
        ("https://me:canary@host.example/a?code=canary", "leads to https://host.example/a"),
        ("https://host.example:8443/a#access_token=canary", "leads to https://host.example:8443/a"),
        ("/a?code=canary", "leads to /a"),
        ("//me:can/ary@host.example/", ""),
        ("https:me:canary@host.example/", ""),
        ("https://[canary/", ""),
        ("https://host.example/the-token", "leads to https://host.example/***"),
    ],
)
def test_where_a_redirect_leads_is_shown_without_secrets(
    api: MessagingApi, service: Service, location: str, advice: str
) -> None:
    service.answer(302, headers={"Location": location})

    with pytest.raises(ApiException) as caught:
        read(api)

    assert caught.value.advice.endswith(advice)
    assert "can" not in str(caught.value).partition("was answered")[2].replace("redirects", "")


# What an exception tells


def test_the_text_says_how_often_it_was_tried_and_how_long_to_wait(
    api: MessagingApi, service: Service
) -> None:
    api.api_client.configuration.retries = 1
    for _ in range(2):
        service.answer(503, headers={"Retry-After": "0"})
    with pytest.raises(ServiceException) as caught:
        read(api)
    assert caught.value.attempts == 2
    assert "tries 2" in str(caught.value)

    service.answer(429, headers={"Retry-After": "3600"})
    with pytest.raises(TooManyRequestsException, match="seconds to wait 3600") as limited:
        read(api)
    assert limited.value.attempts == 1

    api.api_client.configuration.host = unused_url()
    with pytest.raises(ApiConnectionException, match="got no answer, in 2 tries: "):
        read(api)


def test_a_page_in_place_of_json_is_called_by_its_type(api: MessagingApi, service: Service) -> None:
    service.answer(200, b"<html>Sign in</html>", headers={"Content-Type": "text/html"})
    with pytest.raises(ApiException, match="the body cannot be used: it is text/html") as caught:
        read(api)
    assert "Sign in" not in str(caught.value)


def raise_404(api: MessagingApi, service: Service, **headers: str) -> ApiException:
    service.answer(
        404,
        NOT_FOUND,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        reason="Not Found",
    )
    with pytest.raises(NotFoundException) as caught:
        read(api)
    return caught.value


def test_an_exception_tells_what_the_service_said(api: MessagingApi, service: Service) -> None:
    error = raise_404(api, service, ININ_Correlation_Id="c-2")

    assert (error.status, error.reason) == (404, "Not Found")
    assert json.loads(error.body or "") == NOT_FOUND
    assert error.error == ErrorBody.from_dict(NOT_FOUND)
    assert error.headers is not None
    assert error.headers["inin-correlation-id"] == "c-2"
    assert error.correlation_id == "c-2"
    assert error.method == "GET"
    assert error.url == f"{service.url}/api/v2/messaging/integrations/line/int-1"
    assert error.args == (404, "Not Found")


def test_the_text_of_an_exception_has_everything_a_log_needs(
    api: MessagingApi, service: Service
) -> None:
    error = raise_404(api, service, ININ_Correlation_Id="c-2")
    assert str(error) == (
        f"GET {service.url}/api/v2/messaging/integrations/line/int-1 was answered 404 Not Found: "
        "The requested resource was not found. [integrationId: gone] "
        f"(code not.found, correlation id c-2); {error.advice}"
    )
    assert repr(error) == "NotFoundException(status=404, reason='Not Found')"


def test_the_context_id_stands_in_for_a_missing_correlation_id(
    api: MessagingApi, service: Service
) -> None:
    assert raise_404(api, service).correlation_id == "c-1"


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"not JSON", b'{"status": []}', b"1"])
def test_error_is_none_where_the_body_is_no_error_body(
    api: MessagingApi, service: Service, body: bytes
) -> None:
    service.answer(404, body, reason="Not Found")
    with pytest.raises(NotFoundException) as caught:
        read(api)
    assert caught.value.error is None
    assert caught.value.correlation_id is None
    assert "404 Not Found" in str(caught.value)


def test_error_is_none_where_the_body_is_too_deep(api: MessagingApi, service: Service) -> None:
    service.answer(404, b'{"errors": [' * DEEP + b"]}" * DEEP)
    with pytest.raises(NotFoundException) as caught:
        read(api)
    assert caught.value.error is None
    assert "404" in str(caught.value)


def test_the_url_of_an_exception_has_its_query(api: MessagingApi, service: Service) -> None:
    service.answer(400, {})
    with pytest.raises(BadRequestException) as caught:
        api.get_messaging_integrations_line(page_size=7)
    assert caught.value.url is not None
    assert caught.value.url.endswith("/line?pageSize=7")


def test_an_oauth_error_shows_its_description() -> None:
    response = json.dumps({"error": "invalid_client", "error_description": "Unknown client."})
    error = ApiException(status=400, reason="Bad Request")
    error.body = response
    assert (
        str(error) == "The call was answered 400 Bad Request: Unknown client. (code invalid_client)"
    )


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("3", 3),
        (" 120 ", 120),
        ("1.5", 1.5),
        ("-3", None),
        ("", None),
        ("soon", None),
        ("3 s", None),
        ("1e3", None),
        ("0x10", None),
        (".", None),
        ("nan", None),
        ("inf", None),
        ("9" * 400, None),
        ("3, 5", None),
        ("²", None),
        ("Fri, 31 Feb 2019 08:00:00 GMT", None),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
        ("Wed, 14 Aug 2019 09:30:00 GMT", 0),
        ("Wed, 14 Aug 2019 09:30:00 -0000", 0),
    ],
)
def test_retry_after_is_read_and_never_hides_the_answer(
    api: MessagingApi, service: Service, header: str, seconds: float | None
) -> None:
    service.answer(429, {}, headers={"Retry-After": header})
    with pytest.raises(TooManyRequestsException) as caught:
        read(api)
    assert caught.value.retry_after == seconds


def test_retry_after_may_be_a_date_to_come(api: MessagingApi, service: Service) -> None:
    moment = datetime.now(timezone.utc) + timedelta(hours=1)
    service.answer(503, {}, headers={"Retry-After": format_datetime(moment, usegmt=True)})
    with pytest.raises(ServiceException) as caught:
        read(api)
    seconds = caught.value.retry_after
    assert seconds == pytest.approx(3600, abs=600)
    # From the response, and not from whenever somebody asks, be it in another process.
    assert caught.value.retry_after == seconds
    assert pickled(caught.value).retry_after == seconds


def test_retry_after_is_none_without_the_header(api: MessagingApi, service: Service) -> None:
    assert raise_404(api, service).retry_after is None


def test_headers_that_came_twice_stay_two(api: MessagingApi, service: Service) -> None:
    service.answer(404, {}, headers=[("Warning", "199 - one"), ("Warning", "199 - two")])
    with pytest.raises(NotFoundException) as caught:
        read(api)
    assert isinstance(caught.value.headers, urllib3.HTTPHeaderDict)
    assert caught.value.headers.getlist("warning") == ["199 - one", "199 - two"]


def raised(body: object) -> ApiException:
    return ApiException(http_resp=RESTResponse(404, "No", {}, json.dumps(body).encode()))


def again(error: ApiException) -> ApiException:
    return error.duplicate()


def pickled(error: ApiException) -> ApiException:
    twin: ApiException = pickle.loads(pickle.dumps(error))
    return twin


@pytest.mark.parametrize("duplicate", [pickled, copy.copy, copy.deepcopy], ids=name_of)
def test_exceptions_survive_being_pickled_and_copied(
    api: MessagingApi, service: Service, duplicate: Callable[[ApiException], ApiException]
) -> None:
    error = raise_404(api, service, ININ_Correlation_Id="c-2", Retry_After="3")

    twin = duplicate(error)

    assert type(twin) is type(error)
    assert str(twin) == str(error)
    assert repr(twin) == repr(error)
    assert twin.args == error.args
    assert vars(twin) == vars(error)
    assert (twin.error, twin.correlation_id, twin.retry_after) == (error.error, "c-2", 3)


class FromAbove(ApiException):
    """What programs make of it, with a constructor of their own."""

    def __init__(self, message: str, *, wait: float) -> None:
        super().__init__(404, "Not Found")
        self.message = message
        self.code = "own"
        self.retry_after = wait


@pytest.mark.parametrize(
    "name",
    [
        "error",
        "message",
        "code",
        "details",
        "advice",
        "oauth_error",
        "oauth_error_description",
        "correlation_id",
        "retry_after",
    ],
)
def test_what_is_read_out_of_the_response_gives_way_to_what_is_set(name: str) -> None:
    error = raised(NOT_FOUND)
    came = getattr(error, name)
    given: Any = object()

    setattr(error, name, given)

    assert getattr(error, name) is given
    assert getattr(raised(NOT_FOUND), name) == came
    assert "The requested resource was not found." in str(error)


@pytest.mark.parametrize("duplicate", [pickled, copy.copy, copy.deepcopy, again], ids=name_of)
def test_a_subclass_has_attributes_and_a_constructor_of_its_own(
    duplicate: Callable[[ApiException], ApiException],
) -> None:
    error = FromAbove("Not today, hunter2", wait=2.5)
    error.__cause__ = OSError("what it came from")
    error.body = json.dumps(NOT_FOUND)
    error.redact(["hunter2"])

    twin = duplicate(error)

    assert type(twin) is FromAbove
    assert (twin.message, twin.code, twin.retry_after) == ("Not today, ***", "own", 2.5)
    assert twin.details == error.details
    assert (twin.args, vars(twin)) == (error.args, vars(error))
    assert "seconds to wait 2.5" in str(twin) == str(error)
    assert twin.__traceback__ is None
    assert (twin.__cause__ is error.__cause__) is (duplicate is again)


def test_an_unanswered_call_pickles(api: MessagingApi) -> None:
    with pytest.raises(ApiConnectionException) as caught:
        create(connect(api, unused_url()))
    twin = pickle.loads(pickle.dumps(caught.value))
    assert (type(twin), str(twin)) == (ApiConnectionException, str(caught.value))
    assert vars(twin) == vars(caught.value)


def test_an_exception_made_by_hand_works() -> None:
    error = ApiException(status=404, reason="Not Found")
    assert (error.status, error.reason, error.body, error.headers) == (404, "Not Found", None, None)
    assert str(error) == "The call was answered 404 Not Found"
    assert (error.error, error.correlation_id, error.retry_after) == (None, None, None)
    assert ApiException().status == 0
    assert str(ApiException()) == "The call got no answer"


def test_every_kind_can_be_caught_as_the_base_class() -> None:
    kinds = (
        BadRequestException,
        UnauthorizedException,
        ForbiddenException,
        NotFoundException,
        ConflictException,
        TooManyRequestsException,
        ServiceException,
        ApiConnectionException,
        ApiTimeoutException,
    )
    for kind in kinds:
        assert issubclass(kind, ApiException)
        assert kind.__bases__ == (ApiException,)


def test_the_traceback_leads_to_the_cause(api: MessagingApi) -> None:
    with pytest.raises(ApiConnectionException) as caught:
        read(connect(api, unused_url()))
    text = "".join(traceback.format_exception(caught.value))
    assert "NewConnectionError" in text
    assert "direct cause" in text


def test_a_client_works_on_after_an_error(service: Service) -> None:
    configuration = Configuration(host=service.url, access_token="the-token")
    with ApiClient(configuration=configuration) as client:
        api = MessagingApi(client)
        for _ in range(3):
            service.answer(404, NOT_FOUND)
            service.answer(200, {"id": "int-1"})
            with pytest.raises(NotFoundException):
                read(api)
            read(api)
    assert len(service.requests) == 6


def test_a_field_of_the_wrong_shape_does_not_cost_the_message(
    api: MessagingApi, service: Service
) -> None:
    service.answer(400, {"message": "Bad", "code": "x", "status": "400", "errors": [{"code": 1}]})
    with pytest.raises(ApiException, match=r"Bad \[1\] \(code x") as caught:
        read(api)
    inner = ErrorBody(code="1")
    assert caught.value.error == ErrorBody(message="Bad", code="x", status=400, errors=[inner])


@pytest.mark.parametrize("body", [{"id": 5}, {}, [], "text"])
def test_an_answer_that_is_no_error_body_is_not_taken_for_one(
    api: MessagingApi, service: Service, body: object
) -> None:
    service.answer(500, body)
    with pytest.raises(ApiException) as caught:
        read(api)
    assert caught.value.error is None
