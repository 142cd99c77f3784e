"""Connects customers with bots and agents, and carries what they say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..errors import ServiceError
from ..events import Event
from ..staff import Staff
from ..state import State
from . import wire
from .integrations import Integration, find_integration, shows_typing, threading_window
from .media import keep_copy
from .normalized import (
    Kind,
    inbound_channel,
    make_message,
    new_id,
    outbound_channel,
)
from .records import (
    Conversation,
    Direction,
    Message,
    Participant,
    Records,
    Sender,
    not_there,
    require_connected,
)

TYPING_TIME = 5000
"""Milliseconds that typing lasts if nothing else is said."""

_UNDELIVERED = ("queued", "failed")
"""The statuses of a message whose webhook is under way, perhaps once more."""

_DELIVERY_TIME = 1.0
"""Seconds in which a messenger without a webhook, such as WhatsApp, delivers a message."""


@dataclass(frozen=True)
class Said:
    """What a customer has said."""

    time: str
    """When, as the customer's messenger says."""
    kind: Kind = "Text"
    text: str | None = None
    content: Sequence[Mapping[str, Any]] = ()
    metadata: Mapping[str, str] | None = None
    sent_id: str | None = None
    """The id that the customer's messenger gave it."""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    """What to note of the customer."""


class Switchboard:
    """Where conversations are opened, carried on and ended. May be used from any thread.

    It keeps nothing itself: all that there is to know is in the store. Listeners are told outside
    of all transactions.
    """

    def __init__(self, state: State) -> None:
        """Serve the organizations of a sandbox."""
        self.state = state
        self.records: Records = Records(state.store)

    # What there is; what is not there is a 404

    def conversation(self, organization_id: str, conversation_id: str) -> Conversation:
        """Find a conversation of an organization."""
        found = self.records.find(organization_id, conversation_id)
        if found is None:
            raise not_there("conversation", conversation_id)
        return found

    def message(
        self, organization_id: str, message_id: str, conversation_id: str | None = None
    ) -> tuple[Conversation, Message]:
        """Find a message of an organization, or of one of its conversations."""
        found = self.records.find_message(organization_id, message_id)
        if found is None or conversation_id not in (None, found.conversation_id):
            raise not_there("message", message_id)
        return self.conversation(organization_id, found.conversation_id), found

    # What customers do

    def receive(
        self, integration: Integration, customer: Mapping[str, str], said: Said
    ) -> tuple[Conversation, Message]:
        """Take what a customer says into the customer's conversation, and let the bot answer."""
        with self.state.store.transaction():
            conversation, is_opened = self._reach(integration, customer)
            part = conversation.customers_part
            part.attributes |= said.attributes
            normalized = make_message(
                said.kind,
                inbound_channel(conversation, said.sent_id, said.time),
                "inbound",
                text=said.text,
                content=list(said.content) or None,
                metadata=said.metadata,
            )
            message = self._keep(conversation, part, "customer", "inbound", "received", normalized)
        if is_opened:
            self._tell("opened", conversation)
        self._tell("message", conversation, message)
        self._confirm(conversation, message)
        self._let_bot_answer(conversation, said.text or "")
        return conversation, message

    def receive_typing(
        self, integration: Integration, customer: Mapping[str, str], sent_time: str
    ) -> dict[str, Any]:
        """Take note of it that a customer types, where the messaging setting lets it through."""
        is_shown, is_opened = shows_typing(self.state, integration, "inbound"), False
        conversation = self._draft(integration, customer, "inbound")
        if is_shown:
            with self.state.store.transaction():
                conversation, is_opened = self._reach(integration, customer)
                self.records.save(conversation)
        channel = inbound_channel(conversation, None, sent_time)
        normalized = make_message("Event", channel, "inbound", events=[_typing(TYPING_TIME)])
        if is_opened:
            self._tell("opened", conversation)
        if is_shown:
            self._tell_typing("customer", conversation, normalized)
        return normalized

    # What agents, bots and programs do

    def send(
        self,
        conversation: Conversation,
        part: Participant,
        sender: Sender,
        *,
        kind: Kind = "Text",
        text: str | None = None,
        content: Sequence[Mapping[str, Any]] = (),
    ) -> tuple[Conversation, Message]:
        """Send something to the customer, as long as both ends are connected."""
        with self.state.store.transaction():
            conversation = self.conversation(conversation.organization_id, conversation.id)
            require_connected(conversation, conversation.participant(part.id))
            own_id = new_id()
            normalized = make_message(
                kind,
                outbound_channel(conversation, own_id, self.state.clock()),
                "outbound",
                own_id=own_id,
                text=text,
                content=list(content) or None,
                originatingEntity="Bot" if sender == "bot" else "Human",
            )
            message = self._keep(conversation, part, sender, "outbound", "queued", normalized)
        self._tell("message", conversation, message)
        self._carry(conversation, message)
        return conversation, message

    def send_typing(self, conversation: Conversation, duration: int | None) -> None:
        """Let the customer know that the agent types, where the messaging setting allows it."""
        organization_id = conversation.organization_id
        integration = find_integration(self.state, organization_id, conversation.integration_id)
        own_id = new_id()
        channel = outbound_channel(conversation, own_id, self.state.clock())
        events = [_typing(duration or TYPING_TIME)]
        normalized = make_message("Event", channel, "outbound", own_id=own_id, events=events)
        self._tell_typing("agent", conversation, normalized)
        if shows_typing(self.state, integration, "outbound"):
            self._post(conversation, own_id, normalized)

    def connect_to_customer(
        self,
        integration: Integration,
        customer: Mapping[str, str],
        part: Participant,
        check: Callable[[Conversation], None],
    ) -> Conversation:
        """Let somebody of the organization into the customer's conversation, or open one.

        Args:
            integration: Where the customer is.
            customer: The customer's end of a channel.
            part: Who comes in.
            check: Refuses to go on with a conversation that is connected, or ended a short while
                ago, if that is not wanted.
        """
        with self.state.store.transaction():
            latest = self._latest(integration, customer)
            if latest is not None:
                check(latest)
            conversation, is_opened = self._open(latest, integration, customer, "outbound")
            conversation.participants.append(part)
            self.records.save(conversation)
        self._tell("opened" if is_opened else "participant", conversation)
        return conversation

    def change(
        self,
        organization_id: str,
        conversation_id: str,
        change: Callable[[Conversation], str | None],
    ) -> Conversation:
        """Change a conversation; the function says what kind of change it was, if it was any."""
        with self.state.store.transaction():
            conversation = self.conversation(organization_id, conversation_id)
            kind = change(conversation)
            if kind is not None:
                self.records.save(conversation)
        if kind is not None:
            self._tell(kind, conversation)
        return conversation

    def end(self, conversation: Conversation, by: Participant | None = None) -> Conversation:
        """End a conversation, unless it has ended: everybody leaves, one of them first."""
        now = self.state.clock()
        return self.change(
            conversation.organization_id,
            conversation.id,
            lambda found: "ended" if found.end(now, by) else None,
        )

    # What becomes of a message

    def set_status(
        self,
        organization_id: str,
        message_id: str,
        status: str,
        *,
        expected: Collection[str] = (),
        error: Mapping[str, str] | None = None,
        receipt: Mapping[str, Any] | None = None,
    ) -> None:
        """Note how far a message to a customer has come.

        Args:
            organization_id: Whose it is.
            message_id: Its id; nothing happens if there is none.
            status: Its new status.
            expected: Do this only if its status so far is one of these; whatever it is when empty.
            error: Code and message of why it failed.
            receipt: What the customer's messenger said of it.
        """
        with self.state.store.transaction():
            message = self.records.find_message(organization_id, message_id)
            if message is None or (expected and message.status not in expected):
                return
            former, message.status = message.error_info, status
            message.error_info = None if error is None else dict(error)
            if receipt is not None:
                message.receipts.append(dict(receipt))
            self.records.save_message(organization_id, message)
            conversation = self.conversation(organization_id, message.conversation_id)
            for part in conversation.participants:
                # An error stays there when other messages fare better.
                is_news = error is not None or (former is not None and part.error_info == former)
                if part.id == message.participant_id and is_news:
                    part.error_info = message.error_info
                    self.records.save(conversation)
        self._tell("status", conversation, message)

    def note_delivery(self, event: Event) -> None:
        """Listen for the end of a webhook's delivery, and note it on its message."""
        if event.kind != "delivery" or event.organization_id is None:
            return
        note = partial(self.set_status, event.organization_id, event.body["messageId"])
        if event.body["state"] == "delivered":
            note("sent", expected=_UNDELIVERED)
        elif event.body["state"] == "failed":
            note("failed", expected=_UNDELIVERED, error=_failure(event.body))

    def resume(self) -> None:
        """Go on with the messages that were on their way when the sandbox was stopped.

        Those to a middleware go on with their webhooks.
        """
        for owner in self.state.store.organizations.names():
            for conversation in self.records.all(owner):
                if conversation.messenger != "open":
                    for message in self.records.messages(conversation):
                        if message.status in ("queued", "sent"):
                            self._carry(conversation, message)

    # Inside

    def _latest(self, integration: Integration, customer: Mapping[str, str]) -> Conversation | None:
        """Find the conversation that a customer has, or had until a short while ago."""
        owner = integration.organization_id
        found = self.records.latest(owner, integration.id, customer["id"])
        if found is None or found.ended is None:
            return found
        window = threading_window(self.state, owner, integration.messenger)
        return found if found.ended + window > self.state.clock() else None

    def _reach(
        self, integration: Integration, customer: Mapping[str, str]
    ) -> tuple[Conversation, bool]:
        """Find or open the conversation of a customer who speaks; tell whether it was opened."""
        latest = self._latest(integration, customer)
        conversation, is_opened = self._open(latest, integration, customer, "inbound")
        conversation.customer |= customer
        if not conversation.is_staffed:
            self._staff(conversation)
        return conversation, is_opened

    def _open(
        self,
        latest: Conversation | None,
        integration: Integration,
        customer: Mapping[str, str],
        direction: Direction,
    ) -> tuple[Conversation, bool]:
        """Go on with the latest conversation, or open one; tell whether nobody was connected."""
        if latest is None:
            conversation = self._draft(integration, customer, direction)
            self.records.add(conversation)
            return conversation, True
        is_opened = latest.state == "disconnected"
        if is_opened:
            _reopen(latest)
        return latest, is_opened

    def _draft(
        self, integration: Integration, customer: Mapping[str, str], direction: Direction
    ) -> Conversation:
        now = self.state.clock()
        name = wire.customer_name(customer) or customer["id"]
        return Conversation(
            integration.organization_id,
            integration.id,
            integration.messenger,
            integration.address,
            dict(customer),
            direction,
            started=now,
            last_message=now,
            participants=[Participant("customer", name, direction, now)],
        )

    def _staff(self, conversation: Conversation) -> None:
        """Lead a customer to the bot if there is one, and else to the agent."""
        flow = Staff.of(conversation.organization_id).flow["name"]
        now = self.state.clock()
        conversation.participants.append(Participant("workflow", flow, "inbound", now))
        owner = conversation.organization_id
        if not self.state.bot.serves(owner, conversation.integration_id):
            self._hand_over(conversation)

    def _hand_over(self, conversation: Conversation) -> str:
        """Connect the agent, by way of the queue."""
        staff, now = Staff.of(conversation.organization_id), self.state.clock()
        queue = Participant("acd", staff.queue["name"], "inbound", now)
        conversation.participants.append(queue)
        for part in conversation.participants:
            if part.purpose != "customer":
                part.end(now, "transfer")
        agent = Participant("agent", staff.user["name"], "inbound", now)
        conversation.participants.append(agent)
        return "participant"

    def _let_bot_answer(self, conversation: Conversation, text: str) -> None:
        owner = conversation.organization_id
        flow = conversation.latest("workflow")
        if flow is None or flow.state != "connected":
            return

        def hand_over(found: Conversation) -> str:
            require_connected(found, found.participant(flow.id))
            return self._hand_over(found)

        # Whoever ends a conversation in between, or has another message lead to the agent, has
        # taken it from the bot.
        with suppress(ServiceError):
            for reply in self.state.bot.replies(owner, conversation.integration_id, text):
                if reply.is_message:
                    self.send(
                        conversation,
                        flow,
                        "bot",
                        kind=reply.type,
                        text=reply.text,
                        content=reply.content,
                    )
                if reply.hand_over:
                    self.change(owner, conversation.id, hand_over)

    def _keep(
        self,
        conversation: Conversation,
        part: Participant,
        sender: Sender,
        direction: Direction,
        status: str,
        normalized: dict[str, Any],
    ) -> Message:
        now = self.state.clock()
        message = Message(conversation.id, part.id, sender, direction, status, now, normalized)
        conversation.last_message = now
        self.records.add_message(conversation, message)
        self.records.save(conversation)
        for file in message.attachments:
            if "url" in file:
                keep_copy(self.state, conversation.organization_id, file)
        return message

    def _carry(self, conversation: Conversation, message: Message) -> None:
        """Let a message go its way; an event says where it ended if it went to a middleware."""
        if conversation.messenger == "open":
            self._post(conversation, message.id, message.normalized)
            return
        now, clock = self.state.clock(), self.state.clock
        note = partial(self.set_status, conversation.organization_id, message.id)
        clock.call_at(now, partial(note, "sent", expected=("queued",)))
        clock.call_at(now + _DELIVERY_TIME, partial(note, "delivery-success", expected=("sent",)))

    def _confirm(self, conversation: Conversation, message: Message) -> None:
        """Tell the middleware that a message from a customer has arrived, if that is wanted."""
        if conversation.messenger != "open" or not self.state.settings.published_receipts:
            return
        channel = outbound_channel(conversation, message.id, self.state.clock())
        receipt = make_message(
            *("Receipt", channel, "inbound"),
            own_id=message.id,
            status="Published",
            isFinalReceipt=True,
        )
        self._post(conversation, message.id, receipt)

    def _post(
        self, conversation: Conversation, message_id: str, normalized: Mapping[str, Any]
    ) -> None:
        if conversation.messenger == "open":
            self.state.webhooks.send(
                conversation.organization_id,
                conversation.integration_id,
                {**normalized, "conversationId": conversation.id},
                conversation_id=conversation.id,
                message_id=message_id,
            )

    def _tell(
        self, change: str, conversation: Conversation, message: Message | None = None
    ) -> None:
        body = {
            "change": change,
            "conversation": wire.conversation_to_summary(conversation),
            "participants": wire.conversation_to_wire(conversation, [])["participants"],
        }
        if message is not None:
            body["message"] = wire.message_to_summary(message)
        whole = partial(self._to_wire, conversation)
        self.state.events.publish(Event("conversation", conversation.organization_id, body, whole))

    def _to_wire(self, conversation: Conversation) -> dict[str, Any]:
        return wire.conversation_to_wire(conversation, self.records.messages(conversation))

    def _tell_typing(
        self, sender: Sender, conversation: Conversation, normalized: Mapping[str, Any]
    ) -> None:
        body = {
            "conversationId": conversation.id,
            "sender": sender,
            "userId": Staff.of(conversation.organization_id).user["id"],
            "normalizedMessage": dict(normalized),
        }
        self.state.events.publish(Event("typing", conversation.organization_id, body))


def _reopen(conversation: Conversation) -> None:
    conversation.state, conversation.ended = "connected", None
    part = conversation.customers_part
    part.state, part.ended, part.disconnect_type = "connected", None, None


def _typing(duration: int) -> dict[str, Any]:
    return {"eventType": "Typing", "typing": {"type": "On", "duration": duration}}


def _failure(delivery: Mapping[str, Any]) -> dict[str, str]:
    """Say why a webhook could not be delivered."""
    last = (delivery.get("attempts") or [{}])[-1]
    why = last.get("error") or f"the webhook was answered with status {last.get('status')}"
    return {"code": "webhook.delivery.failed", "message": f"The message was not delivered: {why}"}
