"""Something to look at: integrations, a bot, customers who write, and a middleware that echoes."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import urllib3

from .bot import BotRule
from .clock import wire_date
from .webhooks.signature import signature_of
from .wsgi_server import WebServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from .server import Sandbox

REMEMBERED = 1000
"""How many messages the middleware knows again."""

MENU = ("Opening hours", "My order", "Talk to a person")

RULES = (
    BotRule(text="hello", reply="Hello! What can I do for you?", quick_replies=MENU),
    BotRule(text="opening hours", reply="We are here from 8 to 18, Monday to Friday."),
    BotRule(
        text="my order",
        card={
            "title": "Order 42",
            "description": "A teapot, on its way since this morning.",
            "actions": [
                {"type": "Postback", "text": "Where is it?", "payload": "Talk to a person"}
            ],
        },
    ),
    BotRule(pattern="person|agent|human", reply="One moment, please.", hand_over=True),
)


class Demo:
    """A sandbox's own organization with something to look at. Used as a context manager."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Take a sandbox that is running."""
        self._sandbox = sandbox
        self._middleware = EchoMiddleware(sandbox)

    def __enter__(self) -> Demo:
        """Start the middleware, make the integrations, and let customers write."""
        self._middleware.start()
        sandbox = self._sandbox
        sandbox.bot.add(*RULES)
        chat = sandbox.create_integration(
            "open",
            name="Web chat",
            outboundNotificationWebhookUrl=self._middleware.url,
            outboundNotificationWebhookSignatureSecretToken=self._middleware.secret,
        )["id"]
        whatsapp = sandbox.create_integration(
            "whatsapp", name="Tea House", phoneNumber="+15550100"
        )["id"]
        sandbox.create_integration("facebook", name="Tea House", pageId="104200000000042")
        write = sandbox.conversations.write
        write(whatsapp, "15550123", "Is the green tea back in stock?", name="Ben Ode")
        write(chat, "ann@example.com", "Hello", name="Ann Lee")
        write(chat, "ann@example.com", "My order")
        write(chat, "cleo@example.com", "I would like to talk to a person", name="Cleo Marsh")
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop the middleware."""
        self._middleware.stop()

    @property
    def webhook_url(self) -> str:
        """Where the middleware takes webhooks."""
        return self._middleware.url


class EchoMiddleware:
    """What stands between the platform and customers: here one who repeats what an agent says."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Describe it; nothing happens before it is started."""
        self.secret: str = secrets.token_urlsafe(24)
        self._sandbox = sandbox
        self._server = WebServer("127.0.0.1", 0, self._receive)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="sandbox-echo")
        self._lock = threading.Lock()
        self._known: OrderedDict[str, None] = OrderedDict()
        # The sandbox's certificate is whoever's; both are on this machine.
        self._pool = urllib3.PoolManager(retries=False, timeout=10, cert_reqs="CERT_NONE")

    @property
    def url(self) -> str:
        """Where it takes webhooks."""
        return f"http://127.0.0.1:{self._server.port}/webhook"

    def start(self) -> None:
        """Accept webhooks, in background threads."""
        self._server.start()

    def stop(self) -> None:
        """Accept no more, and say what is still to be said."""
        self._server.shut_down()
        self._worker.shutdown()
        self._pool.clear()

    def _receive(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        signature = signature_of(body, self.secret)
        if not hmac.compare_digest(environ.get("HTTP_X_HUB_SIGNATURE_256", ""), signature):
            start_response("403 Forbidden", [("Content-Length", "0")])
            return [b""]
        message: dict[str, Any] = json.loads(body)
        if self._is_new(message["id"]):
            self._worker.submit(self._answer, message)  # the platform waits for no work
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    def _is_new(self, message_id: str) -> bool:
        """Tell whether a message comes for the first time, and remember it."""
        with self._lock:
            if message_id in self._known:
                return False
            self._known[message_id] = None
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            return True

    def _answer(self, message: dict[str, Any]) -> None:
        if message["type"] not in ("Text", "Structured"):
            return
        channel, now = message["channel"], wire_date(time.time())
        customer = {"id": channel["to"]["id"], "idType": channel["to"]["idType"]}
        receipt = {"id": message["id"], "status": "Delivered", "isFinalReceipt": True}
        arrived = {**receipt, "channel": {"to": customer, "time": now}}
        self._post(channel["from"]["id"], "receipt", arrived)
        # A bot would answer to its own words for ever.
        if message.get("originatingEntity") == "Human" and message.get("text"):
            echo = {"channel": {"from": customer, "time": now}, "text": f"“{message['text']}”"}
            self._post(channel["from"]["id"], "message", echo)

    def _post(self, integration_id: str, kind: str, body: dict[str, Any]) -> None:
        path = f"/api/v2/conversations/messages/{integration_id}/inbound/open/{kind}"
        headers = {"Authorization": f"Bearer {self._sandbox.access_token}"}
        url = self._sandbox.api_url + path
        self._pool.request("POST", url, json=body, headers=headers)
