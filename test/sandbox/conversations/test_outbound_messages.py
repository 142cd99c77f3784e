"""Messages that an organization begins: those of programs, and calls of the agent."""

from __future__ import annotations

from typing import Any

import pytest
from service import Service

from .conversing import Conversing

AGENTLESS = "postConversationsMessagesAgentless"
CALL = "postConversationsMessages"


@pytest.fixture
def number(talk: Conversing) -> str:
    """A number that is provisioned."""
    body = {"phoneNumber": "+13175550100", "phoneNumberType": "local", "countryCode": "US"}
    return str(talk("postRoutingSmsPhonenumbers", body=body)["phoneNumber"])


def to_open(integration_id: str, **more: Any) -> dict[str, Any]:
    return {
        "fromAddress": integration_id,
        "toAddress": "ann",
        "toAddressMessengerType": "open",
        "textBody": "Your parcel is there",
        **more,
    }


def test_a_program_sends_a_message_that_looks_like_an_agents(
    talk: Conversing, service: Service, integration_id: str
) -> None:
    sent = talk(AGENTLESS, body=to_open(integration_id))
    talk.sandbox.advance(0)

    posted = service.requests[-1].json
    assert (posted["id"], posted["text"]) == (sent["id"], "Your parcel is there")
    assert posted["channel"]["to"] == {"id": "ann", "idType": "Opaque"}
    assert posted["originatingEntity"] == "Human"
    assert sent["message"]["status"] == "queued"
    assert sent["useExistingActiveConversation"] is False
    details = talk("getConversationsMessageDetails", sent["id"])
    assert (details["status"], details["conversationId"]) == ("sent", sent["conversationId"])
    assert talk.participant(sent["conversationId"], "api")["state"] == "disconnected"


def test_an_answer_continues_what_a_program_began(talk: Conversing, integration_id: str) -> None:
    first = talk(AGENTLESS, body=to_open(integration_id))
    second = talk(AGENTLESS, body=to_open(integration_id))
    taken = talk.say(integration_id, who={"id": "ann", "idType": "Opaque"})

    assert first["conversationId"] == second["conversationId"] == taken["conversationId"]
    assert talk.participant(taken["conversationId"], "agent")["state"] == "connected"


def test_a_program_speaks_in_a_connected_conversation_if_it_says_so(
    talk: Conversing, integration_id: str
) -> None:
    taken = talk.say(integration_id, who={"id": "ann", "idType": "Opaque"})
    refused = talk(AGENTLESS, body=to_open(integration_id), status=409)
    assert refused["entityId"] == taken["conversationId"]

    body = to_open(integration_id, useExistingActiveConversation=True)
    sent = talk(AGENTLESS, body=body)

    assert sent["conversationId"] == taken["conversationId"]
    found = talk("getConversationsMessage", taken["conversationId"])["participants"]
    states = {one["purpose"]: one["state"] for one in found}
    assert (states["agent"], states["api"]) == ("connected", "disconnected")


def test_an_sms_comes_from_a_number_that_is_provisioned(talk: Conversing, number: str) -> None:
    body = {
        "fromAddress": number,
        "toAddress": "+13175550123",
        "toAddressMessengerType": "sms",
        "textBody": "x" * 765,
    }
    sent = talk(AGENTLESS, body=body)
    talk.sandbox.advance(1)

    details = talk("getConversationsMessageDetails", sent["id"])
    assert (details["fromAddress"], details["toAddress"]) == (number, "+13175550123")
    assert details["status"] == "delivery-success"
    written = talk.sandbox.conversations.write(number, "+13175550123", "Thanks")
    assert (written["id"], written["messengerType"]) == (sent["conversationId"], "sms")
    for field, wrong in (
        ("fromAddress", "+13175550199"),
        ("toAddress", "13175550123"),
        ("textBody", "x" * 766),
    ):
        refused = talk(AGENTLESS, body={**body, field: wrong}, status=400)
        assert refused["details"][0]["fieldName"] == field


