"""A byte order mark before JSON, as some gateways put it there, is read over."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    MessagingApi,
    UnauthorizedException,
)
from PureCloudPlatformClientV2._wire.json_values import parse_json


def marked(value: Any) -> bytes:
    return codecs.BOM_UTF8 + json.dumps(value).encode()


def test_a_model_is_read(api: MessagingApi, service: Service) -> None:
    service.answer(200, marked({"total": 1, "entities": [{"name": "\ufeffa"}]}))
    listing = api.get_messaging_integrations_line()
    assert (listing.total, listing[0].name) == (1, "\ufeffa")
    assert api.api_client.last_response is not None
    assert api.api_client.last_response.content.startswith(codecs.BOM_UTF8)
    assert json.loads(api.api_client.last_response.data)["total"] == 1


@pytest.mark.parametrize(
    ("response_type", "value"),
    [("object", {"a": [1]}), ("str", "a"), ("int", 5), ("list[str]", [])],
)
def test_other_types_are_read(
    api_client: ApiClient, service: Service, response_type: str, value: Any
) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    service.answer(200, marked(value), headers=headers)
    assert api_client.call_api("/x", "GET", response_type=response_type) == value


def test_an_error_is_read(api: MessagingApi, service: Service) -> None:
    service.answer(400, marked({"message": "no such thing", "code": "bad", "password": "canary"}))
    with pytest.raises(ApiException, match="no such thing") as caught:
        api.get_messaging_integrations_line()
    failure = caught.value
    assert failure.error is not None
    assert (failure.error.message, failure.error.code) == ("no such thing", "bad")
    assert json.loads(failure.body or "")["password"] == "***"


def test_tokens_and_their_errors_are_read(api_client: ApiClient, service: Service) -> None:
    service.answer(200, marked({"access_token": "the-token", "expires_in": 3600}))
    api_client.get_client_credentials_token("id", "secret")
    assert api_client.access_token == "the-token"
    service.answer(401, marked({"error": "invalid_client", "error_description": "who?"}))
    with pytest.raises(UnauthorizedException, match="who") as caught:
        api_client.get_client_credentials_token("id", "secret")
    assert caught.value.oauth_error == "invalid_client"


@pytest.mark.parametrize(
    "text", ['{"general": {"host": "https://a.example"}}', "[general]\nhost = https://a.example\n"]
)
def test_a_configuration_file_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config"
    path.write_text(text, encoding="utf-8-sig")
    assert Configuration(config_file_path=str(path)).host == "https://a.example"


@pytest.mark.parametrize(
    "text",
    [
        codecs.BOM_UTF8,
        codecs.BOM_UTF8 * 2 + b"{}",
        b" " + codecs.BOM_UTF8 + b"{}",
        b"{}" + codecs.BOM_UTF8,
        codecs.BOM_UTF16_LE + "{}".encode("utf-16-le"),
    ],
)
def test_anywhere_else_it_is_no_json(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"Expecting value|Extra data|utf-8"):
        parse_json(text)
