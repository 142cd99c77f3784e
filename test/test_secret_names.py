"""Which fields and parameters of the platform are secrets: every name that could be one is decided.

The lists were written by hand, with the models that have the names in view.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from contract_facts import CONTRACT
from service import Service

from PureCloudPlatformClientV2 import ApiClient, ApiException, ConversationsApi
from PureCloudPlatformClientV2._wire.redaction import (
    MASK,
    SECRET_FIELDS,
    find_query_secrets,
    is_secret_field,
    is_secret_name,
    mask_secrets,
    mask_url,
)

_SECRET = """
    apiKey appSecret auth auth-token authToken authorization clientSecret codeChallenge
    codeVerifier connectUri cookieValues credentialFields deviceToken embeddedSignupAccessToken
    encodedQuickResponseCode entityToken idToken joinCode jwt keyUri mapboxKey newPassword
    oauthClientSecret oldPassword outboundNotificationWebhookSignatureSecretToken
    pageAccessToken pairing-token password pin refreshToken secret sessionJoinToken
    signedCookie signupCode token userAccessToken wabaCertificate webhookHeaders
"""

SECRET = set(_SECRET.split())

BY_TYPE = {
    "authorization": {
        "TrusteeAuthorization",
        "UserAuthorization",
    },  # roles and permissions; the header is a secret
    "signedCookie": {"LearningAssignmentStepSignedCookie"},  # whose values are secret
    "token": {"GoogleAuthTokenReference", "TokenInfo"},  # an id, and what is known of a token
}
"""Types of fields with the name of a secret that hold none themselves."""

PUBLIC_BY_KIND = {
    "Numbers, switches, dates and lists of choices that tell of a secret": """
        accessTokenValiditySeconds authorizationGrantDivisionAware authorized
        authorizedGrantType authorizedScope certType clientSecretProvided convertedTokenCount
        credentialTypes dateTokenIdles enableIdleTokenTimeout idleTokenTimeoutSeconds
        includeAuthActions keyConfigurationType keyValue multifactorAuthenticationRequired
        oauthScope oauthScopes pass passPercent pinRequired redirectToAuth requireResidentKey
        residentKey secretSize serverSideEncryption signatureValid signedUrlTimeoutSeconds
        tokenConversionRate tokenExpirationDate tokenStorageLocation workPlanLookupKeysPerWeek
    """,
    "Objects, whose own fields are judged": """
        OAuthClient appleAuthentication authenticationProperties authenticationSchemes
        authenticationSettings authorizedDomains botCredentials certificateDetails
        changePassword credential credentials excludeCredentials lastTokenIssued
        localEncryptionConfiguration oauth oauthClient orgAuthorization passwordRequirements
        pinConfiguration pubKeyCredParams ucIntegrationKey
    """,
    "Ids, names and addresses, which say where or whose a secret is": """
        Idempotency-Key authUser authenticationUrl certificateId credentialId customerCookieId
        deviceTokenId keyConfigurationId kmsKeyArn oauthClientId oauthClientIds oauthClientNames
        oauthClientOrgId oauthTokenUrl paymentCertificateCredentialId tokenId
        vendorOAuthClientIds verifierId
    """,
    "Keys to look something up by": """
        actionSetKey criteriaKey dataKey dropShiftReferenceKeys externalKey key keyAsString keys
        labelKeys pickupShiftReferenceKeys referenceKey schemaKeyName schemaPropertyKey sortKey
        uploadKey
    """,
    "Made to be shown: certificates (X.509), public keys, hashes, what is good for one answer": """
        certificate certificates challenge nonce publicKey sessionHash signature signedUrl
        tokenHash
    """,
    "Other meanings": """
        authorizedActions certifications privateComments
    """,
}

PUBLIC = {name for names in PUBLIC_BY_KIND.values() for name in names.split()}

_LIKELY = """
    apikey assertion assertions auth authentication authorization bearer cert certs certificate
    certificates cipher cookie cookies credential credentials crypto encrypted encryption hash jwt
    jwts key keys nonce oauth otp pass passcode passphrase passwd password passwords pem pin pins
    private pwd salt saml secret secrets signature signed token tokens verifier challenge
"""

_WORDS = set(_LIKELY.split())

_PARTS = "apikey|authoriz|certif|cookie|credential|passw|secret|token|verifier"

NOT_LIKE_ONE = {
    "connectUri",
    "encodedQuickResponseCode",
    "joinCode",
    "signupCode",
    "webhookHeaders",
}
"""Secrets whose names do not look it, such as a picture of a secret."""


def looks_secret(name: str) -> bool:
    """Whether a name has a word in it, or a part of one, that a secret could have."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return not _WORDS.isdisjoint(word.lower() for word in words) or bool(
        re.search(_PARTS, name.lower())
    )


def read(name: str) -> Any:
    return json.loads(gzip.decompress((CONTRACT / name).read_bytes()))


PLATFORM, NOTIFICATIONS = read("platform.swagger.json.gz"), read("notifications.json.gz")

SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def type_of(schema: dict[str, Any]) -> str:
    """The type of a field, as ``swagger_types`` has it."""
    (schema,) = schema.get("allOf", [schema])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"list[{type_of(schema['items'])}]"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"dict(str, {type_of(schema['additionalProperties'])})"
    if str(schema.get("format")).startswith("date"):
        return "datetime"
    return SCALARS.get(str(schema.get("type")), "object")


