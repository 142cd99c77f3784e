"""The middleware and the sandbox, with somebody in between who is in a bad mood."""

from __future__ import annotations

import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import urllib3
from sandbox.caller import wait_until
from sandbox.webhooks.middleware import create_integration
from service import Answer, Request, Service, make_answer, unused_url

from PureCloudPlatformClientV2.sandbox import (
    BotRule,
    ResetAfterFault,
    ResetBeforeFault,
    Sandbox,
    StatusFault,
)

from .test_open_messaging_middleware import PATIENCE, SECRET, TOKEN, Middleware

Treatment = Callable[[Request], Answer]


class Gate:
    """A proxy between the sandbox and the middleware, which treats each try as it is told."""

    def __init__(self, service: Service) -> None:
        self.middleware: Middleware | None = None
        self.moods: dict[str, list[Treatment]] = {}
        """How the next tries of a message are treated; they pass when nothing is left."""
        self.end = threading.Event()
        self._pool = urllib3.PoolManager(retries=False, timeout=PATIENCE)
        service.answer_by(self.treat)

    def treat(self, request: Request) -> Answer:
        moods = self.moods.get(request.json["text"])
        return (moods.pop(0) if moods else self.forward)(request)

    def forward(self, request: Request) -> Answer:
        assert self.middleware is not None
        url, headers = f"{self.middleware.url}/webhook", dict(request.headers)
        try:
            answer = self._pool.request("POST", url, body=request.body, headers=headers)
        except urllib3.exceptions.HTTPError:
            return make_answer(502)
        return make_answer(answer.status)

    def refuse(self, _request: Request) -> Answer:
        return make_answer(429)

    def lose_the_answer(self, request: Request) -> Answer:
        self.forward(request)
        return make_answer(500)

    def hang(self, request: Request) -> Answer:
        self.forward(request)
        self.end.wait(PATIENCE)
        return make_answer(200)


class Scene:
    """A customer, the middleware, the gate, the sandbox and an agent."""

    def __init__(self, service: Service, folder: Path, stack: ExitStack) -> None:
        self.gate = Gate(service)
        stack.callback(self.gate.end.set)
        self._folder, self._stack = folder, stack
        # One that it may have again at once, unlike one that was chosen as it began to listen.
        self._port = int(unused_url().rpartition(":")[2])
        self.sandbox = self._start_sandbox()
        self.integration_id = create_integration(
            self.sandbox,
            service.url,
            outboundNotificationWebhookSignatureSecretToken=SECRET,
        )
        self.start_middleware()

    def start_middleware(self) -> Middleware:
        file, options = self._folder / "middleware.sqlite", ("--integration", self.integration_id)
        middleware = Middleware(self.sandbox.host, file, *options)
        self._stack.callback(middleware.process.communicate)
        self._stack.callback(middleware.process.kill)
        self.gate.middleware = middleware
        return middleware

    def restart_sandbox(self) -> None:
        self.sandbox.stop()
        self.sandbox = self._start_sandbox()

    def _start_sandbox(self) -> Sandbox:
        return self._stack.enter_context(
            Sandbox(
                port=self._port,
                database=self._folder / "sandbox.sqlite",
                access_token=TOKEN,
                rate_limit=None,
                webhook_timeout=1,
            )
        )

    @property
    def middleware(self) -> Middleware:
        assert self.gate.middleware is not None
        return self.gate.middleware

    def begin(self) -> str:
        """Have the customer write, and give the id of the conversation."""
        self.middleware.app("PUT", "ann/messages/c-0", {"text": "Hello"})
        wait_until(lambda: self.middleware.chat()[0]["status"] == "sent")
        (conversation,) = self.sandbox.conversations.all()
        return str(conversation["id"])

    def answer(self, conversation_id: str, texts: list[str]) -> None:
        for text in texts:
            self.sandbox.conversations.answer(conversation_id, text)

    def received(self) -> Counter[str]:
        """What the customer has got, and how often."""
        chat = self.middleware.chat()
        return Counter(one["text"] for one in chat if one["from"] == "human")

    def said(self, conversation_id: str, sender: str) -> list[dict[str, Any]]:
        messages = self.sandbox.conversations.get(conversation_id)["messages"]
        return [one for one in messages if one["sender"] == sender]

    def wait_for_receipts(self, conversation_id: str, number: int) -> None:
        """Wait until the platform knows of so many messages that the customer has got them."""
        wait_until(
            lambda: (
                [one["status"] for one in self.said(conversation_id, "agent")]
                == ["delivery-success"] * number
            )
        )


