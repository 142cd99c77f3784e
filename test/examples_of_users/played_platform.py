"""A server that plays the operations of the platform, as far as users' programs look at them.

Answers are full samples of what the contract declares. On top of that listings have pages, what was
sent comes back changed, jobs come to an end, and an id may be unknown or too busy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from platform_facts import Method, Samples, methods, platform
from service import Answer, Request, make_answer

TOTAL = 5
"""How many entities each listing has, on all its pages."""


def error(status: int, code: str, headers: dict[str, str] | None = None) -> Answer:
    body = {"message": f"The message of {code}", "code": code, "status": status, "errors": []}
    return make_answer(status, body, headers or {})


class PlayedPlatform:
    """Answers requests, and keeps them."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        """Verb and path of each request but those for tokens, and those that are tried again."""
        self.tokens: set[str | None] = set()
        self._calls: Counter[str] = Counter()

    def __call__(self, request: Request) -> Answer:
        """Answer a request."""
        if request.path == "/oauth/token":
            return make_answer(200, {"access_token": "a-token", "token_type": "bearer"})
        line = f"{request.method} {unquote(request.path)}"
        if self.requests[-1:] != [line]:
            self.requests.append(line)
        self.tokens.add(request.headers["Authorization"])
        method, ids = _find(request)
        self._calls[method.name] += 1
        if "unknown" in ids:
            return error(404, "not.found")
        if "busy" in ids:
            return error(429, "too.many.requests", {"Retry-After": "0"})
        if method.result is None:
            return make_answer(method.status)
        result = Samples(platform()).make(method.result)
        if isinstance(result, dict):
            result = self._played(method, result, request, ids)
        return make_answer(200, result)

    def _played(self, method: Method, result: Any, request: Request, ids: list[str]) -> Any:
        sent = request.json if request.body not in (b"", b"null") else {}
        if "entities" in result and method.verb == "GET":
            return _page(result, request)
        if isinstance(sent, list) and "entities" in result:
            return {**result, "entities": sent}
        if isinstance(sent, dict):
            result |= {name: one for name, one in sent.items() if name in result}
        if "id" in result:
            result["id"] = ids[-1] if ids else "made-1"
        play = PLAYED.get(method.name)
        if play:
            result |= play(self._calls[method.name], request)
        return result


def _find(request: Request) -> tuple[Method, list[str]]:
    """Find the method of a request, and the ids in its path."""
    found: list[tuple[int, Method, list[str]]] = []
    for method in methods():
        if method.verb == request.method:
            pattern = re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(method.path))
            if fits := re.fullmatch(pattern, request.path):
                ids = [unquote(one) for one in fits.groups()]
                found.append((len(ids), method, ids))
    return min(found, key=lambda one: one[0])[1:]  # a fixed word goes before an id


def _page(result: Any, request: Request) -> Any:
    size = int(request.query.get("pageSize", "25"))
    number = int(request.query.get("pageNumber", "1"))
    (sample,) = result["entities"]
    numbers = range((number - 1) * size + 1, min(number * size, TOTAL) + 1)
    entities = [
        {**sample, "id": f"id-{one}", "name": f"Name {one}"} if "id" in sample else sample
        for one in numbers
    ]
    more = number * size < TOTAL
    facts = {
        "pageSize": size,
        "pageNumber": number,
        "total": TOTAL,
        "pageCount": -(-TOTAL // size),
        "nextUri": f"{request.path}?pageSize={size}&pageNumber={number + 1}" if more else None,
    }
    kept = {name: one for name, one in facts.items() if name in result and one is not None}
    return {
        **{name: one for name, one in result.items() if name not in facts},
        **kept,
        "entities": entities,
    }


def _state(*states: str) -> Callable[[int, Request], dict[str, Any]]:
    """Give a state for each call, and the last one from then on."""
    return lambda calls, _request: {"state": states[min(calls, len(states)) - 1]}


def _details(_calls: int, request: Request) -> dict[str, Any]:
    """Give a page of conversations, and none beyond the last."""
    paging = request.json.get("paging", {"pageSize": 100, "pageNumber": 1})
    size, number = paging["pageSize"], paging["pageNumber"]
    numbers = range((number - 1) * size + 1, min(number * size, TOTAL) + 1)
    rows = [
        {"conversationId": f"c-{one}", "conversationStart": "2026-11-28T09:30:00.000Z"}
        for one in numbers
    ]
    return {"totalHits": TOTAL, "conversations": rows}


def _job_results(_calls: int, request: Request) -> dict[str, Any]:
    first = "cursor" not in request.query
    rows: list[Any] = [{"conversationId": "c-1" if first else "c-2", "participants": []}]
    return {"conversations": rows, "cursor": "page-2" if first else None}


def _message(_calls: int, _request: Request) -> dict[str, Any]:
    details = {"code": "message.undeliverable", "message": "No such number", "status": 400}
    message = {"messageId": "m-1", "messageStatus": "delivery-failed", "errorInfo": details}
    return {"participants": [{"id": "p-1", "purpose": "agent", "messages": [message]}]}


PLAYED: dict[str, Callable[[int, Request], dict[str, Any]]] = {
    "get_analytics_conversations_details_job": _state("QUEUED", "PENDING", "FULFILLED"),
    "get_analytics_conversations_details_job_results": _job_results,
    "post_analytics_conversations_details_query": _details,
    "get_recording_job": _state("PROCESSING", "READY"),
    "get_conversation": lambda _calls, _request: {
        "participants": [{"purpose": "customer", "messages": [{"state": "connected"}]}]
    },
    "get_conversations_message": _message,
}
