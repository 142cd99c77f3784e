"""What the topics of conversations are told when something happens in one."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ..events import Event
from . import payloads
from .topics import template_of

Told = tuple[str, dict[str, Any]]
"""A topic, and the body of an event of it."""

Json = Mapping[str, Any]

_STAGES = ("start", "end", "wrapup", "acw")
"""What happens to a participant, in this order."""

_NAMES = {
    "customer": "customer",
    "acd": "acd",
    "agent": "user",
    "workflow": "flow",
    "bot": "flow",
}
"""How the topics of details call a participant, by its purpose."""

_DISCONNECT_TYPES = {
    "transfer.conference": "CONFERENCE_TRANSFER",
    "transfer.consult": "CONSULT_TRANSFER",
    "transfer.forward": "FORWARD_TRANSFER",
    "transfer.noanswer": "NO_ANSWER_TRANSFER",
    "transfer.notavailable": "NOT_AVAILABLE_TRANSFER",
    "transfer.donotdisturb": "DND_TRANSFER",
    "endpoint.donotdisturb": "DND_ENDPOINT",
}
"""How the details call what the conversations call otherwise; the rest is the same in capitals."""


class ConversationEvents:
    """Tells what happens in conversations to the topics, by what they were told before."""

    def __init__(self) -> None:
        """Begin with no conversation."""
        self._lock = threading.Lock()
        # What has been told of each participant, by conversation.
        self._told: dict[str, dict[str, set[str]]] = {}

    def of(self, event: Event) -> list[Told]:
        """Tell what an event means to the topics."""
        if event.kind == "typing":
            return list(_typing_events(event.body))
        if event.kind != "conversation":
            return []
        conversation, wire = event.body["conversation"], event.body["wire"]
        # One that the sandbox has from before it was started begins nothing now.
        is_new = event.body["change"] == "opened"
        return [
            *self._detail_events(conversation, wire, is_new=is_new),
            *_conversation_events(conversation, wire),
        ]

    def forget(self) -> None:
        """Forget all conversations."""
        with self._lock:
            self._told.clear()

    def _detail_events(self, conversation: Json, wire: Json, *, is_new: bool) -> Iterator[Told]:
        with self._lock:
            is_old = not is_new and wire["id"] not in self._told
            told = self._told.setdefault(wire["id"], {})
            stages: list[tuple[Json, str]] = []
            for participant in wire["participants"]:
                before = told.setdefault(participant["id"], set())
                now = _stages(participant)
                if not is_old:
                    stages += [(participant, one) for one in _STAGES if one in now - before]
                before |= now
        for participant, stage in stages:
            yield from _detail_event(stage, participant, conversation)


def _stages(participant: Json) -> set[str]:
    if participant.get("purpose") not in _NAMES:
        return set()
    stages = {"start"}
    if participant.get("endTime"):
        stages.add("end")
    if participant.get("wrapup"):
        stages.add("wrapup")
        if participant.get("endAcwTime"):
            stages.add("acw")
    return stages


def _detail_event(stage: str, participant: Json, conversation: Json) -> Iterator[Told]:
    name = _NAMES[participant["purpose"]]
    ending = f"{name}.{stage}" if stage in ("start", "end") else stage
    began, ended = _moment(participant, "startTime"), _moment(participant, "endTime")
    wrapup = participant.get("wrapup") or {}
    after_work = (_moment(participant, "startAcwTime"), _moment(participant, "endAcwTime"))
    lasted = max(0, ended - began)
    body: dict[str, Any] = {
        "eventTime": {"start": began, "end": ended}.get(stage, after_work[1] or ended),
        "conversationId": conversation["id"],
        "participantId": participant["id"],
        "sessionId": _communication_id(participant, conversation),
        "disconnectType": _disconnect_type(participant),
        "mediaType": "MESSAGE",
        "provider": participant.get("provider"),
        "direction": participant.get("direction", "inbound").upper(),
        "messageType": conversation["messengerType"].upper(),
        "addressFrom": participant.get("fromAddress", {}).get("addressNormalized"),
        "addressTo": participant.get("toAddress", {}).get("addressNormalized"),
        "userId": participant.get("user", {}).get("id"),
        "queueId": participant.get("queue", {}).get("id"),
        "interactingDurationMs": lasted,
        "connectedDurationMs": lasted,
        "wrapupCode": wrapup.get("code"),
        "wrapupNotes": wrapup.get("notes"),
        "wrapupDurationMs": max(0, after_work[1] - after_work[0]),
        **({"flowType": "INBOUNDSHORTMESSAGE"} if name == "flow" else {}),
    }
    known = {field: value for field, value in body.items() if value is not None}
    yield _told(f"v2.detail.events.conversation.{conversation['id']}.{ending}", known)


def _told(topic: str, body: Json) -> Told:
    """Keep what the events of a topic have."""
    template = template_of(topic)
    if template is None:
        raise LookupError(f"the catalog has no topic {topic}")
    return topic, payloads.fit(template.definition, body)


def _moment(participant: Json, field: str) -> int:
    """Read a time in milliseconds; 0 if there is none."""
    written = participant.get(field)
    if not written:
        return 0
    return round(datetime.fromisoformat(written.replace("Z", "+00:00")).timestamp() * 1000)


def _disconnect_type(participant: Json) -> str | None:
    kind = participant.get("disconnectType")
    return kind and _DISCONNECT_TYPES.get(kind, kind.replace(".", "_").upper())


def _communication_id(participant: Json, conversation: Json) -> str | None:
    """Tell a communication as far as it is known: the agent's, and the customer's by its peer."""
    if participant["id"] == conversation.get("agentParticipantId"):
        return conversation.get("agentCommunicationId")
    return None


def _typing_events(body: Json) -> Iterator[Told]:
    if body["sender"] == "customer" and body.get("userId"):
        topic = f"v2.users.{body['userId']}.conversations.inbound.typing.event"
        yield _told(topic, body)


def _conversation_events(conversation: Json, wire: Json) -> Iterator[Told]:
    participants: list[Json] = wire["participants"]
    users = _ids(conversation.get("userId"), (one.get("user") for one in participants))
    queues = _ids(conversation.get("queueId"), (one.get("queue") for one in participants))
    prefixes = [f"v2.users.{one}" for one in users]
    prefixes += [f"v2.routing.queues.{one}" for one in queues]
    messages = {**wire, "participants": list(map(_with_named_messages, participants))}
    whole = {**wire, "participants": [_with_its_leg(one, conversation) for one in participants]}
    for prefix in prefixes:
        yield _told(f"{prefix}.conversations.messages", messages)
        yield _told(f"{prefix}.conversations", whole)


def _ids(first: str | None, references: Iterable[Json | None]) -> list[str]:
    found = [first, *(one["id"] for one in references if one)]
    return list(dict.fromkeys(one for one in found if one))


def _with_named_messages(participant: Json) -> dict[str, Any]:
    """An event names a message where a response has its id."""
    details = [{**one, "message": {"id": one["messageId"]}} for one in participant["messages"]]
    return {**participant, "messages": details}


def _with_its_leg(participant: Json, conversation: Json) -> dict[str, Any]:
    """What is the participant's in a conversation of messages is its leg's in one of any media."""
    leg = {
        **participant,
        "id": _communication_id(participant, conversation),
        "disconnectedTime": participant.get("endTime"),
        "peerId": participant.get("peer"),
    }
    references = {
        f"{name}Id": participant.get(name, {}).get("id")
        for name in ("user", "queue", "team", "externalContact", "externalOrganization")
    }
    whole = {
        **participant,
        **references,
        "messages": [{name: value for name, value in leg.items() if value is not None}],
    }
    return {name: value for name, value in whole.items() if value is not None}
