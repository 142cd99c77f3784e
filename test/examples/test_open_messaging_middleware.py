"""What passes through the middleware arrives once, whatever happens in between."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import urllib3
from service import Answer, Request, Service, make_answer

from .running import PROJECT

PROGRAM = "docs/examples/open_messaging_middleware.py"
INBOUND = "/api/v2/conversations/messages/i-1/inbound/open"
SECRET, OLD_SECRET = "the-secret-of-webhooks", "the-secret-of-yesterday"
APP_TOKEN, TOKEN = "the-token-of-the-app", "the-token-of-the-client"
PATIENCE = 30
"""Seconds after which a test takes what it waits for to be lost."""

CARD = {"contentType": "Card", "card": {"title": "T", "actions": []}}


class Platform:
    """Plays the platform's side, on a service that answers as told."""

    def __init__(self, service: Service) -> None:
        self.bodies: dict[str, list[Any]] = {}
        """What was posted, by the end of its path."""
        self.refusals: dict[str, list[Answer]] = {}
        """How posts are answered instead, one after another."""
        self.open = threading.Event()
        """Whether what is posted is answered; it hangs meanwhile."""
        self.before_answering: Callable[[str, Any], object] = lambda _kind, _body: None
        self._came = threading.Condition()
        self._ids = itertools.count(1)
        self.open.set()
        service.answer_by(self.respond)

    def respond(self, request: Request) -> Answer:
        kind = request.path.removeprefix(f"{INBOUND}/")
        with self._came:
            self.bodies.setdefault(kind, []).append(request.json)
            refusals = self.refusals.get(kind)
            answer = refusals.pop(0) if refusals else self.accept(request.json)
            self._came.notify_all()
        self.open.wait(PATIENCE)
        self.before_answering(kind, json.loads(answer.content))
        return answer

    def accept(self, body: Any) -> Answer:
        return make_answer(200, {"id": body.get("id", f"posted-{next(self._ids)}"), **body})

    def wait(self, kind: str, number: int) -> list[Any]:
        """Give what was posted as soon as there is so much of it."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.posted(kind)) >= number, PATIENCE)
            return self.posted(kind)

    def posted(self, kind: str) -> list[Any]:
        return self.bodies.get(kind, [])


class Middleware:
    """The program, as somebody runs it, and what both sides do with it."""

    def __init__(self, host: str, file: Path, *options: str) -> None:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GENESYSCLOUD_")
        }
        environment = {
            "PYTHONPATH": str(PROJECT),
            "GENESYSCLOUD_REGION": host,
            "GENESYSCLOUD_ACCESS_TOKEN": TOKEN,
            "OPEN_MESSAGING_SECRET": SECRET,
            "OPEN_MESSAGING_OLD_SECRET": OLD_SECRET,
            "OPEN_MESSAGING_APP_TOKEN": APP_TOKEN,
        }
        arguments = ["--integration", "i-1", "--port", "0", "--pause", "0.01", "--file", str(file)]
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", PROGRAM, *arguments, *options],
            cwd=PROJECT,
            env=inherited | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline() + self.process.stdout.readline()
        found = re.search(r"Listening at (\S+)", said)
        self.url = found[1] if found else ""
        self._pool = urllib3.PoolManager(retries=False, timeout=PATIENCE)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        """End it, and give what it has logged."""
        self.process.send_signal(how)
        return self.end()

    def end(self) -> str:
        _, logged = self.process.communicate(timeout=PATIENCE)
        self._pool.clear()
        for secret in (SECRET, OLD_SECRET, APP_TOKEN, TOKEN):
            assert secret not in logged
        assert "Traceback" not in logged
        return logged

    def webhook(
        self, content: dict[str, Any] | bytes, secret: str = SECRET, **headers: str | None
    ) -> int:
        """Post a webhook as the platform does, and give the status of the answer."""
        body = content if isinstance(content, bytes) else written(content)
        digest = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
        signed = {"X-Hub-Signature-256": f"sha256={digest}"} | headers
        sent = {name: value for name, value in signed.items() if value is not None}
        return self._pool.request("POST", f"{self.url}/webhook", body=body, headers=sent).status

    def app(
        self, method: str, path: str, content: Any = None, token: str = APP_TOKEN
    ) -> tuple[int, Any]:
        answer = self._pool.request(
            method,
            f"{self.url}/customers/{path}",
            json=content,
            headers={"Authorization": f"Bearer {token}"},
        )
        return answer.status, json.loads(answer.data) if answer.data[:1] == b"{" else None

    def chat(self, customer: str = "ann") -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = self.app("GET", f"{customer}/messages")[1]["messages"]
        return messages

    def wait(self, statuses: list[str], customer: str = "ann") -> list[dict[str, Any]]:
        """Give a chat as soon as its messages have these statuses."""
        end = time.monotonic() + PATIENCE
        chat = self.chat(customer)
        while [one["status"] for one in chat] != statuses:
            assert time.monotonic() < end, chat
            chat = self.chat(customer)
        return chat


def written(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def outbound(key: str, customer: str = "ann", **fields: Any) -> dict[str, Any]:
    """Make a webhook; of a text, if nothing else is said."""
    channel = {
        "id": "i-1",
        "platform": "Open",
        "type": "Private",
        "messageId": key,
        "to": {"id": customer, "idType": "Opaque"},
        "from": {"nickname": "Shop", "id": "i-1", "idType": "Opaque"},
        "time": "2026-01-02T03:04:05.678Z",
    }
    message = {"type": "Text", "text": f"Grüße {key}", "originatingEntity": "Human"}
    return {"id": key, "channel": channel, **(fields or message), "direction": "Outbound"}


Start = Callable[..., Middleware]


@pytest.fixture
def platform(service: Service) -> Iterator[Platform]:
    platform = Platform(service)
    yield platform
    platform.open.set()


@pytest.fixture
def start(service: Service, platform: Platform, tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as running:

        def begin(*options: str) -> Middleware:
            middleware = Middleware(service.url, tmp_path / "middleware.sqlite", *options)
            running.callback(middleware.process.communicate)
            running.callback(middleware.process.kill)
            return middleware

        yield begin
        platform.open.set()


def test_what_an_agent_writes_reaches_the_customer_and_is_confirmed(
    start: Start, platform: Platform
) -> None:
    middleware = start()

    assert middleware.webhook(outbound("m-1")) == 200

    (receipt,) = platform.wait("receipt", 1)
    assert (receipt["id"], receipt["status"]) == ("m-1", "Delivered")
    assert receipt["channel"]["to"]["id"] == "ann"
    (message,) = middleware.wait(["delivered"])
    assert (message["from"], message["text"]) == ("human", "Grüße m-1")
    assert middleware.stop() == ""
    assert middleware.process.returncode == 0


def test_a_repeated_webhook_is_dropped(start: Start, platform: Platform) -> None:
    middleware = start()

    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(middleware.webhook, [outbound("m-1")] * 16))
    answers.append(middleware.webhook(outbound("m-2")))

    assert answers == [200] * 17
    receipts = platform.wait("receipt", 2)
    assert Counter(one["id"] for one in receipts) == Counter(["m-1", "m-2"])
    assert [one["id"] for one in middleware.chat()] == ["m-1", "m-2"]


def test_a_platform_that_is_slow_keeps_no_webhook_waiting(start: Start, platform: Platform) -> None:
    middleware = start("--workers", "2")
    platform.open.clear()

    answers = [middleware.webhook(outbound(f"m-{number}")) for number in range(10)]
    platform.wait("receipt", 1)
    answers += [middleware.webhook(outbound(f"m-{number}")) for number in range(10)]

    assert answers == [200] * 20
    platform.open.set()
    receipts = platform.wait("receipt", 10)
    assert Counter(one["id"] for one in receipts) == Counter(f"m-{number}" for number in range(10))
    assert len(middleware.chat()) == 10


@pytest.mark.parametrize("status", [500, 503, 504, 401])
def test_a_receipt_is_posted_until_the_platform_takes_it(
    start: Start, platform: Platform, status: int
) -> None:
    middleware = start()
    platform.refusals["receipt"] = [make_answer(status, {}) for _ in range(3)]

    middleware.webhook(outbound("m-1"))

    while platform.refusals["receipt"]:
        platform.wait("receipt", len(platform.posted("receipt")) + 1)
    receipts = platform.wait("receipt", 4)
    assert all(one == receipts[0] for one in receipts)
    assert [one["id"] for one in middleware.chat()] == ["m-1"]


@pytest.mark.parametrize(
    "answer",
    [
        make_answer(400, {"message": "no such message"}),
        make_answer(200, {"status": "Failed", "reasons": [{"message": "no such message"}]}),
    ],
    ids=["400", "200, and yet failed"],
)
def test_a_receipt_that_is_of_no_use_is_logged_and_not_posted_again(
    start: Start, platform: Platform, answer: Answer
) -> None:
    middleware = start("--workers", "1")
    platform.refusals["receipt"] = [answer]

    middleware.webhook(outbound("m-1"))
    middleware.webhook(outbound("m-2"))

    receipts = platform.wait("receipt", 2)
    assert [one["id"] for one in receipts] == ["m-1", "m-2"]
    logged = middleware.stop()
    assert re.search(r"receipt, is failed: .*no such message", logged)


@pytest.mark.parametrize(
    ("secret", "headers"),
    [
        ("another-secret", {}),
        (SECRET, {"X-Hub-Signature-256": None}),
        (SECRET, {"X-Hub-Signature-256": f"sha256={hashlib.sha256(b'').hexdigest()}"}),
    ],
    ids=["another secret", "none", "hexadecimal"],
)
def test_what_is_not_signed_by_the_platform_is_refused(
    start: Start, platform: Platform, secret: str, headers: dict[str, str | None]
) -> None:
    middleware = start()

    assert middleware.webhook(outbound("m-1"), secret, **headers) == 403
    assert middleware.webhook(outbound("m-2"), OLD_SECRET) == 200

    assert [one["id"] for one in platform.wait("receipt", 1)] == ["m-2"]
    assert [one["id"] for one in middleware.chat()] == ["m-2"]
    assert "a webhook was refused" in middleware.stop()


def test_a_signed_webhook_that_nobody_understands_is_kept(start: Start, platform: Platform) -> None:
    middleware = start()

    assert middleware.webhook(b'{"id": "m-1", "kind": "of tomorrow"}') == 200
    assert middleware.webhook(outbound("m-2")) == 200

    platform.wait("receipt", 1)
    assert "webhook, is failed: body has no channel" in middleware.stop()


def test_nothing_is_lost_and_nothing_doubled_by_a_kill(start: Start, platform: Platform) -> None:
    keys = [f"m-{number}" for number in range(20)]
    unanswered = {"m-20"}  # nobody has been told that it was taken
    middleware = start("--workers", "2")
    platform.before_answering = lambda _kind, body: (
        middleware.process.kill() if body["id"] == "m-10" else None
    )

    for key in keys:
        try:
            assert middleware.webhook(outbound(key)) == 200
        except urllib3.exceptions.HTTPError:
            unanswered.add(key)
    middleware.process.wait(PATIENCE)
    platform.before_answering = lambda _kind, _body: None
    again = start()
    for key in sorted(unanswered):  # as the platform does
        assert again.webhook(outbound(key)) == 200

    chat = again.wait(["delivered"] * 21)
    assert Counter(one["id"] for one in chat) == Counter([*keys, "m-20"])
    while len({one["id"] for one in platform.posted("receipt")}) < 21:
        platform.wait("receipt", len(platform.posted("receipt")) + 1)


def test_a_kill_before_anything_was_done_loses_nothing(start: Start, platform: Platform) -> None:
    middleware = start("--workers", "1")
    platform.open.clear()  # so the only worker hangs in the first receipt
    middleware.webhook(outbound("m-1"))
    platform.wait("receipt", 1)
    answers = [middleware.webhook(outbound(f"m-{number}")) for number in range(2, 10)]
    middleware.stop(signal.SIGKILL)
    platform.open.set()

    again = start()

    assert answers == [200] * 8
    chat = again.wait(["delivered"] * 9)
    assert [one["id"] for one in chat] == [f"m-{number}" for number in range(1, 10)]
    receipts = platform.wait("receipt", 10)  # that of m-1 twice, which does no harm
    assert {one["id"] for one in receipts} == {f"m-{number}" for number in range(1, 10)}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits another process")
def test_what_a_full_disk_cannot_hold_is_not_taken(start: Start, platform: Platform) -> None:
    import resource

    middleware = start()
    resource.prlimit(middleware.process.pid, resource.RLIMIT_FSIZE, (200_000, -1))

    taken: list[str] = []
    while middleware.process.poll() is None:  # it gives up, for somebody to see to it
        with suppress(urllib3.exceptions.HTTPError):
            if middleware.webhook(outbound(f"m-{len(taken)}")) == 200:
                taken.append(f"m-{len(taken)}")

    assert middleware.process.returncode == 2
    again = start()
    repeated = f"m-{len(taken)}"  # since it was not answered with 200
    assert again.webhook(outbound(repeated)) == 200
    chat = again.wait(["delivered"] * (len(taken) + 1))
    assert [one["id"] for one in chat] == [*taken, repeated]


def test_what_a_customer_writes_reaches_the_platform_once(start: Start, platform: Platform) -> None:
    middleware = start()
    said = {"text": "Grüße", "name": "Ann"}

    answers = [middleware.app("PUT", "ann/messages/1", said)[0] for _ in range(3)]
    another = middleware.app("PUT", "ann/messages/1", {"text": "Something else"})[0]

    assert (answers, another) == ([202] * 3, 409)
    (message,) = middleware.wait(["sent"])
    assert (message["from"], message["text"]) == ("customer", "Grüße")
    (body,) = platform.posted("message")
    assert body["text"] == "Grüße"
    sender = {"id": "ann", "idType": "Opaque", "nickname": "Ann"}
    assert (body["channel"]["from"], body["channel"]["messageId"]) == (sender, "1")


def test_a_receipt_may_overtake_the_answer_that_it_is_about(
    start: Start, platform: Platform
) -> None:
    middleware = start()
    published: dict[str, Any] = {"type": "Receipt", "status": "Published", "isFinalReceipt": True}
    platform.before_answering = lambda _kind, body: middleware.webhook(
        outbound(body["id"], **published)
    )

    middleware.app("PUT", "ann/messages/1", {"text": "Hello"})

    middleware.wait(["published"])


def test_files_choices_and_typing_pass_both_ways(start: Start, platform: Platform) -> None:
    middleware = start()
    picture = {"mediaType": "Image", "url": "https://files.example.com/a.png", "mime": "image/png"}
    reply = {"contentType": "QuickReply", "quickReply": {"text": "Yes", "payload": "yes"}}

    middleware.webhook(
        outbound("m-1", type="Text", content=[{"contentType": "Attachment", "attachment": picture}])
    )
    middleware.webhook(outbound("m-2", type="Structured", text="Proceed?", content=[reply]))
    typing = {"eventType": "Typing", "typing": {"type": "On", "duration": 60_000}}
    middleware.webhook(outbound("m-3", type="Event", events=[typing]))
    file, question = middleware.wait(["delivered", "delivered"])
    shown = middleware.app("GET", f"ann/messages?after={question['number']}")[1]
    sent = {"media_type": "Image", "url": picture["url"], "mime": "image/png"}
    middleware.app("PUT", "ann/messages/1", {"attachment": sent})
    middleware.app("PUT", "ann/messages/2", {"answers": "m-2", "text": "Yes", "payload": "yes"})
    middleware.app("POST", "ann/typing")

    assert file["attachments"] == [
        {"url": picture["url"], "mime": "image/png", "filename": None},
    ]
    assert question["quick_replies"] == [{"text": "Yes", "payload": "yes"}]
    assert shown == {"messages": [], "agent_is_typing": True}
    assert platform.wait("message", 1)[0]["content"] == [{"attachment": picture}]
    (choice,) = platform.wait("structured/response", 1)
    assert choice["originatingMessageId"] == "m-2"
    assert choice["buttonResponse"] == {"type": "QuickReply", "text": "Yes", "payload": "yes"}
    (event,) = platform.wait("event", 1)
    assert event["events"] == [{"eventType": "Typing"}]
    assert middleware.chat("ben") == []


def test_what_the_chat_cannot_show_is_answered_with_a_receipt_that_says_so(
    start: Start, platform: Platform
) -> None:
    middleware = start()

    assert middleware.webhook(outbound("m-1", type="Structured", content=[CARD])) == 200

    (receipt,) = platform.wait("receipt", 1)
    assert (receipt["status"], receipt["reasons"][0]["code"]) == ("Failed", "UnsupportedMessage")
    assert middleware.chat() == []


def test_a_message_whose_answer_is_lost_is_left_to_the_app(
    start: Start, platform: Platform
) -> None:
    middleware = start()
    platform.refusals["message"] = [make_answer(504, b'"gateway"')]

    middleware.app("PUT", "ann/messages/1", {"text": "first"})
    middleware.wait(["unknown"])
    middleware.app("PUT", "ann/messages/2", {"text": "second"})

    middleware.wait(["unknown", "sent"])
    assert [one["text"] for one in platform.posted("message")] == ["first", "second"]


def test_a_message_that_was_being_sent_at_a_kill_is_left_to_the_app(
    start: Start, platform: Platform
) -> None:
    middleware = start()
    platform.open.clear()
    for number in (1, 2):
        middleware.app("PUT", f"ann/messages/{number}", {"text": f"{number}"})
    platform.wait("message", 1)
    middleware.stop(signal.SIGKILL)
    platform.open.set()

    again = start()

    again.wait(["unknown", "sent"])
    assert again.app("PUT", "ann/messages/1", {"text": "1"}) == (202, {"status": "unknown"})
    assert [one["text"] for one in platform.posted("message")] == ["1", "2"]


def test_the_order_of_a_customer_is_kept_and_keeps_no_other_waiting(
    start: Start, platform: Platform
) -> None:
    middleware = start()
    platform.refusals["message"] = [make_answer(403, {}) for _ in range(5)]

    for number in range(3):
        middleware.app("PUT", f"ann/messages/{number}", {"text": f"{number}"})
    middleware.wait(["sent"] * 3)
    middleware.app("PUT", "ben/messages/0", {"text": "ben"})

    middleware.wait(["sent"], "ben")
    texts = [one["text"] for one in platform.posted("message")]
    assert texts == ["0"] * 6 + ["1", "2", "ben"]


def test_a_message_that_the_platform_refuses_is_failed(start: Start, platform: Platform) -> None:
    middleware = start()
    platform.refusals["message"] = [make_answer(400, {"message": "no such integration"})]

    middleware.app("PUT", "ann/messages/1", {"text": "Hello"})

    middleware.wait(["failed"])
    assert "message, is failed: " in middleware.stop()


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({}, "a message needs text or attachment"),
        ([], "a message is a JSON object"),
        ({"text": 7}, "text must be text"),
        ({"attachment": {"url": "https://files.example.com"}}, "media_type"),
        ({"answers": "m-2", "text": "Yes"}, "payload must be text"),
    ],
)
def test_what_cannot_be_a_message_is_refused_with_the_reason(
    start: Start, platform: Platform, said: Any, complaint: str
) -> None:
    middleware = start()

    status, answer = middleware.app("PUT", "ann/messages/1", said)

    assert status == 400
    assert complaint in answer["error"]
    assert middleware.chat() == []


def test_only_the_app_reads_and_writes_chats(start: Start, platform: Platform) -> None:
    middleware = start()

    for method, path in (
        ("GET", "ann/messages"),
        ("PUT", "ann/messages/1"),
        ("POST", "ann/typing"),
    ):
        assert middleware.app(method, path, {"text": "Hello"}, token="another")[0] == 401

    middleware.app("PUT", "ann/messages/2", {"text": "Hello"})
    assert len(platform.wait("message", 1)) == 1


def test_a_second_process_with_the_same_file_is_refused(start: Start, platform: Platform) -> None:
    first = start()

    second = start()

    assert second.process.wait(PATIENCE) == 2
    logged = second.end()
    assert logged.endswith("database is locked\n")
    assert len(logged.splitlines()) == 1
    assert first.webhook(outbound("m-1")) == 200


def test_ctrl_c_ends_it_with_130(start: Start, platform: Platform) -> None:
    middleware = start()

    assert middleware.stop(signal.SIGINT) == ""
    assert middleware.process.returncode == 130
