"""What is read out of the body of a refusal, whoever wrote it."""

from __future__ import annotations

import json
import pickle
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platform_facts import Samples, definition_name, platform
from service import Service

from PureCloudPlatformClientV2 import ApiException, Detail, ErrorBody, MessagingApi, models
from PureCloudPlatformClientV2._wire.error_codes import ERROR_CODES
from PureCloudPlatformClientV2.rest import RESTResponse
from PureCloudPlatformClientV2.sandbox.errors import STATUS_ERRORS

VERBS = {"get", "put", "post", "delete", "patch", "head", "options"}


def refusal(body: Any, status: int = 400) -> ApiException:
    """The exception for a response with a body, as text or as what is written as JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    return ApiException(http_resp=RESTResponse(status, "No", {}, text.encode()))


def declared_errors() -> Counter[tuple[int, str | None]]:
    """What the contract declares for statuses of errors, and how often."""
    document, found = platform(), Counter[tuple[int, str | None]]()
    for path in document["paths"].values():
        for verb, operation in path.items():
            for status, response in operation["responses"].items() if verb in VERBS else ():
                if not status.startswith("2"):
                    name = response.get("$ref", "").rpartition("/")[2]
                    schema = document["responses"].get(name, response).get("schema")
                    found[int(status), schema and definition_name(schema)] += 1
    return found


# What the contract declares


def test_every_error_that_any_operation_declares_is_read_in_full() -> None:
    declared = declared_errors()
    assert sum(declared.values()) > 40_000
    samples = Samples(platform())
    for status, name in declared:
        if name is None:  # two operations declare a status and no body
            assert refusal("", status).error is None
            continue
        sample = samples.make({"$ref": f"#/definitions/{name}"})
        error = refusal(sample, status)
        kind = getattr(models, name)
        assert type(error.error) is kind is ErrorBody
        assert error.error == kind.from_dict(sample)
        assert error.error is not None
        assert error.error.additional_properties == {}
        assert set(error.error.to_dict()) == set(kind.swagger_types)
        assert (error.message, error.code) == (sample["message"], sample["code"])
        assert error.details == (Detail.from_dict(sample["details"][0]),)


MEANT_AS_ERRORS = re.compile(r"Error(s|Body|Info|Details?|Message|Response)?$")


def test_whatever_the_contract_calls_an_error_is_read_for_its_code_and_message() -> None:
    definitions = platform()["definitions"]
    named = [name for name in definitions if MEANT_AS_ERRORS.search(name)]
    assert len(named) > 30
    samples = Samples(platform())
    for name in named:
        sample = samples.make({"$ref": f"#/definitions/{name}"})
        error = refusal(sample)
        messages = (sample.get("message"), sample.get("errorMessage"))
        if text := next((one for one in messages if one), None):
            assert error.message == text, name
        codes = [one for one in (sample.get("code"), sample.get("errorCode")) if one is not None]
        if codes:
            assert error.code == str(codes[0]), name
        assert str(error)


# Bodies of other families


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"message": "Bad", "code": "bad.request"}, "bad.request", "Bad"),
        ({"error": "invalid_client", "error_description": "No"}, "invalid_client", "No"),
        ({"error": "invalid_grant", "description": "Old"}, "invalid_grant", "Old"),
        (
            {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "status": "409",
                "scimType": "uniqueness",
                "detail": "userName is taken",
            },
            "uniqueness",
            "userName is taken",
        ),
        ({"errorCode": "too.long", "errorMessage": "Too long"}, "too.long", "Too long"),
        ({"type": "about:blank", "title": "Forbidden", "detail": "No role"}, None, "No role"),
        ({"Message": "User is not authorized"}, None, "User is not authorized"),
        ({"message": None, "code": "x"}, "x", None),
        ({"code": 4001, "message": "Bad"}, "4001", "Bad"),
        ({"error": {"code": "deep", "message": "Inside"}}, "deep", "Inside"),
        ({"error": {"code": "deep"}, "message": "Outside"}, "deep", "Outside"),
        ({"code": True, "message": "Bad"}, None, "Bad"),
        ({"errors": [{"code": "first", "message": "One"}, {"code": "second"}]}, "first", "One"),
        ([{"code": "first", "message": "One"}], "first", "One"),
        ({"errors": ["One thing", "another"]}, None, "One thing"),
        ({"errors": [{"errors": [{"message": "Inmost"}]}]}, None, "Inmost"),
    ],
)
def test_code_and_message_are_found_whoever_wrote_the_body(
    body: Any, code: str | None, message: str | None
) -> None:
    error = refusal(body)
    assert (error.code, error.message) == (code, message)
    assert isinstance(error.error, ErrorBody)
    assert error.details == ()


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "{}", "1", '"text"', "<html>Sign in</html>", "[1]", '{"errors": []}']
)
def test_what_tells_of_no_error_has_neither_code_nor_message(body: str) -> None:
    error = refusal(body)
    assert (error.error, error.code, error.message, error.details) == (None, None, None, ())


def test_the_particulars_of_other_families_are_kept() -> None:
    body = {"schemas": ["urn:scim"], "status": "409", "scimType": "uniqueness", "detail": "Taken"}
    error = refusal(body, 409).error
    assert error is not None
    assert error.status == 409
    assert error.additional_properties == {
        name: body[name] for name in ("schemas", "scimType", "detail")
    }


@pytest.mark.parametrize(
    ("message", "params", "text"),
    [
        ("{name} is taken", {"name": "Sales"}, "Sales is taken"),
        ("{name} is {other}", {"name": "Sales"}, "Sales is {other}"),
        ("{count} of {most}", {"count": 3, "most": 2.5}, "3 of 2.5"),
        ("{a}", {"a": "{b}", "b": "no"}, "{b}"),
        ("Plain {}", {"": "no"}, "Plain {}"),
    ],
)
def test_placeholders_are_filled_in(message: str, params: dict[str, Any], text: str) -> None:
    assert (
        refusal({"messageWithParams": message, "messageParams": params, "code": "x"}).message
        == text
    )
    assert refusal({"message": message, "messageParams": params}).message == text


def test_the_message_that_is_complete_comes_before_the_one_with_placeholders() -> None:
    body = {"message": "Sales is taken", "messageWithParams": "{n}", "messageParams": {"n": "x"}}
    assert refusal(body).message == "Sales is taken"


def test_a_short_body_is_no_message_of_gigabytes() -> None:
    error = refusal({"message": "{a}" * 1_000 + " {b}", "messageParams": {"a": "x" * 100_000}})
    assert error.message is not None
    assert error.message.startswith("x" * 100)
    assert error.message.endswith("{a} {b}")
    assert len(error.message) < 2_000_000


def test_the_text_tells_that_a_message_is_cut() -> None:
    for message in ("x" * 1_001, "x" + " " * 5_000 + "y", "x" * 20_000_000):
        assert re.fullmatch(
            r"The call was answered 400 No: x+\.\.\.", str(refusal({"message": message}))
        )
    assert "..." not in str(refusal({"message": "x" * 1_000}))


def test_a_status_that_is_no_number_does_not_cost_the_message() -> None:
    for status in ("9" * 5_000, "\u00b2", "", "-1"):
        assert refusal({"message": "Bad", "status": status}).message == "Bad"


# Details


def test_details_are_at_hand_wherever_they_are() -> None:
    error = refusal(
        {
            "message": "Bad",
            "details": [{"errorCode": "missing", "fieldName": "name"}],
            "errors": [
                {"details": [{"errorCode": "gone", "entityId": "q-1", "entityName": "Sales"}]},
                {"errors": [{"details": [{"fieldName": "deep"}]}]},
                {"details": None},
            ],
        }
    )
    assert error.details == (
        Detail(error_code="missing", field_name="name"),
        Detail(error_code="gone", entity_id="q-1", entity_name="Sales"),
        Detail(field_name="deep"),
    )


@pytest.mark.parametrize("details", [None, "text", 5, {"name": "missing"}, ["name"], [None], [[]]])
def test_details_of_another_shape_are_kept_and_cost_nothing(details: Any) -> None:
    error = refusal({"message": "Bad", "details": details})
    assert error.message == "Bad"
    assert error.details == ()
    assert error.error is not None
    assert error.error.additional_properties.get("details") == details


def test_one_detail_of_another_shape_does_not_cost_the_others() -> None:
    error = refusal(
        {"errors": [{"message": {}}, {"details": [{"fieldName": 5}, {"fieldName": "b"}]}]}
    )
    assert [one.field_name for one in error.details] == [None, "b"]
    assert error.details[0].additional_properties == {"fieldName": 5}


def test_the_text_tells_the_details_and_the_errors_behind() -> None:
    error = refusal(
        {
            "message": "Several things are wrong.",
            "code": "bad",
            "details": [{"errorCode": "too.long", "fieldName": "name"}, {"errorCode": "odd"}],
            "errors": [
                {"message": "No such queue"},
                {"code": "lost"},
                {"message": "No such queue"},
            ],
        }
    )
    assert str(error) == (
        "The call was answered 400 No: Several things are wrong. "
        "[name: too.long; odd; No such queue; lost] (code bad)"
    )


def test_the_text_tells_the_first_details_of_many_on_one_line() -> None:
    details = [{"fieldName": f"field{n}\n\x1b[1m", "errorCode": "x" * 400} for n in range(9)]
    text = str(refusal({"message": "Bad", "details": details}))
    assert "field0 [1m: xxx" in text
    assert text.isprintable()
    assert len(text) < 1200
    short = [{"fieldName": f"field{n}"} for n in range(9)]
    assert "field4; and 4 more]" in str(refusal({"message": "Bad", "details": short}))
    assert "field5" not in str(refusal({"message": "Bad", "details": short}))


def test_secrets_are_masked_in_all_of_it() -> None:
    error = refusal(
        {
            "message": "hunter2 will not do",
            "messageParams": {"given": "hunter2"},
            "details": [{"errorCode": "hunter2", "fieldName": "password"}],
            "errors": [{"message": "{given}", "messageParams": {"given": "hunter2"}}],
        }
    )
    error.redact(["hunter2"])
    assert error.details == (Detail(error_code="***", field_name="password"),)
    for shown in (str(error), repr(error.error), error.message or "", repr(error.details)):
        assert "hunter2" not in shown
        assert "***" in shown


def test_it_survives_pickling_and_another_thread_raising_it() -> None:
    error = refusal({"code": "x", "message": "{a}", "messageParams": {"a": "b"}, "details": [{}]})
    for twin in (pickle.loads(pickle.dumps(error)), error.duplicate()):
        assert (twin.code, twin.message, twin.details) == ("x", "b", (Detail(),))
        assert str(twin) == str(error)


def test_the_text_is_of_the_body_that_is_there_now() -> None:
    error = refusal({"code": "one", "contextId": "c-1"})
    before = dict(vars(error))
    assert str(error).endswith("(code one, correlation id c-1)")
    assert vars(error) == before

    error.body = '{"code": "hunter2", "contextId": "c-2"}'
    assert str(error).endswith("(code hunter2, correlation id c-2)")
    error.redact(["hunter2"])
    assert str(error).endswith("(code ***, correlation id c-2)")
    error.body = None
    assert str(error) == "The call was answered 400 No"


class Quoting(ApiException):
    """Has a text in which there is that of another exception."""

    other = refusal({"code": "inner"})

    @property
    def advice(self) -> str:
        """What the other says."""
        return f"{self.other.code}: {self.other}"

    @advice.setter
    def advice(self, advice: str) -> None:
        raise NotImplementedError


def test_a_text_within_a_text_is_of_its_own_body() -> None:
    error = Quoting(http_resp=RESTResponse(400, "No", {}, b'{"code": "outer", "contextId": "c"}'))
    assert str(error) == (
        "The call was answered 400 No (code outer, correlation id c); "
        "inner: The call was answered 400 No (code inner)"
    )


@pytest.mark.parametrize("depth", [1, 10, 200, 320, 340, 400, 450, 490, 900, 2000, 100_000])
def test_errors_behind_each_other_are_read_or_left_alone_however_deep(depth: int) -> None:
    error = refusal('{"errors": [' * depth + '{"details": [{}], "message": "m"}' + "]}" * depth)
    assert error.message == ("m" if error.error else None)
    assert error.code is None
    assert error.details == ((Detail(),) if error.error else ())
    assert error.advice == ""
    assert "was answered 400" in str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *ErrorBody.attribute_map.values(),
                    *Detail.attribute_map.values(),
                    *("error", "error_description", "detail", "scimType", "errorMessage"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_body_is_ever_a_second_error(body: Any) -> None:
    error = refusal(body)
    assert error.error is None or type(error.error) is ErrorBody
    assert error.code is None or error.code
    assert error.message is None or isinstance(error.message, str)
    assert all(type(one) is Detail for one in error.details)
    assert str(error).isprintable()
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


# What to do


@pytest.mark.parametrize("code", ["not.found", "missing.any.permissions", "general.conflict"])
def test_the_advice_is_that_of_the_code(api: MessagingApi, service: Service, code: str) -> None:
    status = int(ERROR_CODES[code].status)
    service.answer(status, {"message": "No.", "code": code})
    with pytest.raises(ApiException) as caught:
        api.get_messaging_integrations_line()
    assert caught.value.advice == ERROR_CODES[code].advice
    assert str(caught.value).endswith(f"(code {code}); {caught.value.advice}")


def test_every_code_of_the_page_of_errors_leads_to_advice_unless_it_is_about_signing_in() -> None:
    page = Path(__file__).parents[1] / "docs" / "errors.md"
    rows = re.findall(r"^\| `([^`]+)` \| ([0-9, ]+) \|", page.read_text("utf-8"), re.MULTILINE)
    for code, statuses in rows:
        _, meaning, advice = ERROR_CODES[code]
        assert meaning.endswith(".")
        assert not advice.endswith(".")
        for status in map(int, statuses.split(", ")):
            assert refusal({"code": code}, status).advice == (advice if status != 401 else "")
            assert refusal({"error": code}, status).advice == ""  # as the login service has it
    assert rows == [(code, one.status) for code, one in ERROR_CODES.items()]


def test_the_sandbox_refuses_with_the_codes_that_the_platform_has() -> None:
    statuses = {status for one in ERROR_CODES.values() for status in one.status.split(", ")}
    for status, (code, _) in STATUS_ERRORS.items():
        if str(status) in statuses:
            assert ERROR_CODES[code].status == str(status)


def test_a_code_that_nobody_knows_has_no_advice(api: MessagingApi, service: Service) -> None:
    service.answer(400, {"message": "No.", "code": "brand.new"})
    with pytest.raises(ApiException) as caught:
        api.get_messaging_integrations_line()
    assert (caught.value.code, caught.value.advice) == ("brand.new", "")


def test_what_the_sandbox_refuses_names_the_field(sandbox_api: MessagingApi) -> None:
    with pytest.raises(ApiException) as caught:
        sandbox_api.post_messaging_integrations_facebook({"name": "Sales"})
    error = caught.value
    assert error.code == "invalid.value"
    field = error.details[0].field_name
    assert field
    assert field in str(error)
    assert error.message
    assert "{" not in error.message


def test_who_knows_better_what_to_do_is_heard(api: MessagingApi, service: Service) -> None:
    service.answer(401, {"message": "No.", "code": "bad.credentials"})
    with pytest.raises(ApiException) as caught:
        api.get_messaging_integrations_line()
    assert caught.value.advice == "the access token is unknown to this host, or has expired"
    caught.value.advice = "call Ann"
    assert str(pickle.loads(pickle.dumps(caught.value))).endswith("; call Ann")
