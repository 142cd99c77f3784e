"""Which names are those of secrets, and how what stands under them is kept out of sight."""

from __future__ import annotations

import base64
import re
from typing import Any
from urllib.parse import quote

import pytest

from PureCloudPlatformClientV2._wire.redaction import (
    find_query_secrets,
    find_secrets,
    is_secret_name,
    is_signed,
    mask_headers,
    mask_secrets,
    mask_signed_urls,
    mask_text,
    mask_url,
    redact,
)

# Names


def spelt(name: str) -> set[str]:
    """A name of camel case in every way that names are spelt."""
    snake = re.sub("([A-Z])", r"_\1", name).lower()
    return {name, snake, snake.upper(), snake.replace("_", "-"), snake.title().replace("_", "-")}


OF_THE_PLATFORM = """
    accessTokenSecret apiKey appSecret auth authToken channelSecret clientSecret codeChallenge
    codeVerifier connectUri consumerSecret cookieValues credentialFields deviceToken
    embeddedSignupAccessToken encodedQuickResponseCode entityToken joinCode jwt keyUri mapboxKey
    newPassword oauthClientSecret oldPassword outboundNotificationWebhookSignatureSecretToken
    pageAccessToken pairingToken password pin privateKey secret sessionJoinToken signedCookie
    signupCode switcherSecret token userAccessToken wabaCertificate webhookHeaders
"""

OF_OAUTH_AND_HTTP = """
    accessToken assertion authorization clientAssertion cookie idToken proxyAuthorization
    refreshToken setCookie
"""

OF_OTHERS = """
    gatewayApiKey samlAssertion forwardedAuthorization sessionCookie databasePassword hmacSecret
    csrfToken pkceVerifier xApiKey
"""
"""Which nobody could list, such as those of the headers of a gateway."""


@pytest.mark.parametrize("name", f"{OF_THE_PLATFORM} {OF_OAUTH_AND_HTTP} {OF_OTHERS}".split())
def test_names_of_secrets_are_recognised(name: str) -> None:
    assert [one for one in spelt(name) if not is_secret_name(one)] == []


@pytest.mark.parametrize(
    "name",
    [
        *("name", "accessTokenKey", "consumerKey", "tokenType", "expiresIn", "code", "secretary"),
        *("", "passwordRequirements", "pinRequired", "authenticationUrl", "publicKey"),
        # These end like that of a secret.
        *("changePassword", "cursorToken", "nextPageToken", "orgAuthorization", "pageToken"),
    ],
)
def test_names_of_other_things_are_not(name: str) -> None:
    assert [one for one in spelt(name) if is_secret_name(one)] == []


# Values


def test_masking_leaves_the_rest_and_the_original_alone() -> None:
    value = {"a": [{"token": "x", "b": 1}], "password": None, "secret": {"inner": 1}}
    assert mask_secrets(value) == {
        "a": [{"token": "***", "b": 1}],
        "password": None,
        "secret": "***",
    }
    assert value["a"] == [{"token": "x", "b": 1}]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ([("password", "x"), ("a", "y")], [["password", "***"], ["a", "y"]]),
        ([["password", ["x", "y"]]], [["password", "***"]]),
        (("token", None), ["token", None]),
        (("code", "x"), ["code", "x"]),
        ([("code", "x"), ("grant_type", "g")], [["code", "***"], ["grant_type", "g"]]),
        ([("code", "x")], [["code", "x"]]),
        ({"a": ("code", "x")}, {"a": ["code", "x"]}),
        ({"a": [("b", {"secret": "x"})]}, {"a": [["b", {"secret": "***"}]]}),
        ([("privateKey", ("key.pem", b"xyz"))], [["privateKey", ["key.pem", "<3 bytes>"]]]),
        (
            {"privateKey": ("key.pem", b"xyz", "text/plain")},
            {"privateKey": ["key.pem", "<3 bytes>", "text/plain"]},
        ),
        ({"privateKey": ("key.pem",)}, {"privateKey": "***"}),
        ({"privateKey": ("a", b"b", "c", "d")}, {"privateKey": "***"}),
        ({"a": ("token", b"", "text/plain")}, {"a": ["token", "<0 bytes>", "text/plain"]}),
    ],
)
def test_masking_of_fields_and_files(value: Any, shown: Any) -> None:
    assert mask_secrets(value) == shown


