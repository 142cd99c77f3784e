"""What customers, agents and programs do with conversations, from first message to wrap-up."""

from __future__ import annotations

import json
import urllib.request
from datetime import datetime, timezone
from typing import Any

from .channels import BASE, integration_requests
from .client import CONTROL_TOKEN, HOST, WEBHOOK, api, method
from .recorded import model

# Conversations of Open Messaging


def now() -> datetime:
    return datetime.now(timezone.utc)  # which 269 writes with +00:00


def conversations() -> None:
    creation, _ = integration_requests()["Open"]
    owner = api.post_conversations_messaging_integrations_open(creation)
    conversation_id = inbound(owner.id)
    shown = api.get_conversations_message(conversation_id)
    agent = next(one for one in shown.participants if one.purpose == "agent")
    whole = api.get_conversation(conversation_id)
    (communication_id,) = (
        part.messages[0].id for part in whole.participants if part.id == agent.id
    )
    sent = answer(conversation_id, communication_id)
    confirm(owner.id, sent.id)
    media(conversation_id, communication_id)
    work(conversation_id, agent, communication_id)
    wrap_up(conversation_id, agent.id, communication_id)
    cached_media()
    outbound(owner.id, agent.queue.id)
    api.delete_conversations_messaging_integrations_open_integration_id(owner.id)


def customer() -> Any:
    return model(
        "OpenMessagingFromRecipient", id="ann@example.com", id_type="Email", nickname="Ann"
    )


def inbound(integration_id: str) -> str:
    """Write as a customer; give the conversation."""
    picture = model(
        "OpenContentAttachment",
        media_type="Image",
        url=f"{WEBHOOK}/picture.png",
        mime="image/png",
        filename="picture.png",
    )
    channel = model(
        "OpenInboundMessageMessagingChannel",
        pcFrom=customer(),
        time=now(),
        message_id="m-1",
    )
    body = model(
        "OpenInboundNormalizedMessage",
        channel=channel,
        text="Hello",
        content=[model("OpenInboundMessageContent", attachment=picture)],
        metadata={"order": "42"},
    )
    received = api.post_conversations_message_inbound_open_message(
        integration_id, body, prefetch_conversation_id=True
    )
    assert (received.text, received.channel.pcFrom.id) == ("Hello", "ann@example.com")

    typing = model(
        "OpenInboundNormalizedEvent",
        channel=model("OpenInboundMessagingChannel", pcFrom=customer(), time=now()),
        events=[model("OpenEvent", event_type="Typing")],
    )
    api.post_conversations_message_inbound_open_event(integration_id, typing)
    old = model(
        "OpenNormalizedMessage",
        channel=model(
            "OpenMessagingChannel",
            to=model("OpenMessagingToRecipient", id=integration_id),
            pcFrom=customer(),
            time=now(),
        ),
        type="Text",
        text="Anybody there?",
        direction="Inbound",
    )
    api.post_conversations_messages_inbound_open(old)
    return str(received.conversation_id)


def answer(conversation_id: str, communication_id: str) -> Any:
    """Write as the agent."""
    typing = model("ConversationEventTyping", type="On", duration=5000)
    api.post_conversations_message_communication_typing(
        conversation_id, communication_id, model("MessageTypingEventRequest", typing=typing)
    )
    body = model("AdditionalMessage", text_body="How can I help?")
    sent = api.post_conversations_message_communication_messages(
        conversation_id, communication_id, body
    )
    found = api.get_conversations_message_message(conversation_id, sent.id)
    assert (found.normalized_message.text, found.direction) == ("How can I help?", "outbound")
    api.get_conversations_message_details(sent.id)
    bulk = api.post_conversations_message_messages_bulk(conversation_id, body=[sent.id])
    assert [one.id for one in bulk.entities] == [sent.id]
    return sent


def confirm(integration_id: str, message_id: str) -> None:
    """Say as the middleware what became of a message, and which button was pressed."""
    to = model("OpenMessagingToRecipient", id="ann@example.com", id_type="Email")
    receipt = model(
        "OpenInboundNormalizedReceipt",
        id=message_id,
        channel=model("OpenInboundMessagingReceiptChannel", to=to, time=now()),
        status="Delivered",
        is_final_receipt=True,
    )
    api.post_conversations_message_inbound_open_receipt(integration_id, receipt)
    pressed = model(
        "OpenInboundStructuredResponseMessage",
        channel=model("OpenInboundMessageMessagingChannel", pcFrom=customer(), time=now()),
        button_response=model("ContentButtonResponse", type="QuickReply", text="Yes", payload="y"),
        originating_message_id=message_id,
    )
    api.post_conversations_message_inbound_open_structured_response(integration_id, pressed)


