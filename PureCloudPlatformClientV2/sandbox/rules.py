"""What the service allows in the bodies of the messaging integrations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .entities import Integration, Kind, digits, fingerprint
from .errors import Problem, ServiceError, invalid, missing, require_object

MAX_STRING_LENGTH = 4096

TWITTER_TIERS = ("premium", "enterprise")

REQUEST_FIELDS: dict[Kind, tuple[str, ...]] = {
    "facebook": (
        "name",
        "pageAccessToken",
        "userAccessToken",
        "pageId",
        "appId",
        "appSecret",
    ),
    "line": ("name", "channelId", "channelSecret", "switcherSecret", "serviceCode"),
    "twitter": (
        "name",
        "accessTokenKey",
        "accessTokenSecret",
        "consumerKey",
        "consumerSecret",
        "tier",
        "envName",
    ),
}
"""The wire fields that a request can set; any other is ignored, as are id and selfUri."""


@dataclass(frozen=True)
class Draft:
    """What an acceptable request makes of an integration."""

    status: str
    fields: dict[str, str]
    """Fields of responses by wire name."""
    fingerprints: dict[str, str] = field(default_factory=dict[str, str])
    """Fingerprints of secrets by wire name."""


def draft_integration(kind: Kind, body: Any) -> Draft:
    """Judge the body that creates an integration."""
    settings = _settings(kind, body)
    sent = {name: value for name, value in settings.items() if value is not None}
    return _DRAFTERS[kind](sent)


def change_line_integration(current: Integration, body: Any) -> Draft:
    """Judge the body that changes a LINE integration: fields that are not sent stay."""
    settings = _settings("line", body)
    if "name" in settings and settings["name"] is None:
        raise invalid([missing("name")])
    fields = _changed(current.fields, settings, "name", "channelId")
    secrets = {name: value and fingerprint(value) for name, value in settings.items()}
    fingerprints = _changed(current.fingerprints, secrets, "channelSecret")
    channel_changes = [
        *_differences(current.fields, fields, "channelId"),
        *_differences(current.fingerprints, fingerprints, "channelSecret"),
    ]
    if channel_changes:
        if current.status == "Active":
            raise _active_conflict(current, channel_changes[0])
        _require_whole_channel(fields, fingerprints)
    return Draft(current.status, fields, fingerprints)


def apply_draft(current: Integration, draft: Draft, *, now: float, owner: str) -> Integration:
    """Make the next version of an integration."""
    return replace(
        current,
        status=draft.status,
        fields=draft.fields,
        fingerprints=draft.fingerprints,
        version=current.version + 1,
        modified=now,
        modified_by=owner,
    )


def _draft_facebook(sent: Mapping[str, str]) -> Draft:
    problems = _find_missing(sent, "name")
    if "pageAccessToken" not in sent:
        if "userAccessToken" not in sent:
            circumstances = "unless userAccessToken and pageId are sent"
            problems.append(missing("pageAccessToken", circumstances))
        elif "pageId" not in sent:
            problems.append(missing("pageId", "together with userAccessToken"))
    if problems:
        raise invalid(problems)
    page_id = sent["pageId"] if "pageId" in sent else digits(sent["pageAccessToken"])
    return Draft("Active", {**_pick(sent, "name", "appId"), "pageId": page_id})


def _draft_line(sent: Mapping[str, str]) -> Draft:
    problems = _find_missing(sent, "name")
    if problems:
        raise invalid(problems)
    fields = _pick(sent, "name", "channelId")
    secrets = _pick(sent, "channelSecret")
    fingerprints = {name: fingerprint(value) for name, value in secrets.items()}
    _require_whole_channel(fields, fingerprints)
    return Draft("Inactive", fields, fingerprints)


def _draft_twitter(sent: Mapping[str, str]) -> Draft:
    problems = _find_missing(
        sent, "name", "accessTokenKey", "accessTokenSecret", "consumerKey", "consumerSecret", "tier"
    )
    tier = sent.get("tier")
    if tier is not None and tier not in TWITTER_TIERS:
        message = f"The field {{fieldName}} must be one of: {', '.join(TWITTER_TIERS)}."
        problems.append(Problem("tier", "invalid.value", message))
    if tier == "premium":
        problems += _find_missing(sent, "envName")
    if problems:
        raise invalid(problems)
    account = sent["accessTokenKey"]
    return Draft(
        "Active",
        {
            **_pick(sent, "name", "accessTokenKey", "consumerKey", "tier", "envName"),
            "username": f"sandbox_{fingerprint('account of ' + account)[:7]}",
            "userId": digits(account),
        },
    )


_DRAFTERS: dict[Kind, Callable[[Mapping[str, str]], Draft]] = {
    "facebook": _draft_facebook,
    "line": _draft_line,
    "twitter": _draft_twitter,
}


def _settings(kind: Kind, body: Any) -> dict[str, str | None]:
    """Take the known fields out of a body; a blank string counts as null."""
    given = require_object(body)
    settings = {name: given[name] for name in REQUEST_FIELDS[kind] if name in given}
    problems = [
        Problem(name, *flaw)
        for name, value in settings.items()
        if (flaw := _flaw(value)) is not None
    ]
    if problems:
        raise invalid(problems)
    return {name: value if value and value.strip() else None for name, value in settings.items()}


def _flaw(value: object) -> tuple[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, str):
        return "invalid.type", "The field {fieldName} must be a string."
    if len(value) > MAX_STRING_LENGTH:
        limit = MAX_STRING_LENGTH
        return "invalid.length", f"The field {{fieldName}} is longer than {limit} characters."
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
        return "invalid.value", "The field {fieldName} contains characters that no text has."
    return None


def _pick(sent: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: sent[name] for name in names if name in sent}


def _find_missing(sent: Mapping[str, str], *names: str) -> list[Problem]:
    return [missing(name) for name in names if name not in sent]


def _changed(
    before: Mapping[str, str], changes: Mapping[str, str | None], *names: str
) -> dict[str, str]:
    merged = {**before, **{name: changes[name] for name in names if name in changes}}
    return {name: value for name, value in merged.items() if value is not None}


def _differences(before: Mapping[str, str], after: Mapping[str, str], name: str) -> list[str]:
    return [] if before.get(name) == after.get(name) else [name]


def _require_whole_channel(fields: Mapping[str, str], fingerprints: Mapping[str, str]) -> None:
    has_id, has_secret = "channelId" in fields, "channelSecret" in fingerprints
    if has_id and not has_secret:
        raise invalid([missing("channelSecret", "together with channelId")])
    if has_secret and not has_id:
        raise invalid([missing("channelId", "together with channelSecret")])


def _active_conflict(current: Integration, name: str) -> ServiceError:
    return ServiceError(
        409,
        "conflict",
        "The field {fieldName} may change only while the integration is inactive.",
        params={"fieldName": name},
        problems=[Problem(name, "conflict", "")],
        entity_id=current.id,
    )
