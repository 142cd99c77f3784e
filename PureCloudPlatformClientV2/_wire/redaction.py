"""What is a secret, and how it is kept out of sight: the only redaction rule.

The fields of models say themselves that they are secret (``models.base.Secret``). Whatever else
goes over the wire is judged by its name: a header, a query, a form, a dict, a field that this
version does not know.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Set
from functools import lru_cache
from typing import Any, Generic, TypeVar
from urllib.parse import quote, quote_plus, unquote_plus

T = TypeVar("T")

MASK = "***"
"""Stands where a secret was."""

_SECRET_NAMES = frozenset(
    {
        "auth",
        "codechallenge",
        "connecturi",
        "cookievalues",
        "credentialfields",
        "encodedquickresponsecode",
        "joincode",
        "jwt",
        "keyuri",
        "mapboxkey",
        "pin",
        "privatekey",
        "signupcode",
        "wabacertificate",
        "webhookheaders",
    }
)
"""Names of secrets that do not end like one, without case, hyphens and underscores."""

_SECRET_ENDINGS = (
    "apikey",
    "assertion",
    "authorization",
    "cookie",
    "password",
    "secret",
    "token",
    "verifier",
)
"""What the name of any other secret ends with, be it of the platform, of OAuth or of a gateway."""

_PUBLIC_NAMES = frozenset(
    {"changepassword", "cursortoken", "nextpagetoken", "orgauthorization", "pagetoken"}
)
"""Names that end like that of a secret and are none."""

SECRET_FIELDS = frozenset(
    {
        ("ConnectionUpdateRequest", "code"),
        ("GoogleAuthTokenRequest", "code"),
        ("WebDeploymentsOAuthRequestParameters", "code"),
    }
)
"""Fields that are secret although others of their names are not, by model and wire name."""

_JSON_FIELD = r'"([^"\\]*)"(\s*:\s*)"((?:[^"\\]|\\.)*)"?'

# Compiled when something is first masked, by the functions of re.
_URL = r"https?://[^\s\"'<>\\]+"

_CHANNEL = r"(/notifications/channels/)[^/]+"
"""Whoever has the id of a notification channel can listen to it, without a token."""

_USER_INFO = r"(://[^/@:]*:)[^/@]*@"

_SHORTEST_SECRET = 4
"""A shorter one would blacken ordinary words, and hides nothing that could not be guessed."""


class Masked(Generic[T]):
    """Keeps a secret out of sight of whatever shows local variables.

    Tools that do so for the frames of a traceback write a plain object by its ``repr``, but look
    into texts, tuples and dicts. So a secret is never a local variable itself, but in one of these.
    """

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        """Hide a value, which is found at ``value``."""
        self.value: T = value

    def __repr__(self) -> str:
        return MASK


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Whether a field, header or parameter of this name holds a secret.

    Args:
        name: The name, in camel case, snake case or with hyphens.
    """
    name = _plain(name)
    return name in _SECRET_NAMES or (name.endswith(_SECRET_ENDINGS) and name not in _PUBLIC_NAMES)


def is_secret_field(model: str, wire_name: str, type_name: str) -> bool:
    """Whether a field of a model of the platform holds a secret.

    Args:
        model: The name of the model.
        wire_name: The wire name of the field.
        type_name: Its type, as ``swagger_types`` has it. Texts are secrets, and what may hold some;
            numbers, dates and truth values tell of one, and a model has fields of its own.
    """
    inner = re.fullmatch(r"(?:list\[|dict\(str, )*(\w+)[\])]*", type_name)
    holds_text = inner is not None and inner[1] in ("str", "object")
    return holds_text and (is_secret_name(wire_name) or (model, wire_name) in SECRET_FIELDS)


_OF_A_GRANT = frozenset(
    {"codeVerifier", "code_verifier", "grant_type", "redirectUri", "redirect_uri"}
)
"""What an authorization code is sent along with."""

_OF_A_CALLBACK = frozenset({"code", "state"})
"""What comes back in the query of a URL from where somebody has signed in."""