def test_whatsapp_needs_a_template_of_response_management(talk: Conversing) -> None:
    made = talk(
        "postConversationsMessagingIntegrationsWhatsappEmbeddedsignup",
        body={"name": "WhatsApp", "embeddedSignupAccessToken": "token"},
    )
    library = talk("postResponsemanagementLibraries", body={"name": "Templates"})
    response = talk(
        "postResponsemanagementResponses",
        body={
            "name": "Parcel",
            "libraries": [{"id": library["id"]}],
            "texts": [{"content": "Hello {{name}}, it is there", "contentType": "text/plain"}],
        },
    )
    body = {
        "fromAddress": made["id"],
        "toAddress": "13175550123",
        "toAddressMessengerType": "whatsapp",
        "messagingTemplate": {
            "responseId": response["id"],
            "parameters": [{"id": "name", "value": "Ann"}],
        },
    }

    sent = talk(AGENTLESS, body=body)

    message = sent["message"]["normalizedMessage"]
    assert (message["type"], message["text"]) == ("Structured", "Hello Ann, it is there")
    assert message["content"][0]["contentType"] == "Notification"
    for field, wrong in (
        ("messagingTemplate", None),
        ("messagingTemplate", {"responseId": "nothing"}),
        ("toAddress", "+13175550123"),
        ("fromAddress", talk.integrate()),
    ):
        refused = talk(AGENTLESS, body={**body, field: wrong}, status=400)
        assert refused["details"][0]["fieldName"].startswith(field)


def test_web_messaging_goes_to_a_contact(talk: Conversing) -> None:
    body = {
        "fromAddress": "a-deployment",
        "externalContactId": "a-contact",
        "toAddressMessengerType": "webmessaging",
        "textBody": "Hello",
    }
    assert talk(AGENTLESS, body=body)["toAddress"] == "a-contact"
    talk(AGENTLESS, body={**body, "toAddress": "ann"}, status=400)
    talk(AGENTLESS, body={**body, "externalContactId": None}, status=400)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"textBody": None}, "textBody"),
        ({"textBody": "x" * 2001}, "textBody"),
        ({"toAddress": None}, "toAddress"),
        ({"toAddress": None, "externalContactId": "c"}, "toAddress"),
        ({"fromAddress": "nothing"}, "fromAddress"),
        ({"toAddressMessengerType": "fax"}, "toAddressMessengerType"),
    ],
)
def test_an_agentless_message_that_cannot_be_sent_is_refused(
    talk: Conversing, integration_id: str, changes: dict[str, Any], field: str
) -> None:
    refused = talk(AGENTLESS, body=to_open(integration_id, **changes), status=400)

    assert refused["details"][0]["fieldName"] == field
    assert talk.sandbox.conversations.all() == []


def test_an_agent_calls_a_customer(talk: Conversing, service: Service, integration_id: str) -> None:
    queue = talk.sandbox.queue_id
    body = {"queueId": queue, "toAddress": "ann", "toAddressMessengerType": "open"}

    opened = talk(CALL, body=body)
    talk.answer(opened["id"], "May I help?")
    talk.sandbox.advance(0)

    assert service.requests[-1].json["channel"]["to"]["id"] == "ann"
    assert talk.participant(opened["id"], "agent")["direction"] == "outbound"
    talk(CALL, body=body, status=409)
    talk(CALL, body={**body, "useExistingConversation": True}, status=409)
    talk("patchConversationsMessage", opened["id"], body={"state": "disconnected"})
    talk(CALL, body=body, status=409)
    again = talk(CALL, body={**body, "useExistingConversation": True})
    assert again["id"] == opened["id"]
    assert talk.participant(opened["id"], "customer")["state"] == "connected"
    for changes in ({"queueId": "nothing"}, {"toAddressMessengerType": "whatsapp"}):
        talk(CALL, body={**body, **changes}, status=400)
