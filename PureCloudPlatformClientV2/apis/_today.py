"""The fourteen methods of 2019 on today's platform: where they go, and what they wait for."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from .. import models
from .._wire.redaction import Masked, find_secrets

if TYPE_CHECKING:
    from ..api_client import ApiClient

_OF_2019 = "/api/v2/messaging/integrations/"
_OF_TODAY = "/api/v2/conversations/messaging/integrations/"

_GONE = {
    "/api/v2/messaging/integrations/line": "LINE integrations left the public cloud in February"
    " 2020; open messaging takes their place (ConversationsApi"
    ".post_conversations_messaging_integrations_open), with a webhook of your own",
    "/api/v2/messaging/stickers": "stickers left the public cloud in April 2020; send a picture as"
    " an attachment instead (open messaging)",
}
"""What has no successor, by the beginning of its path."""

_TWITTER_KEYS = (
    "access_token_key",
    "access_token_secret",
    "consumer_key",
    "consumer_secret",
    "tier",
    "env_name",
)
_TWITTER_SIGN_UP = ("name", "signup_code", "app_id", "code_challenge", "redirect_uri")
"""What creating a Twitter integration took in 2019, and what it needs today."""

_LOOK = "look at it before you create another"
"""What to do where a new integration may or may not become complete."""

_SHORTEST = 0.001
"""Seconds, as 0 is no time limit."""


def call_today(
    client: ApiClient,
    resource_path: str,
    method: str,
    *arguments: Any,
    body: Any = None,
    **options: Any,
) -> Any:
    """Make a call of ``MessagingApi`` on today's platform, by ``ApiClient.call_api``.

    Facebook and Twitter integrations have moved, LINE and stickers are gone; all else is today's
    own. A new integration is given back when the platform has completed it, as 2019's did.

    Raises:
        ApiException: There is no such thing today, the integration could not be completed, or what
            became of it is unknown (``outcome_unknown``; ``entity_id`` is its id); or as
            ``call_api``.
        ValueError: A Twitter integration is described as in 2019; or as ``call_api``.
    """
    for gone, advice in _GONE.items():
        if resource_path.startswith(gone):
            _refuse(method, resource_path, advice, *arguments)
    path = resource_path.replace(_OF_2019, _OF_TODAY)
    if path != resource_path and method == "POST":
        return _create(client, path, body, **options)
    call_api: Any = client.call_api  # its overloads tell models from other results
    return call_api(path, method, *arguments, body=body, **options)


def _refuse(
    method: str, resource_path: str, advice: str, ids: Mapping[str, Any] | None, *_: Any
) -> NoReturn:
    # Imported here for the sake of start-up time: few programs ask for what is gone.
    from .._wire.parameters import expand_path
    from ..exceptions import ApiException, told

    expand_path(resource_path, ids or {})  # as an id that is none is a mistake of the caller's
    text = f"{method} {resource_path} was not sent: {advice}"
    raise told(ApiException, f"{text}. Where 2019's platform is called, set platform to '2019'")


def _create(
    client: ApiClient, path: str, body: Any, *, callback: Any = None, **options: Any
) -> Any:
    body = _without_read_only(body)
    if path.endswith("/twitter"):
        _check_twitter(body)
    # Imported here for the sake of start-up time: few programs create something.
    from .._calls.sending import end_of_call

    end = end_of_call(client.configuration.snapshot(), options.get("_deadline"))
    complete = partial(_completed, client, path, end, options, Masked(body))
    post = partial(client.call_api, path, "POST", body=body, **options)
    if not callable(callback):
        return complete(post(callback=callback))

    def complete_and_tell(created: Any) -> None:
        callback(complete(created))

    # In the thread of the call, which is not over before the integration is complete.
    return post(callback=complete_and_tell)


def _completed(
    client: ApiClient,
    path: str,
    end: float,
    options: Mapping[str, Any],
    body: Masked[Any],
    created: Any,
) -> Any:
    """Wait for an integration by reading it; it is never posted again."""
    if created is None or (_is_settled(created) and not _has_failed(created)):
        return created
    # Imported here for the sake of start-up time, as above.
    from .._wire.json_values import to_json_value
    from ..exceptions import ApiException, ApiTimeoutException, told
    from ..waiting import failure, wait_until

    if not _has_failed(created) and not created.id:
        text = f"POST {path} was accepted, but the answer has no id to wait for"
        unknown = told(ApiException, text)
        unknown.outcome_unknown = True
        raise unknown
    read = partial(
        client.call_api,
        path + "/{integrationId}",
        "GET",
        {"integrationId": created.id},
        **{name: value for name, value in options.items() if name != "_deadline"},
    )
    left = None if end == math.inf else max(end - time.monotonic(), _SHORTEST)
    try:
        found = created if _is_settled(created) else wait_until(read, _is_settled, deadline=left)
    except ApiTimeoutException as error:
        text = f"integration {created.id} was created, and was not complete by the deadline"
        late = told(ApiTimeoutException, text, entity_id=created.id)
        late.outcome_unknown, late.advice = True, _LOOK
        raise late from error
    except ApiException as error:
        error.entity_id, error.outcome_unknown = created.id, True
        error.advice = f"integration {created.id} was created: {_LOOK}"
        raise
    if _has_failed(found):
        failed = failure(found, "its create_status is Error")
        failed.redact(find_secrets(to_json_value(body.value)))  # the reason may repeat them
        raise failed
    return found


def _is_settled(integration: Any) -> bool:
    status = getattr(integration, "create_status", None)
    if integration is None:  # a read that told nothing
        return False
    return not isinstance(status, str) or status.lower() in ("completed", "error")


def _has_failed(integration: Any) -> bool:
    return str(getattr(integration, "create_status", None)).lower() == "error"


def _check_twitter(body: Any) -> None:
    given = _given(body)
    old = [name for name in _TWITTER_KEYS if name in given]
    missing = [name for name in _TWITTER_SIGN_UP if name not in given]
    if not old and not missing:
        return
    needless = f"leave out {', '.join(old)}" if old else ""
    needed = f"set {', '.join(missing)}" if missing else ""
    raise ValueError(
        f"body: {' and '.join(filter(None, (needless, needed)))}. Today's platform takes a Twitter"
        " account by OAuth sign-up instead of API keys: begin it with ConversationsApi"
        ".get_conversations_messaging_integrations_twitter_oauth_settings. Where 2019's platform is"
        " called, set platform to '2019'"
    )


def _given(body: Any) -> set[str]:
    """Name the fields that are set, as the model calls them."""
    names = models.TwitterIntegrationRequest.attribute_map
    if isinstance(body, dict):
        return {name for name, wire in names.items() if body.get(wire)}
    return {name for name in names if getattr(body, name, None)}


def _without_read_only(body: Any) -> Any:
    """Leave out what only the service sets; 2019 let it pass."""
    if isinstance(body, dict):
        return {name: value for name, value in body.items() if name not in ("id", "selfUri")}
    body = copy.copy(body)
    body.id = body.self_uri = None
    return body