@pytest.fixture
def scene(service: Service, tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        yield Scene(service, tmp_path, stack)


TEXTS = [f"Grüße {number}" for number in range(12)]


def test_nothing_is_lost_and_nothing_doubled_in_a_bad_mood(scene: Scene) -> None:
    conversation_id, dice = scene.begin(), random.Random(7)
    gate = scene.gate
    treatments = [gate.refuse, gate.refuse, gate.lose_the_answer, gate.lose_the_answer]
    for number, text in enumerate(TEXTS):
        gate.moods[text] = dice.choices(treatments, k=dice.randrange(6))
        if number % 4 == 0:
            gate.moods[text][:1] = [gate.hang]

    scene.answer(conversation_id, TEXTS)
    scene.sandbox.advance(85)

    scene.wait_for_receipts(conversation_id, len(TEXTS))
    assert scene.received() == Counter(TEXTS)
    deliveries = scene.sandbox.webhooks.deliveries
    assert {one.state for one in deliveries} == {"delivered"}
    assert sum(len(one.attempts) for one in deliveries) > 2 * len(TEXTS)
    assert scene.middleware.stop() == ""


def test_what_comes_again_later_is_dropped(scene: Scene) -> None:
    conversation_id = scene.begin()
    scene.answer(conversation_id, TEXTS[:4])
    scene.sandbox.advance(0)

    for one in scene.sandbox.webhooks.deliveries:
        scene.sandbox.webhooks.retry(one.id)
        scene.sandbox.webhooks.retry(one.id)
    scene.sandbox.advance(0)

    assert {len(one.attempts) for one in scene.sandbox.webhooks.deliveries} <= {2, 3}
    scene.wait_for_receipts(conversation_id, 4)
    assert scene.received() == Counter(TEXTS[:4])


@pytest.mark.parametrize("mode", ["wrong", "missing"])
def test_what_is_not_signed_rightly_is_refused_and_arrives_when_it_is(
    scene: Scene, mode: Any
) -> None:
    conversation_id = scene.begin()
    scene.sandbox.webhooks.sign(mode, times=2)

    scene.answer(conversation_id, TEXTS[:4])
    scene.sandbox.advance(85)
    wait_until(lambda: scene.received() == Counter(TEXTS[2:4]))
    failed = [one for one in scene.sandbox.webhooks.deliveries if one.state == "failed"]
    for one in failed:
        scene.sandbox.webhooks.retry(one.id)
    scene.sandbox.advance(0)

    assert [[one.status for one in delivery.attempts] for delivery in failed] == [[403], [403]]
    wait_until(lambda: scene.received() == Counter(TEXTS[:4]))


def test_a_kill_of_the_middleware_loses_and_doubles_nothing(scene: Scene) -> None:
    conversation_id = scene.begin()
    first = scene.middleware
    killed = threading.Event()

    def kill(request: Request) -> Answer:
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(PATIENCE)
        killed.set()
        return scene.gate.forward(request)

    def take_and_kill(request: Request) -> Answer:
        scene.gate.forward(request)
        return kill(request)

    scene.gate.moods[TEXTS[5]] = [take_and_kill]
    scene.answer(conversation_id, TEXTS)
    assert killed.wait(PATIENCE)
    scene.sandbox.advance(0)
    scene.start_middleware()
    scene.sandbox.advance(85)

    scene.wait_for_receipts(conversation_id, len(TEXTS))
    assert scene.received() == Counter(TEXTS)


def test_a_restart_of_the_sandbox_loses_and_doubles_nothing(scene: Scene) -> None:
    conversation_id = scene.begin()
    for text in TEXTS[::2]:
        scene.gate.moods[text] = [scene.gate.refuse, scene.gate.lose_the_answer]
    scene.gate.moods[TEXTS[1]] = [scene.gate.hang]

    scene.answer(conversation_id, TEXTS)
    scene.middleware.app("PUT", "ann/messages/c-1", {"text": "Are you there?"})
    scene.restart_sandbox()
    scene.sandbox.advance(85)

    scene.wait_for_receipts(conversation_id, len(TEXTS))
    assert scene.received() == Counter(TEXTS)
    (last,) = [one for one in scene.middleware.chat() if one["id"] == "c-1"]
    asked = [one["text"] for one in scene.said(conversation_id, "customer")]
    assert last["status"] in ("sent", "unknown")
    assert asked.count("Are you there?") == 1 or last["status"] == "unknown"


def test_what_the_customer_writes_reaches_the_agent_once_and_in_order(scene: Scene) -> None:
    conversation_id = scene.begin()
    path = "*/inbound/open/message"
    scene.sandbox.faults.add(
        StatusFault(429, path=path, retry_after=0, times=8),
        ResetBeforeFault(path=path, after=1),
        StatusFault(503, path=path, after=1, times=2),
        ResetAfterFault(path=path, after=2),
    )

    for number, text in enumerate(TEXTS):
        scene.middleware.app("PUT", f"ann/messages/c-{number + 1}", {"text": text})
    wait_until(lambda: all(one["status"] in ("sent", "unknown") for one in scene.middleware.chat()))

    statuses = {one["text"]: one["status"] for one in scene.middleware.chat()}
    heard = [one["text"] for one in scene.said(conversation_id, "customer")]
    assert heard == [text for text in ["Hello", *TEXTS] if text in heard]
    assert all(text in heard for text, status in statuses.items() if status == "sent")
    assert Counter(statuses.values())["unknown"] <= 4


def test_a_bot_is_answered_by_its_quick_replies(scene: Scene) -> None:
    scene.sandbox.bot.add(
        BotRule(text="Hello", reply="Tea?", quick_replies=["Yes", "No"]),
        BotRule(text="Yes", reply="An agent will pour it.", hand_over=True),
    )
    conversation_id = scene.begin()
    scene.sandbox.advance(0)
    _, question = scene.middleware.wait(["sent", "delivered"])

    choice = {"answers": question["id"], "text": "Yes", "payload": "Yes"}
    scene.middleware.app("PUT", "ann/messages/c-1", choice)
    scene.middleware.wait(["sent", "delivered", "sent", "delivered"])
    scene.answer(conversation_id, ["Here it is."])
    scene.sandbox.advance(0)

    scene.wait_for_receipts(conversation_id, 1)
    said = [one["text"] for one in scene.middleware.chat()]
    assert said == ["Hello", "Tea?", "Yes", "An agent will pour it.", "Here it is."]
    assert question["quick_replies"][0] == {"text": "Yes", "payload": "Yes"}
