"""The page of queues that a new process fetches, like one of an organization that is in use."""

from __future__ import annotations

import json
import uuid
from functools import lru_cache
from typing import Any

PATH = "/api/v2/routing/queues"

_NAMES = ("Support", "Sales", "Kundendienst Zürich", "Zákaznická podpora", "Returns", "Press")


def _id(number: int) -> str:
    return str(uuid.UUID(int=0x5E1B1C1A9A3F4D528D6E0C4F00000000 + number))


def _reference(number: int, name: str, path: str) -> dict[str, Any]:
    return {"id": _id(number), "name": name, "selfUri": f"/api/v2/{path}/{_id(number)}"}


def _media(seconds: int, percentage: float) -> dict[str, Any]:
    return {
        "enableAutoAnswer": False,
        "alertingTimeoutSeconds": seconds,
        "serviceLevel": {"percentage": percentage, "durationMs": seconds * 1000},
    }


def _queue(number: int) -> dict[str, Any]:
    name = f"{_NAMES[number % len(_NAMES)]} {number + 1}"
    return {
        **_reference(number, name, "routing/queues"),
        "division": _reference(1_000 + number % 3, "Home", "authorization/divisions"),
        "description": f"What comes in for {name}",
        "dateCreated": f"2026-03-{number % 28 + 1:02}T09:30:00.000Z",
        "dateModified": f"2026-10-{number % 28 + 1:02}T16:05:12.345Z",
        "modifiedBy": _id(2_000),
        "createdBy": _id(2_001),
        "memberCount": number * 3,
        "userMemberCount": number * 2,
        "joinedMemberCount": number,
        "mediaSettings": {
            "call": _media(8, 0.8),
            "callback": _media(30, 0.8),
            "chat": _media(30, 0.8),
            "email": _media(300, 0.8),
            "message": _media(30, 0.9),
        },
        "routingRules": [{"operator": "MEETS_THRESHOLD", "threshold": 9, "waitSeconds": 2.0}],
        "acwSettings": {"wrapupPrompt": "MANDATORY_TIMEOUT", "timeoutMs": 300_000},
        "skillEvaluationMethod": "BEST",
        "scoringMethod": "TimestampAndPriority",
        "queueFlow": _reference(3_000, "In-queue call", "flows"),
        "messageInQueueFlow": _reference(3_001, "In-queue message", "flows"),
        "whisperPrompt": _reference(3_002, "Whisper", "architect/prompts"),
        "autoAnswerOnly": True,
        "enableTranscription": False,
        "enableAudioMonitoring": False,
        "enableManualAssignment": False,
        "agentOwnedRouting": {
            "enableAgentOwnedCallbacks": False,
            "maxOwnedCallbackHours": 168,
            "maxOwnedCallbackDelayHours": 72,
        },
        "directRouting": {"waitForAgent": False, "agentWaitSeconds": 60},
        "callingPartyName": "Example Ltd.",
        "callingPartyNumber": "+41445550100",
        "defaultScripts": {"CALL": _reference(4_000, "Default script", "scripts")},
        "outboundMessagingAddresses": {
            "smsAddress": _reference(5_000, "+41445550101", "routing/message/recipients")
        },
        "suppressInQueueCallRecording": False,
    }


@lru_cache(maxsize=1)
def queues_json() -> bytes:
    """Give the body of the answer: 25 queues."""
    queues = [_queue(number) for number in range(25)]
    page = {"entities": queues, "pageSize": 25, "pageNumber": 1, "total": 25, "pageCount": 1}
    uris = {
        f"{which}Uri": f"{PATH}?pageSize=25&pageNumber=1" for which in ("first", "self", "last")
    }
    return json.dumps({**page, **uris}).encode("utf-8")