def media(conversation_id: str, communication_id: str) -> None:
    """Upload in both ways."""
    upload = model("UploadMediaRequest", file_name="a.png", content_length_bytes=3)
    place = (conversation_id, communication_id)
    api.post_conversations_message_communication_messages_media_uploads(*place, upload)
    made = api.post_conversations_message_communication_messages_media(*place)  # sends null
    api.get_conversations_message_communication_messages_media_media_id(*place, made.id)
    api.get_conversations_message_communication_messages_media(*place, page_size=10)


def work(conversation_id: str, agent: Any, communication_id: str) -> None:
    """Do what agents do with a conversation."""
    listed = api.get_conversations_messages()
    assert conversation_id in [one.id for one in listed.entities]
    attributes = model("ParticipantAttributes", attributes={"mood": "good"})
    api.patch_conversations_message_participant_attributes(
        conversation_id, agent.id, body=attributes
    )
    held = model("MediaParticipantRequest", held=True)
    api.patch_conversations_message_participant(conversation_id, agent.id, body=held)
    api.patch_conversations_message_participant_communication(
        conversation_id, agent.id, communication_id, model("MediaParticipantRequest", held=False)
    )


def wrap_up(conversation_id: str, agent_id: str, communication_id: str) -> None:
    """End the conversation, and say what it was about."""
    ended = model("Conversation", state="disconnected")
    api.patch_conversations_message(conversation_id, ended)
    place = (conversation_id, agent_id)
    codes = api.get_conversations_message_participant_wrapupcodes(*place)
    code = model("WrapupInput", code=codes[0].id, notes="solved")
    api.post_conversations_message_participant_communication_wrapup(
        *place, communication_id, body=code
    )
    found = api.get_conversations_message_participant_communication_wrapup(
        *place, communication_id, provisional=False
    )
    assert (found.code, found.notes) == (codes[0].id, "solved")
    assert api.get_conversations_message_participant_wrapup(*place).code == codes[0].id


def cached_media() -> None:
    """Forget what was fetched of the customer's."""
    listed = api.get_conversations_messages_cachedmedia(page_size=10).entities
    found = api.get_conversations_messages_cachedmedia_cached_media_item_id(listed[0].id)
    api.delete_conversations_messages_cachedmedia_cached_media_item_id(found.id)


def outbound(integration_id: str, queue_id: str) -> None:
    """Write first: as a program, and as an agent."""
    body = model(
        "SendAgentlessOutboundMessageRequest",
        from_address=integration_id,
        to_address="bob@example.com",
        to_address_messenger_type="open",
        text_body="Your order is on its way.",
    )
    sent = api.post_conversations_messages_agentless(body)
    api.get_conversations_message_details(sent.id)
    opening = model(
        "CreateOutboundMessagingConversationRequest",
        queue_id=queue_id,
        to_address="cat@example.com",
        to_address_messenger_type="open",
    )
    api.post_conversations_messages(opening)


# Conversations that a customer of another messenger begins


def other_messengers() -> None:
    bodies = integration_requests()
    for kind in ("WhatsApp", "Facebook"):
        owner = method(f"post_{BASE}_integrations_{kind.lower()}")(bodies[kind][0])
        begun = write_as_customer(owner.id, "Is it there yet?")
        body = model("AdditionalMessage", text_body="Nearly.")
        sent = api.post_conversations_message_communication_messages(
            begun["id"], begun["agentCommunicationId"], body
        )
        assert (sent.messenger_type, sent.to_address) == (kind.lower(), "15550177")


def write_as_customer(integration_id: str, text: str) -> Any:
    """Have the sandbox do what only the messenger could."""
    body = {"integrationId": integration_id, "from": "15550177", "text": text}
    request = urllib.request.Request(
        f"{HOST}/sandbox/customer-messages",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {CONTROL_TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)