_SIGNATURES = frozenset({"sig", "signature", "xamzsignature", "xgoogsignature"})
"""What a signed URL has in its query; whoever knows the URL may fetch the file, or put it there."""

_OF_A_SIGNATURE = _SIGNATURES | {
    "awsaccesskeyid",
    "keypairid",
    "policy",
    "xamzcredential",
    "xgoogcredential",
}
"""What of such a query must not be shown, should a response repeat it."""


def is_secret_among(name: str, neighbours: Iterable[str]) -> bool:
    """Whether a field of this name holds a secret, beside others of these names."""
    # The code of an error is worth reading, that of an authorization code grant worth stealing.
    return is_secret_name(name) or (name == "code" and not _OF_A_GRANT.isdisjoint(neighbours))


def _is_secret_in_query(name: str, names: Set[str]) -> bool:
    return (
        is_secret_among(name, names)
        or (name in _OF_A_CALLBACK and names >= _OF_A_CALLBACK)
        or (_plain(name) in _OF_A_SIGNATURE and _has_signature(names))
    )


def _has_signature(names: Iterable[str]) -> bool:
    return not _SIGNATURES.isdisjoint(map(_plain, names))


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def is_signed(url: str) -> bool:
    """Whether the query of a URL is a permission in itself, as that of a storage service is."""
    _, _, query = url.partition("?")
    return _has_signature(unquote_plus(pair.partition("=")[0]) for pair in query.split("&"))


def mask_secrets(value: Any) -> Any:
    """Copy a value with everything masked that stands under the name of a secret.

    Args:
        value: A JSON value, or form fields as a dict or as pairs; of a file among them its name and
            its length are shown, never its content.
    """
    return _masked(value, {})


def _masked(value: Any, neighbours: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _masked_field(str(name), item, value) for name, item in value.items()}
    if _is_field(value):
        return [value[0], _masked_field(value[0], value[1], neighbours)]
    if isinstance(value, (list, tuple)):
        fields = dict(filter(_is_field, value))
        return [_masked(item, fields) for item in value]
    return f"<{len(value)} bytes>" if isinstance(value, bytes) else value


def _masked_field(name: str, value: Any, neighbours: Mapping[str, Any]) -> Any:
    secret = value is not None and not is_file(value) and is_secret_among(name, neighbours)
    return MASK if secret else _masked(value, {})


def _is_field(value: Any) -> bool:
    """Whether a value is a field of a form: a pair of its name and what it holds."""
    return isinstance(value, (list, tuple)) and len(value) == 2 and isinstance(value[0], str)


def is_file(value: Any) -> bool:
    """Whether a value is a file in a form: a tuple of its name, its content and perhaps a type."""
    return isinstance(value, tuple) and len(value) in (2, 3) and isinstance(value[1], bytes)


def mask_text(text: str) -> str:
    """Mask the secrets in the text of a body, or in what is left of it.

    That is what stands under the name of one, and the query of a signed URL. A text without a
    secret comes back as it was.
    """
    try:
        content = json.loads(text)
        masked = mask_signed_urls(mask_secrets(content))
    except (ValueError, RecursionError):
        return _without_signatures(re.sub(_JSON_FIELD, _mask_field, text))
    return text if masked == content else json.dumps(masked)


def mask_signed_urls(value: Any) -> Any:
    """Copy a JSON value with the query of every signed URL masked that is in its texts."""
    if isinstance(value, str):
        return _without_signatures(value)
    if isinstance(value, dict):
        return {name: mask_signed_urls(item) for name, item in value.items()}
    return list(map(mask_signed_urls, value)) if isinstance(value, (list, tuple)) else value


def _without_signatures(text: str) -> str:
    return re.sub(_URL, _mask_signed_url, text) if "://" in text else text


def _mask_signed_url(url: re.Match[str]) -> str:
    plain = url[0].replace("&amp;", "&")  # as HTML and XML have it
    return mask_url(plain) if is_signed(plain) else url[0]


def _mask_field(field: re.Match[str]) -> str:
    name, between, _ = field.groups()
    return f'"{name}"{between}"{MASK}"' if is_secret_name(name) else field[0]