def all_fields() -> Iterator[tuple[str, str, str]]:
    """The fields of all models: model, wire name and type."""
    for document in (PLATFORM, NOTIFICATIONS):
        for model, definition in document["definitions"].items():
            for name, schema in definition.get("properties", {}).items():
                yield model, name, type_of(schema)


FIELDS = list(all_fields())

PARAMETERS = {
    parameter["name"]
    for path in PLATFORM["paths"].values()
    for operation in path.values()
    for parameter in operation.get("parameters", [])
    if parameter["in"] != "body"
}

NAMES = {name for _, name, _ in FIELDS} | PARAMETERS


def test_every_name_that_could_be_one_of_a_secret_is_decided() -> None:
    assert {name for name in NAMES if looks_secret(name)} | NOT_LIKE_ONE == SECRET | PUBLIC
    assert SECRET.isdisjoint(PUBLIC)


def test_the_rule_is_what_was_decided() -> None:
    assert {name for name in NAMES if is_secret_name(name)} == SECRET


def test_a_field_is_secret_by_its_name_unless_its_type_cannot_be() -> None:
    otherwise = {
        (model, name)
        for model, name, kind in FIELDS
        if is_secret_field(model, name, kind) != (name in SECRET)
    }
    by_type = {(model, name) for model, name, kind in FIELDS if kind in BY_TYPE.get(name, ())}
    assert otherwise == SECRET_FIELDS | by_type
    known = {(model, name) for model, name, _ in FIELDS}
    assert known >= SECRET_FIELDS


@pytest.mark.parametrize(
    "kind", ["str", "object", "list[str]", "dict(str, str)", "dict(str, object)"]
)
def test_what_may_hold_a_text_may_be_secret(kind: str) -> None:
    assert is_secret_field("Any", "password", kind)
    assert is_secret_field("GoogleAuthTokenRequest", "code", kind)
    assert not is_secret_field("Any", "code", kind)
    assert not is_secret_field("Any", "nextPageToken", kind)


@pytest.mark.parametrize(
    "kind", ["int", "bool", "float", "datetime", "date", "TokenInfo", "list[TokenInfo]"]
)
def test_other_types_hold_none(kind: str) -> None:
    assert not is_secret_field("Any", "token", kind)
    assert not is_secret_field("GoogleAuthTokenRequest", "code", kind)


# The code of an authorization


@pytest.mark.parametrize(
    ("content", "masked"),
    [
        ({"code": "x", "redirectUri": "y"}, {"code": MASK, "redirectUri": "y"}),
        ({"code": "x", "redirect_uri": "y"}, {"code": MASK, "redirect_uri": "y"}),
        ({"code": "x", "codeVerifier": "y"}, {"code": MASK, "codeVerifier": MASK}),
        ({"code": "bad.request", "status": 400}, {"code": "bad.request", "status": 400}),
        ({"code": "x", "state": "y"}, {"code": "x", "state": "y"}),
    ],
)
def test_a_code_is_secret_beside_what_makes_it_one(content: Any, masked: Any) -> None:
    assert mask_secrets(content) == masked


@pytest.mark.parametrize(
    ("query", "masked", "secrets"),
    [
        ("code=abcd&state=ef%20gh&x=1", "code=***&state=***&x=1", {"abcd", "ef%20gh", "ef gh"}),
        ("code=abcd", "code=abcd", set[str]()),
        ("state=open&sort=code", "state=open&sort=code", set[str]()),
        ("code=abcd&redirect_uri=u", "code=***&redirect_uri=u", {"abcd"}),
    ],
)
def test_a_callback_shows_neither_code_nor_state(
    query: str, masked: str, secrets: set[str]
) -> None:
    assert mask_url(f"http://h/p?{query}") == f"http://h/p?{masked}"
    assert find_query_secrets(f"http://h/p?{query}") == secrets


def test_the_id_of_a_notification_channel_is_not_shown_as_it_opens_its_websocket() -> None:
    url = "https://api.example.com/api/v2/notifications/channels/streaming-0-a1/subscriptions?x=1"
    assert mask_url(url) == url.replace("streaming-0-a1", "***")


def test_a_log_of_a_callback_shows_neither(
    api_client: ApiClient, service: Service, log_file: Path
) -> None:
    service.answer(200, {"state": "the-state"})
    api = ConversationsApi(api_client)
    api.get_conversations_messaging_oauth_apple_callback("the-code", "the-state")
    logged = log_file.read_text(encoding="utf-8")
    assert "code=***&state=***" in logged
    assert "the-" not in logged
    assert "Authorization" not in service.requests[-1].headers


def test_an_error_of_a_callback_shows_neither(api_client: ApiClient, service: Service) -> None:
    path = "/api/v2/conversations/messaging/oauth/apple/callback"
    service.answer(400, {"message": "the-code with the-state"})
    with pytest.raises(ApiException) as caught:
        api_client.call_api(
            path, "GET", query_params={"code": "the-code", "state": "the-state"}, auth_settings=[]
        )
    assert caught.value.url == f"{service.url}{path}?code=***&state=***"
    assert "the-" not in f"{caught.value} {caught.value.body}"
