"""What the topics of conversations are told when something happens in one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from ..events import Event

Json = Mapping[str, Any]


class Told(NamedTuple):
    """An event of a topic."""

    topic: str
    body: Callable[[], dict[str, Any]]
    """Builds what there is to tell; the topic's definition may have less."""


@dataclass
class _Seen:
    """What has been told of a participant."""

    stages: set[str] = field(default_factory=set[str])
    attributes: Json = field(default_factory=dict[str, Any])


_STAGES = ("start", "end", "wrapup", "acw")
"""What happens to a participant, in this order."""

_NAMES = {"customer": "customer", "acd": "acd", "agent": "user", "workflow": "flow", "bot": "flow"}
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
        self._seen: dict[tuple[str | None, str], dict[str, _Seen]] = {}
        """The participants, by organization and conversation."""

    def of(self, event: Event, now: float) -> list[Told]:
        """Tell what an event means to the topics."""
        if event.kind == "typing":
            return list(_typing_events(event.body))
        if event.kind != "conversation":
            return []
        # One that the sandbox has from before it was started begins nothing now.
        is_new = event.body["change"] == "opened"
        milliseconds = round(now * 1000)
        return [
            *(
                _detail_event(news, participant, event.body, milliseconds)
                for participant, news in self._news(event, is_new=is_new)
            ),
            *_conversation_events(event),
        ]

    def forget(self, organization_id: str | None) -> None:
        """Forget the conversations of an organization, or all."""
        with self._lock:
            for key in [one for one in self._seen if organization_id in (None, one[0])]:
                del self._seen[key]

    def _news(self, event: Event, *, is_new: bool) -> list[tuple[Json, str]]:
        """Find what has happened to each participant since the last time."""
        found: list[tuple[Json, str]] = []
        with self._lock:
            key = event.organization_id, event.body["conversation"]["id"]
            is_old = not is_new and key not in self._seen
            seen = self._seen.setdefault(key, {})
            for participant in event.body["participants"]:
                before = seen.setdefault(participant["id"], _Seen())
                stages, attributes = _stages(participant), participant.get("attributes") or {}
                news = [one for one in _STAGES if one in stages - before.stages]
                if attributes != before.attributes:
                    news.append("attributes")
                # One who has come back may leave once more.
                before.stages, before.attributes = stages, attributes
                found += [(participant, one) for one in news]
        return [] if is_old else found


def _stages(participant: Json) -> set[str]:
    if participant["purpose"] not in _NAMES:
        return set()
    ends = {"end": "endTime", "wrapup": "wrapup", "acw": "endAcwTime"}
    return {"start", *(stage for stage, sign in ends.items() if participant.get(sign))}


def _detail_event(news: str, participant: Json, told: Json, now: int) -> Told:
    named = news in ("start", "end")
    ending = f"{_NAMES[participant['purpose']]}.{news}" if named else news
    topic = f"v2.detail.events.conversation.{told['conversation']['id']}.{ending}"
    return Told(topic, partial(_details, news, participant, told, now))


def _details(news: str, participant: Json, told: Json, now: int) -> dict[str, Any]:
    conversation, wrapup = told["conversation"], participant.get("wrapup") or {}
    began, ended = _moment(participant, "startTime"), _moment(participant, "endTime")
    lasted = ended - began if began and ended else None
    after_work = _moment(participant, "startAcwTime")
    is_flow = _NAMES.get(participant["purpose"]) == "flow"
    return _present(
        {
            "eventTime": {"start": began, "end": ended}.get(news) or now,
            "conversationId": conversation["id"],
            "participantId": participant["id"],
            "sessionId": _communications(told).get(participant["id"]),
            "disconnectType": _disconnect_type(participant),
            "mediaType": "MESSAGE",
            "provider": participant.get("provider"),
            "direction": participant.get("direction", "inbound").upper(),
            "messageType": conversation["messengerType"].upper(),
            "addressFrom": participant.get("fromAddress", {}).get("addressNormalized"),
            "addressTo": participant.get("toAddress", {}).get("addressNormalized"),
            "userId": participant.get("user", {}).get("id"),
            "queueId": participant.get("queue", {}).get("id"),
            "flowType": "INBOUNDSHORTMESSAGE" if is_flow else None,
            "interactingDurationMs": lasted,
            "connectedDurationMs": lasted,
            "wrapupCode": wrapup.get("code"),
            "wrapupNotes": wrapup.get("notes"),
            "wrapupDurationMs": max(0, now - after_work) if after_work else None,
            "attributes": participant.get("attributes"),
        }
    )


def _typing_events(body: Json) -> Iterator[Told]:
    if body["sender"] == "customer" and body.get("userId"):
        topic = f"v2.users.{body['userId']}.conversations.inbound.typing.event"
        yield Told(topic, lambda: dict(body))


def _conversation_events(event: Event) -> Iterator[Told]:
    conversation, participants = event.body["conversation"], event.body["participants"]
    users = _ids(conversation.get("userId"), (one.get("user") for one in participants))
    queues = _ids(conversation.get("queueId"), (one.get("queue") for one in participants))
    for prefix in (
        *(f"v2.users.{one}.conversations" for one in users),
        *(f"v2.routing.queues.{one}.conversations" for one in queues),
    ):
        yield Told(f"{prefix}.messages", partial(_message_conversation, event))
        yield Told(prefix, partial(_whole_conversation, event))


def _ids(first: str | None, references: Iterable[Json | None]) -> list[str]:
    found = [first, *(one["id"] for one in references if one)]
    return list(dict.fromkeys(one for one in found if one))


def _message_conversation(event: Event) -> dict[str, Any]:
    """An event names a message where a response has its id."""
    wire = event.wire()
    participants = [
        {
            **participant,
            "messages": [
                {**one, "message": {"id": one["messageId"]}} for one in participant["messages"]
            ],
        }
        for participant in wire["participants"]
    ]
    return {**wire, "participants": participants}


def _whole_conversation(event: Event) -> dict[str, Any]:
    """Each participant of one of messages has a leg of messages in one of any media."""
    wire, communications = event.wire(), _communications(event.body)
    participants = [
        {
            **one,
            **_reference_ids(one),
            "messages": [
                _present(
                    {
                        **one,
                        "id": communications.get(one["id"]),
                        "disconnectedTime": one.get("endTime"),
                        "peerId": one.get("peer"),
                    }
                )
            ],
        }
        for one in wire["participants"]
    ]
    return {**wire, "participants": participants}


def _reference_ids(participant: Json) -> dict[str, str]:
    names = ("user", "queue", "team", "externalContact", "externalOrganization")
    return {f"{name}Id": participant[name]["id"] for name in names if participant.get(name)}


def _communications(told: Json) -> dict[str, str]:
    """Tell the communications that are known, by participant."""
    conversation, participants = told["conversation"], told["participants"]
    customers = [one["id"] for one in participants if one["purpose"] == "customer"]
    peers = [one["peer"] for one in participants if one["purpose"] != "customer" and "peer" in one]
    found = dict(zip(customers, peers, strict=False))
    if conversation.get("agentCommunicationId"):
        found[conversation["agentParticipantId"]] = conversation["agentCommunicationId"]
    return found


def _moment(participant: Json, name: str) -> int | None:
    """Read a time in milliseconds."""
    written = participant.get(name)
    if not written:
        return None
    return round(datetime.fromisoformat(written.replace("Z", "+00:00")).timestamp() * 1000)


def _disconnect_type(participant: Json) -> str | None:
    kind = participant.get("disconnectType")
    return kind and _DISCONNECT_TYPES.get(kind, kind.replace(".", "_").upper())


def _present(fields: Json) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
