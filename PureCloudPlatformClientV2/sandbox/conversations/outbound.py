"""What an organization tells customers: by its agent, or by a program without one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import Problem, ServiceError, invalid, missing
from ..staff import CLIENT, Staff
from .integrations import (
    Integration,
    find_integration,
    find_number,
    first_integration,
    refused_media,
)
from .media import file_content, find_file
from .normalized import Kind
from .records import Conversation, Message, Participant, not_there, require_connected
from .switchboard import Switchboard

_RESPONSES = "responsemanagement/responses"
"""The collection of the canned responses, which templates are."""

_LONGEST = {"sms": 765}
_LONGEST_ELSEWHERE = 2000

_ADDRESSES: Mapping[str, tuple[str, str]] = {
    "sms": (r"\+[1-9][0-9]{6,14}", "a number in the form of E.164, with a plus"),
    "apple": (r"\+[1-9][0-9]{6,14}|[^+].*", "an id, or a number in the form of E.164"),
    "whatsapp": (r"[1-9][0-9]{6,14}", "a WhatsApp id: digits, without a plus"),
}
"""How the address of a customer looks, by messenger."""


def find_agent(conversation: Conversation, communication_id: str) -> Participant:
    """Find the one behind a communication who can speak to the customer."""
    for part in conversation.participants:
        if part.communication_id == communication_id and part.purpose == "agent":
            return part
    raise not_there("communication of an agent", communication_id)


def answer(
    switchboard: Switchboard,
    conversation: Conversation,
    agent: Participant,
    text: str,
    *,
    media_ids: Sequence[str] = (),
    template: Mapping[str, Any] | None = None,
) -> tuple[Conversation, Message]:
    """Let the agent answer, as long as both are connected."""
    require_connected(conversation, agent)
    _check_text(text, conversation.messenger)
    if template is not None:
        kind, shown, content = _from_template(switchboard, conversation.organization_id, template)
    else:
        kind, shown, content = "Text", text, _files(switchboard, conversation, media_ids)
    if not shown and not content:
        raise invalid([missing("textBody", "if there are no mediaIds")])
    return switchboard.send(
        conversation, agent, "agent", kind=kind, text=shown or None, content=content
    )


def type_answer(
    switchboard: Switchboard,
    conversation: Conversation,
    agent: Participant,
    duration: int | None = None,
) -> None:
    """Let the agent type, for some milliseconds."""
    require_connected(conversation, agent)
    switchboard.send_typing(conversation, duration)


def send_without_agent(
    switchboard: Switchboard, organization_id: str, body: Mapping[str, Any]
) -> tuple[Conversation, Message]:
    """Send a message of a program; a conversation that is opened for it ends at once."""
    messenger = body["toAddressMessengerType"]
    integration = _sender(switchboard, organization_id, messenger, body["fromAddress"])
    address = _recipient(body, messenger)
    kind: Kind
    if messenger == "whatsapp":
        if "messagingTemplate" not in body:
            raise invalid([missing("messagingTemplate", "for whatsapp")])
        kind, text, content = _from_template(
            switchboard, organization_id, body["messagingTemplate"]
        )
    else:
        if not body.get("textBody"):
            raise invalid([missing("textBody")])
        kind, text, content = "Text", body["textBody"], []
        _check_text(text, messenger)
    may_barge_in = body.get("useExistingActiveConversation", False)

    def check(latest: Conversation) -> None:
        if latest.state == "connected" and not may_barge_in:
            raise ServiceError(
                409,
                "general.conflict",
                "The conversation {id} with this address is active; to speak in it, set"
                " useExistingActiveConversation.",
                params={"id": latest.id},
                entity_id=latest.id,
            )

    now = switchboard.state.clock()
    program = Participant("api", CLIENT, "outbound", now)
    customer = {"id": address, "idType": _id_type(messenger)}
    conversation = switchboard.connect_to_customer(integration, customer, program, check)
    conversation, message = switchboard.send(
        conversation, program, "api", kind=kind, text=text, content=content
    )
    return _let_program_leave(switchboard, conversation, program), message


def call_customer(
    switchboard: Switchboard, organization_id: str, body: Mapping[str, Any]
) -> Conversation:
    """Open a conversation for the agent, before anything is said."""
    messenger, staff = body["toAddressMessengerType"], Staff.of(organization_id)
    problems: list[Problem] = []
    if body["queueId"] != staff.queue["id"]:
        message = "The field {fieldName} names no queue; there is that of Sandbox.queue_id."
        problems.append(Problem("queueId", "invalid.value", message))
    integration = first_integration(switchboard.state, organization_id, messenger)
    if integration is None:
        message = f"The field {{fieldName}} asks for {messenger}, which nothing is set up for."
        problems.append(Problem("toAddressMessengerType", "invalid.value", message))
    if problems or integration is None:
        raise invalid(problems)
    address, may_continue = _recipient(body, messenger), body.get("useExistingConversation", False)

    def check(latest: Conversation) -> None:
        if latest.state == "connected" or not may_continue:
            raise ServiceError(
                409,
                "general.conflict",
                "There is a conversation with this address, {id}, connected or a short while ago.",
                params={"id": latest.id},
                entity_id=latest.id,
            )

    agent = Participant("agent", staff.user["name"], "outbound", switchboard.state.clock())
    customer = {"id": address, "idType": _id_type(messenger)}
    return switchboard.connect_to_customer(integration, customer, agent, check)


def _let_program_leave(
    switchboard: Switchboard, conversation: Conversation, program: Participant
) -> Conversation:
    now = switchboard.state.clock()

    def leave(found: Conversation) -> str | None:
        if found.is_staffed:
            found.participant(program.id).end(now, "client")
            return "participant"
        return "ended" if found.end(now, program) else None

    return switchboard.change(conversation.organization_id, conversation.id, leave)


def _sender(
    switchboard: Switchboard, organization_id: str, messenger: str, address: str
) -> Integration:
    """Find what a message is sent from."""
    state = switchboard.state
    if messenger == "webmessaging":  # deployments are none of the sandbox's business
        ends = {"id": address, "nickname": "Web messaging"}
        return Integration(organization_id, address, messenger, ends, {})
    if messenger == "sms":
        found = find_number(state, organization_id, address)
        wanted = "a number that is provisioned"
    else:
        wanted = f"the id of an integration with {messenger}"
        try:
            found = find_integration(state, organization_id, address)
        except ServiceError:
            found = None
    if found is None or found.messenger != messenger:
        message = f"The field {{fieldName}} must be {wanted}."
        raise invalid([Problem("fromAddress", "invalid.value", message)])
    return found


def _recipient(body: Mapping[str, Any], messenger: str) -> str:
    """Find the address of the customer."""
    if messenger == "webmessaging":
        if "externalContactId" not in body:
            raise invalid([missing("externalContactId", "for webmessaging")])
        if "toAddress" in body:
            message = "The field {fieldName} is not allowed for webmessaging."
            raise invalid([Problem("toAddress", "invalid.value", message)])
        contact: str = body["externalContactId"]
        return contact
    if not body.get("toAddress"):
        circumstances = "as the sandbox has no contacts" if "externalContactId" in body else ""
        raise invalid([missing("toAddress", circumstances)])
    address: str = body["toAddress"]
    pattern, form = _ADDRESSES.get(messenger, (".+", "an address"))
    if not re.fullmatch(pattern, address, re.DOTALL):
        message = f"The field {{fieldName}} must be {form}."
        raise invalid([Problem("toAddress", "invalid.value", message)])
    return address


def _id_type(messenger: str) -> str:
    return "Phone" if messenger in ("sms", "whatsapp") else "Opaque"


def _check_text(text: str, messenger: str) -> None:
    longest = _LONGEST.get(messenger, _LONGEST_ELSEWHERE)
    if len(text) > longest:
        message = f"The field {{fieldName}} may have at most {longest} characters."
        raise invalid([Problem("textBody", "invalid.length", message)])


def _files(
    switchboard: Switchboard, conversation: Conversation, media_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """Attach what was uploaded; a message has one file at most."""
    if len(media_ids) > 1:
        message = "The field {fieldName} may have one id: a message has one attachment at most."
        raise invalid([Problem("mediaIds", "invalid.value", message)])
    files = [find_file(switchboard.state, conversation, one) for one in media_ids]
    if any(one is None or one.status != "valid" for one in files):
        message = "The field {fieldName} must name media of this conversation that are valid."
        raise invalid([Problem("mediaIds", "invalid.value", message)])
    state, owner = switchboard.state, conversation.organization_id
    found = [one for one in files if one is not None]
    if conversation.messenger != "webmessaging":
        integration = find_integration(state, owner, conversation.integration_id)
        types = [one.media_type for one in found]
        if refused_media(state, integration, "outbound", types):
            message = "The field {fieldName} names what the supported content does not have."
            raise invalid([Problem("mediaIds", "invalid.value", message)])
    return [file_content(one) for one in found]


def _from_template(
    switchboard: Switchboard, organization_id: str, template: Mapping[str, Any]
) -> tuple[Kind, str, list[dict[str, Any]]]:
    """Fill in a canned response."""
    own_id = template.get("responseId")
    documents = switchboard.state.store.documents
    response = documents.find(organization_id, _RESPONSES, own_id) if own_id else None
    if response is None:
        message = "The field {fieldName} names no response of response management."
        raise invalid([Problem("messagingTemplate.responseId", "invalid.value", message)])
    given = [*template.get("parameters", ()), *template.get("bodyParameters", ())]
    text = " ".join(one.get("content", "") for one in response.fields.get("texts", ()))
    for one in given:
        text = text.replace(f"{{{{{one.get('id', '')}}}}}", one.get("value", ""))
    parameters = [{"name": one.get("id", ""), "text": one.get("value", "")} for one in given]
    body = {"text": text, "parameters": parameters}
    return "Structured", text, [{"contentType": "Notification", "template": {"body": body}}]