def find_secrets(value: Any) -> set[str]:
    """Collect every text that stands under the name of a secret.

    Args:
        value: A JSON value, a dict of headers, or form fields as a dict or as pairs.
    """
    return _found(value, {})


def _found(value: Any, neighbours: Mapping[str, Any]) -> set[str]:
    found = set[str]()
    if isinstance(value, dict):
        return found.union(*(_found_in(str(name), item, value) for name, item in value.items()))
    if _is_field(value):
        return _found_in(value[0], value[1], neighbours)
    if isinstance(value, (list, tuple)):
        fields = dict(filter(_is_field, value))
        return found.union(*(_found(item, fields) for item in value))
    return found


def _found_in(name: str, value: Any, neighbours: Mapping[str, Any]) -> set[str]:
    if is_file(value):  # whose name is no secret
        return set()
    if not is_secret_among(name, neighbours):
        return _found(value, {})
    if isinstance(value, str) and "authorization" in name.lower():
        return _credentials(value)
    return _texts(value)


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return set[str]().union(*map(_texts, value))
    return {value} if isinstance(value, str) else set()


def _credentials(header: str) -> set[str]:
    """What an Authorization header gives away: the token, or the password in it (RFC 7617)."""
    scheme, _, credentials = header.rpartition(" ")
    if scheme.lower() != "basic":
        return {credentials}
    try:
        decoded = base64.b64decode(credentials).decode("utf-8", errors="replace")
    except ValueError:  # not base64, so there is nothing more in it than meets the eye
        return {credentials}
    return {credentials, decoded.partition(":")[2]}


def mask_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Copy headers with everything masked that stands under the name of a secret.

    A redirect may lead to a signed URL, and other headers have URLs as well, such as several links.
    """
    return {
        name: MASK if is_secret_name(name) else _mask_urls(value) for name, value in headers.items()
    }


def _mask_urls(value: str) -> str:
    if value.startswith("/"):  # a path, with its query
        return mask_url(value)
    return re.sub(_URL, lambda url: mask_url(url[0]), value) if "://" in value else value


def mask_url(url: str) -> str:
    """Mask in a URL what is named like a secret in its query, a password, and a channel's id.

    Of a signed URL the whole query is masked.
    """
    base, mark, query = url.partition("?")
    base = re.sub(_USER_INFO, rf"\1{MASK}@", re.sub(_CHANNEL, rf"\1{MASK}", base))
    pairs = [pair.partition("=") for pair in query.split("&")]
    names = {unquote_plus(name) for name, _, _ in pairs}
    all_of_it = _has_signature(names)
    shown = (
        name
        + sep
        + (MASK if all_of_it or _is_secret_in_query(unquote_plus(name), names) else value)
        for name, sep, value in pairs
    )
    return base + mark + "&".join(shown)


def find_query_secrets(url: str) -> set[str]:
    """Collect what stands in a query under the name of a secret, both encoded and decoded."""
    _, _, query = url.partition("?")
    if not query:
        return set()
    pairs = [pair.partition("=") for pair in query.split("&")]
    names = {unquote_plus(name) for name, _, _ in pairs}
    secrets: set[str] = set()
    for name, _, value in pairs:
        if _is_secret_in_query(unquote_plus(name), names):
            secrets |= {value, unquote_plus(value)}
    return secrets


def redact(text: str, secrets: Iterable[str]) -> str:
    """Mask every occurrence of known secrets, whether plain or as JSON and URLs have them."""
    forms = set[str]().union(*map(_forms, secrets))
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text


def _forms(secret: str) -> set[str]:
    if len(secret) < _SHORTEST_SECRET:
        return set()
    forms = {secret}
    for escape in (quote, quote_plus):
        for safe in ("", "/"):
            forms.add(escape(secret, safe=safe, errors="surrogatepass"))
    # Twice: a message within a JSON response may itself repeat the JSON that was sent.
    for _ in range(2):
        for form in list(forms):
            forms.add(json.dumps(form)[1:-1])
            forms.add(json.dumps(form, ensure_ascii=False)[1:-1])
    return forms