BASIC = base64.b64encode("id-\u00e9:pass:word".encode("latin-1")).decode()


@pytest.mark.parametrize(
    ("value", "secrets"),
    [
        ({"a": "x"}, set[str]()),
        ({"token": "x", "password": None}, {"x"}),
        ({"password": "two words"}, {"two words"}),
        ({"Authorization": "Bearer x"}, {"x"}),
        ({"Authorization": "x"}, {"x"}),
        ({"Authorization": ["Bearer x"]}, {"Bearer x"}),
        ({"Authorization": f"Basic {BASIC}"}, {BASIC, "pass:word"}),
        ({"proxy-authorization": f"basic {BASIC}"}, {BASIC, "pass:word"}),
        ({"Authorization": "Basic x"}, {"x"}),
        ([{"a": [{"secret": "x"}]}, {"b": {"token": "y"}}], {"x", "y"}),
        ({"webhookHeaders": {"X-A": "x", "X-B": ["y", {"c": "z"}], "X-D": 1}}, {"x", "y", "z"}),
        ("x", set[str]()),
        (("code", "x"), set[str]()),
        ({"a": ("code", "x")}, set[str]()),
        ([("a", "x"), ("token", "y"), ["pin", "z"], ("token", "w")], {"y", "z", "w"}),
        ([("grant_type", "authorization_code"), ("code", "x")], {"x"}),
        ([("code", "x")], set[str]()),
        ({"privateKey": ("key.pem", b"x")}, set[str]()),
        ({"privateKey": ("key.pem", b"x", "text/plain")}, set[str]()),
    ],
)
def test_secrets_are_found_by_name(value: Any, secrets: set[str]) -> None:
    assert find_secrets(value) == secrets


@pytest.mark.parametrize(
    "name", ["codeVerifier", "code_verifier", "grant_type", "redirectUri", "redirect_uri"]
)
def test_a_code_is_secret_beside_what_it_is_sent_with(name: str) -> None:
    fields = {"code": "the-code", name: "y"}
    assert mask_secrets(fields)["code"] == "***"
    assert "the-code" in find_secrets(fields)
    assert "the-code" in find_query_secrets(f"/x?code=the-code&{name}=y")
    assert mask_url(f"/x?code=the-code&{name}=y").startswith("/x?code=***&")


# Texts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"token": "x", "a": 1}', '{"token": "***", "a": 1}'),
        ('{"a":1}', '{"a":1}'),
        ("<html>", "<html>"),
        # What is left of a longer body.
        ('{"a": "b", "token" : "x", "c', '{"a": "b", "token" : "***", "c'),
        ('{"token":"x\\"y', '{"token":"***"'),
        ('{"a":"see http://h/a?b=1&amp;c=2","d', '{"a":"see http://h/a?b=1&amp;c=2","d'),
        ("see http://h/a?sig=1&amp;c=2 or", "see http://h/a?sig=***&c=*** or"),
    ],
)
def test_masking_of_bodies(text: str, shown: str) -> None:
    assert mask_text(text) == shown


# URLs


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/x", "https://h/x"),
        ("https://h/x?", "https://h/x?"),
        ("https://h/x?a=1&b", "https://h/x?a=1&b"),
        ("https://h/x?token=t&a=1", "https://h/x?token=***&a=1"),
        ("https://h/x?a=1&api-key=k=k", "https://h/x?a=1&api-key=***"),
        ("https://h/x?token=t?t", "https://h/x?token=***"),
        ("https://h/x?access%5Ftoken=t", "https://h/x?access%5Ftoken=***"),
        ("https://me:pw@h:1/x", "https://me:***@h:1/x"),
    ],
)
def test_masking_of_queries(url: str, shown: str) -> None:
    assert mask_url(url) == shown


