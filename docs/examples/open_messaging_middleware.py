"""A middleware for open messaging, between the platform and an app in which customers chat.

The platform posts its webhooks to /webhook. The app, with "Authorization: Bearer TOKEN", has

    PUT  /customers/CUSTOMER/messages/ID    ID is the app's, and may be put again
         {"text": "Hello", "name": "Ann"}
         {"attachment": {"media_type": "Image", "mime": "image/png", "url": "https://..."}}
         {"answers": "id of the message", "text": "Yes", "payload": "yes"}   a quick reply
    POST /customers/CUSTOMER/typing
    GET  /customers/CUSTOMER/messages?after=NUMBER

Whatever comes is in a file before it is answered, and done afterwards, in order for each customer.
So nothing is lost and nothing is done twice, be it repeated, slow, refused, or cut off half-way. A
customer's message that the platform may have got or not is "unknown", and left to the app.

Where and as whom comes from the environment: GENESYSCLOUD_REGION, GENESYSCLOUD_OAUTHCLIENT_ID and
GENESYSCLOUD_OAUTHCLIENT_SECRET, of an OAuth client with the permission
conversation:message:receive; OPEN_MESSAGING_SECRET, by which the integration signs, and
OPEN_MESSAGING_OLD_SECRET while it is changed; OPEN_MESSAGING_APP_TOKEN, which the app shows. Flask
comes with the package's extra "sandbox"; TLS at port 443 is for a proxy in front.

Exit status: 0 it was told to stop, 2 it could not begin or go on, 130 interrupted.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import logging
import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from flask import Flask, Response, abort, jsonify, request
from werkzeug.serving import make_server

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    ConversationsApi,
    open_messaging,
)
from PureCloudPlatformClientV2.open_messaging import Attachment, Customer, Event, Message, Receipt

log = logging.getLogger("middleware")

POSTS: dict[str, Callable[..., Any]] = {
    "message": ConversationsApi.post_conversations_message_inbound_open_message,
    "choice": ConversationsApi.post_conversations_message_inbound_open_structured_response,
    "typing": ConversationsApi.post_conversations_message_inbound_open_event,
    "receipt": ConversationsApi.post_conversations_message_inbound_open_receipt,
}
"""How the platform is told what."""

MOST_TRIES, LONGEST_PAUSE = 16, 300.0
"""After a pause, twice that, and so on, up to so many seconds."""

REMEMBERED = 3600.0
"""Seconds for which a webhook is known; the platform repeats it for 85."""

SCHEMA = """
PRAGMA locking_mode = EXCLUSIVE; -- a second process is refused
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS tasks (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, lane TEXT NOT NULL,
    body BLOB NOT NULL, came REAL NOT NULL, due REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting', why TEXT);
CREATE INDEX IF NOT EXISTS lanes ON tasks (state, lane, number);
CREATE INDEX IF NOT EXISTS ages ON tasks (state, came);
CREATE TABLE IF NOT EXISTS chats (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, customer TEXT NOT NULL,
    message TEXT NOT NULL, status TEXT NOT NULL, platform_id TEXT);
CREATE INDEX IF NOT EXISTS customers ON chats (customer, number);
CREATE INDEX IF NOT EXISTS platform_ids ON chats (platform_id);

-- What a process was cut off in: a message may have been sent; a receipt does no harm twice.
UPDATE tasks SET state = CASE WHEN kind IN ('message', 'choice') THEN 'unknown' ELSE 'waiting' END
    WHERE state = 'begun';
UPDATE chats SET status = 'unknown'
    WHERE key IN (SELECT key FROM tasks WHERE state = 'unknown');
"""

NEXT = """
SELECT number, key, kind, body, tries FROM tasks AS task
WHERE state = 'waiting' AND due <= ? AND NOT EXISTS (
    SELECT 1 FROM tasks AS earlier WHERE earlier.state IN ('waiting', 'begun')
    AND earlier.lane = task.lane AND earlier.number < task.number)
ORDER BY number LIMIT 1"""


class Task(NamedTuple):
    """Something to do."""

    number: int
    key: str
    kind: str
    body: bytes
    tries: int


class LaterError(Exception):
    """What is needed for a task is not there yet."""


class Store:
    """The file of tasks and chats, which all threads of one process share."""

    def __init__(self, path: Path) -> None:
        """Open the file, and take up what was left in it."""
        self._rows = sqlite3.connect(path, timeout=0, check_same_thread=False)
        self._has_more = threading.Condition()
        try:
            self._rows.executescript(SCHEMA)
        except sqlite3.Error:
            self.close()
            raise

    @contextmanager
    def change(self) -> Generator[sqlite3.Connection, None, None]:
        """Have all that the block does on the disk at its end; nothing if it fails."""
        with self._has_more, self._rows:
            yield self._rows
            self._has_more.notify()

    @contextmanager
    def finish(self, task: Task) -> Generator[sqlite3.Connection, None, None]:
        """End a task together with what the block does."""
        with self.change() as rows:
            yield rows
            rows.execute("UPDATE tasks SET state = 'done' WHERE number = ?", [task.number])

    def take(self) -> Task | None:
        """Begin the next task; ``None`` if a moment has brought none."""
        with self._has_more:
            found = self._rows.execute(NEXT, [time.time()]).fetchone()
            if found is None:
                self._has_more.wait(0.1)
                return None
            task = Task(*found)
            with self._rows:
                begin = "UPDATE tasks SET state = 'begun', tries = tries + 1 WHERE number = ?"
                self._rows.execute(begin, [task.number])
            return task

    def close(self) -> None:
        """Let another process have the file."""
        self._rows.close()

    def put_off(self, task: Task, seconds: float) -> None:
        """Let a task wait."""
        with self.change() as rows:
            wait = "UPDATE tasks SET state = 'waiting', due = ? WHERE number = ?"
            rows.execute(wait, [time.time() + seconds, task.number])

    def give_up(self, task: Task, state: str, why: str) -> None:
        """End a task that cannot be done; it is kept for somebody to look at, unless "done"."""
        log.warning("task %d, %s, is %s: %s", task.number, task.kind, state, why)
        with self.change() as rows:
            end = "UPDATE tasks SET state = ?, why = ? WHERE number = ?"
            rows.execute(end, [state, why, task.number])
            rows.execute("UPDATE chats SET status = ? WHERE key = ?", [state, task.key])


def add_task(rows: sqlite3.Connection, key: str, kind: str, lane: str, body: bytes) -> None:
    """Put a task at the end of its lane, unless it is there already."""
    now = time.time()
    rows.execute("DELETE FROM tasks WHERE state = 'done' AND came < ?", [now - REMEMBERED])
    add = "INSERT OR IGNORE INTO tasks (key, kind, lane, body, came, due) VALUES (?, ?, ?, ?, ?, ?)"
    rows.execute(add, [key, kind, lane, body, now, now])


def add_to_chat(
    rows: sqlite3.Connection, key: str, customer: str, message: dict[str, Any], status: str
) -> bool:
    """Put a message at the end of a chat, unless it is there already."""
    add = "INSERT OR IGNORE INTO chats (key, customer, message, status) VALUES (?, ?, ?, ?)"
    return rows.execute(add, [key, customer, json.dumps(message), status]).rowcount == 1


def make_app(store: Store, integration_id: str, id_type: str, secrets: list[str]) -> Flask:
    """Make the part that takes what comes, and answers at once."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    token = os.environ["OPEN_MESSAGING_APP_TOKEN"]
    agent_types_until: dict[str, float] = {}

    @app.post("/webhook")
    def take_webhook() -> str:
        body = request.get_data()
        try:
            header = request.headers.get(open_messaging.SIGNATURE_HEADER)
            open_messaging.verify_signature(body, header, secrets)
        except open_messaging.SignatureError as error:
            log.warning("a webhook was refused: %s", error)
            abort(403)
        key = lane = hashlib.sha256(body).hexdigest()
        try:
            webhook = open_messaging.parse(body)
        except ValueError:
            pass  # something new: it is kept, as it would be the same when it is repeated
        else:
            key = lane = webhook.key
            if isinstance(webhook, Event):  # of no use later
                seconds = webhook.duration.total_seconds() if webhook.duration else 5.0
                agent_types_until[webhook.customer.id] = time.monotonic() + seconds
                return ""
            if isinstance(webhook, Message):
                lane = f"to {webhook.customer.id}"
        with store.change() as rows:
            add_task(rows, key, "webhook", lane, body)
        return ""

    @app.before_request
    def check_app() -> None:
        if request.path.startswith("/customers/"):
            given = request.headers.get("Authorization", "").encode()
            if not hmac.compare_digest(given, f"Bearer {token}".encode()):
                abort(401)

    @app.put("/customers/<customer_id>/messages/<message_id>")
    def take_message(customer_id: str, message_id: str) -> tuple[Response, int]:
        said = request.get_json()
        try:
            kind, body = make_body(customer_id, id_type, message_id, said)
        except (TypeError, ValueError) as error:
            return jsonify(error=str(error)), 400
        key = json.dumps([customer_id, message_id])
        with store.change() as rows:
            chat = {**said, "from": "customer", "id": message_id}
            if add_to_chat(rows, key, customer_id, chat, "waiting"):
                add_task(rows, key, kind, f"from {customer_id}", packed(integration_id, body))
            select = "SELECT status, message FROM chats WHERE key = ?"
            status, there = rows.execute(select, [key]).fetchone()
        return jsonify(status=status), 202 if json.loads(there) == chat else 409

    @app.post("/customers/<customer_id>/typing")
    def take_typing(customer_id: str) -> tuple[str, int]:
        event = open_messaging.typing_event(Customer(customer_id, id_type))
        with store.change() as rows:
            key = uuid4().hex
            add_task(rows, key, "typing", key, packed(integration_id, event))
        return "", 202

    @app.get("/customers/<customer_id>/messages")
    def show_chat(customer_id: str) -> Response:
        select = "SELECT number, status, message FROM chats WHERE customer = ? AND number > ?"
        after = request.args.get("after", 0, int)
        with store.change() as rows:
            found = rows.execute(f"{select} ORDER BY number", [customer_id, after]).fetchall()
        return jsonify(
            messages=[{"number": one[0], "status": one[1], **json.loads(one[2])} for one in found],
            agent_is_typing=agent_types_until.get(customer_id, 0.0) > time.monotonic(),
        )

    return app


def make_body(
    customer_id: str, id_type: str, message_id: str, said: Any
) -> tuple[str, dict[str, Any]]:
    """Make of what the app says what the platform takes."""
    if not isinstance(said, dict):
        raise TypeError("a message is a JSON object")
    customer = Customer(customer_id, id_type, nickname=said.get("name"))
    if "answers" in said:
        choice: list[Any] = [said.get(name) for name in ("answers", "text", "payload")]
        return "choice", open_messaging.structured_response(
            customer, *choice, message_id=message_id
        )
    attachment = Attachment(**said["attachment"]) if "attachment" in said else None
    return "message", open_messaging.inbound_message(
        customer, said.get("text"), attachment=attachment, message_id=message_id
    )


def packed(integration_id: str, body: dict[str, Any]) -> bytes:
    return json.dumps([integration_id, body]).encode()


def deliver(store: Store, task: Task) -> None:
    """Do what a webhook asks for."""
    webhook = open_messaging.parse(task.body)
    with store.finish(task) as rows:
        if isinstance(webhook, Message):
            receipt = webhook.delivered()
            if webhook.text or webhook.attachments or webhook.quick_replies:
                add_to_chat(rows, task.key, webhook.customer.id, shown(webhook), "delivered")
            else:
                receipt = webhook.failed("UnsupportedMessage", "the chat cannot show cards")
            key = f"receipt {task.key}"
            add_task(rows, key, "receipt", key, packed(webhook.integration_id, receipt))
        elif isinstance(webhook, Receipt):
            update = "UPDATE chats SET status = ? WHERE platform_id = ?"
            status = (webhook.status or "sent").lower()
            if not rows.execute(update, [status, webhook.id]).rowcount:
                raise LaterError(f"no message is {webhook.id} yet")  # it may overtake the answer


def shown(message: Message) -> dict[str, Any]:
    return {
        "from": (message.originating_entity or "platform").lower(),
        "id": message.id,
        "text": message.text,
        "attachments": [
            {"url": one.url, "mime": one.mime, "filename": one.filename}
            for one in message.attachments
        ],
        "quick_replies": [
            {"text": one.text, "payload": one.payload} for one in message.quick_replies
        ],
    }


def post(store: Store, task: Task, api: ConversationsApi) -> None:
    """Tell the platform something."""
    integration_id, body = json.loads(task.body)
    answer = POSTS[task.kind](api, integration_id, body)
    if task.kind == "receipt":
        open_messaging.check_receipt(answer, body)
    with store.finish(task) as rows:
        update = "UPDATE chats SET status = 'sent', platform_id = ? WHERE key = ?"
        rows.execute(update, [answer.id, task.key])


def work(store: Store, api: ConversationsApi, pause: float, stopping: threading.Event) -> None:
    """Do one task after another, until told to stop."""
    while not stopping.is_set():
        task = store.take()
        if task is None:
            continue
        may_be_sent = task.kind in ("message", "choice")
        try:
            if task.kind == "webhook":
                deliver(store, task)
            else:
                post(store, task, api)
        except ApiException as error:
            if may_be_sent and error.outcome_unknown:
                store.give_up(task, "unknown", str(error))
            elif task.kind == "typing":  # of no use later
                store.give_up(task, "done", str(error))
            elif is_passing(error.status):
                try_again(store, task, pause, str(error))
            else:
                store.give_up(task, "failed", str(error))
        except LaterError as error:
            try_again(store, task, pause, str(error))
        except (open_messaging.ReceiptError, ValueError) as error:
            store.give_up(task, "failed", str(error))
        except sqlite3.Error:  # nobody can go on without the file
            raise
        except Exception:  # a defect in here, which must not keep other customers waiting
            log.exception("task %d", task.number)
            store.give_up(task, "unknown" if may_be_sent else "failed", "see the log")


def is_passing(status: int) -> bool:
    """Tell whether time helps, or somebody who sees to the account."""
    return status in (0, 401, 403, 408, 429) or status >= 500


def try_again(store: Store, task: Task, pause: float, why: str) -> None:
    if task.tries + 1 < MOST_TRIES:
        store.put_off(task, min(pause * 2**task.tries, LONGEST_PAUSE))
    else:
        store.give_up(task, "failed", why)


def serve(options: argparse.Namespace, configuration: Configuration, secrets: list[str]) -> None:
    stopping = threading.Event()
    with (
        closing(Store(options.file)) as store,
        ApiClient(configuration=configuration) as client,
        ThreadPoolExecutor(options.workers) as pool,
    ):
        app = make_app(store, options.integration, options.id_type, secrets)
        with make_server(options.host, options.port, app, threaded=True) as server:
            arguments = (store, ConversationsApi(client), options.pause, stopping)
            workers = [pool.submit(work, *arguments) for _ in range(options.workers)]

            def end(_: object) -> None:
                if not stopping.is_set():  # a worker has failed: what comes could not be done
                    server.shutdown()

            for worker in workers:
                worker.add_done_callback(end)
            try:
                print(f"Listening at http://{options.host}:{server.server_port}", flush=True)
                server.serve_forever()
            finally:
                stopping.set()
            for worker in workers:
                worker.result()


def stop(number: int, _: object) -> None:
    sys.exit(0 if number == signal.SIGTERM else 130)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--integration", required=True, metavar="ID", help="where customers write")
    parser.add_argument("--id-type", default="Opaque", choices=["Email", "Phone", "Opaque"])
    parser.add_argument("--file", type=Path, default="middleware.sqlite", help="tasks and chats")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--workers", type=int, default=4, help="tasks at the same time (4)")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds before the second try")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for each request, otherwise
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        configuration = Configuration()
        if not (configuration.access_token or configuration.client_id):
            parser.error("there is no account in the environment; --help says what to set")
        print(f"The platform is {configuration.host}")
        configuration.rate_limit = 300  # a minute, which is what the platform allows a client
        configuration.deadline = 20  # seconds, so that a stop takes no longer
        names = ("OPEN_MESSAGING_SECRET", "OPEN_MESSAGING_OLD_SECRET")
        secrets = [os.environ[name] for name in names if os.environ.get(name)]
        if not (os.environ.get(names[0]) and os.environ.get("OPEN_MESSAGING_APP_TOKEN")):
            parser.error("a secret is not in the environment; --help says what to set")
        serve(options, configuration, secrets)
    except (ApiException, OSError, ValueError, sqlite3.Error) as error:
        parser.exit(2, f"{parser.prog}: {error}\n")


if __name__ == "__main__":
    main()