@pytest.mark.parametrize(
    ("query", "secrets"),
    [
        ("", set[str]()),
        ("a=1&b", set[str]()),
        ("token=k=k&a=1", {"k=k"}),
        ("token=a?b", {"a?b"}),
        ("api-key=a%20b", {"a%20b", "a b"}),
        ("a=1&policy=2&Key-Pair-Id=3", set[str]()),
    ],
)
def test_secrets_of_queries_are_found(query: str, secrets: set[str]) -> None:
    assert find_query_secrets(f"https://h/x?{query}") == secrets


SIGNATURES = ["sig", "Signature", "X-Amz-Signature", "X-Goog-Signature", "x%2Damz%2Dsignature"]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signed_url_is_shown_without_its_query(signature: str) -> None:
    url = f"https://h/x?response-type=a&{signature}=b=c?d"
    shown = f"https://h/x?response-type=***&{signature}=***"
    assert is_signed(url)
    assert mask_url(url) == shown
    assert mask_signed_urls([{"a": f"see {url}"}]) == [{"a": f"see {shown}"}]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_what_gives_a_signed_url_away_is_secret(signature: str) -> None:
    others = ["AWSAccessKeyId", "Key-Pair-Id", "Policy", "X-Amz-Credential", "X-Goog-Credential"]
    pairs = [f"{name}=of-{name}" for name in others]
    assert find_query_secrets(f"/x?a=1&{signature}=2&{'&'.join(pairs)}") == {
        "2",
        *(f"of-{name}" for name in others),
    }


@pytest.mark.parametrize("url", ["https://h/x", "https://h/sig=1", "https://h/x?a=sig&design=1"])
def test_other_urls_are_not_signed(url: str) -> None:
    assert not is_signed(url)


# Headers


def test_headers_are_shown_without_secrets() -> None:
    headers = {
        "Authorization": "Bearer x",
        "X-Api-Key": "x",
        "X-Other": "what? code=1",
        "location": "/x?token=t&a=1",
        "Content-Location": "https://h/x?a=1&sig=s",
        "Link": "<https://h/x?token=t>; rel=next, <https://u:pw@h/y?token=t&a=1>; rel=last",
    }
    assert mask_headers(headers) == {
        "Authorization": "***",
        "X-Api-Key": "***",
        "X-Other": "what? code=1",
        "location": "/x?token=***&a=1",
        "Content-Location": "https://h/x?a=***&sig=***",
        "Link": "<https://h/x?token=***>; rel=next, <https://u:***@h/y?token=***&a=1>; rel=last",
    }


# Known secrets


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("abcd", "abcd"),
        ("a/b c", "a%2Fb%20c"),
        ("a/b c", "a/b%20c"),
        ("a/b c", "a%2Fb+c"),
        ("a/b c", "a/b+c"),
        ('\u00e9 "b', '\\u00e9 \\"b'),
        ('\u00e9 "b', '\u00e9 \\"b'),
        ('\u00e9 "b', '\\\\u00e9 \\\\\\"b'),  # in the JSON of a text that is JSON itself
        ('\u00e9 "b', '\u00e9 \\\\\\"b'),
        ("\ud800 abc", "\ud800 abc"),
        ("\ud800 abc", "\\ud800 abc"),
        ("\ud800 abc", quote("\ud800 abc", errors="surrogatepass")),
    ],
)
def test_a_known_secret_is_masked_however_it_is_written(secret: str, text: str) -> None:
    assert redact(f"null <{text}> and {text}.", [secret]) == "null <***> and ***."


def test_the_longest_secret_is_masked_first() -> None:
    assert redact("my-hunter2-and-more", ["hunter2", "my-hunter2-and-more", "more"]) == "***"


def test_what_is_too_short_to_be_a_secret_stays() -> None:
    # It would blacken ordinary words.
    assert redact("a cat", ["cat", ""]) == "a cat"
