"""A program for 269 that performs every operation of the sandbox, from creation to deletion.

It is run with the vendor's SDK: ``python -m with_269.lives HOST TOKEN CONTROL_TOKEN WEBHOOK``.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from datetime import datetime, timezone
from typing import Any

from .recorded import Recorded, live, model

HOST, TOKEN, CONTROL_TOKEN, WEBHOOK = sys.argv[1:]
SECRET = "a-secret-of-the-tests"

api: Any = Recorded(
    HOST,
    TOKEN,
    "AuthorizationApi",
    "ConversationsApi",
    "MessagingApi",
    "NotificationsApi",
    "OrganizationApi",
    "ResponseManagementApi",
    "RoutingApi",
    "TokensApi",
    "UsersApi",
)

BASE = "conversations_messaging"


def method(name: str) -> Any:
    return getattr(api, name)


# Settings and supported content, under both paths


def settings(family: str = BASE) -> None:
    typing = model("TypingSetting", on=model("SettingDirection", inbound="Enabled"))
    body = model(
        "MessagingSettingRequest", name="Typing", event=model("EventSetting", typing=typing)
    )
    made = method(f"post_{family}_settings")(body)
    method(f"get_{family}_settings")(page_size=100)
    change = "MessagingSettingPatchRequest" if family == BASE else "MessagingSettingRequest"
    method(f"patch_{family}_setting")(made.id, model(change, name="Typing, too"))
    found = method(f"get_{family}_setting")(made.id)
    assert found.name == "Typing, too"
    first = method(f"get_{family}_settings_default")()
    for one in (made, first):
        chosen = model("MessagingSettingDefaultRequest", setting_id=one.id)
        assert method(f"put_{family}_settings_default")(chosen).id == one.id
    method(f"delete_{family}_setting")(made.id)
    method(f"delete_{family}_settings_default")()
    method(f"put_{family}_settings_default")(chosen)


def supported_content(family: str = BASE) -> None:
    pictures = [model("MediaType", type="image/*")]
    allowed = model("MediaTypeAccess", inbound=pictures, outbound=pictures)
    body = model(
        "SupportedContent", name="Pictures", media_types=model("MediaTypes", allow=allowed)
    )
    made = method(f"post_{family}_supportedcontent")(body)
    method(f"get_{family}_supportedcontent")(page_number=1)
    one = f"{family}_supportedcontent_supported_content_id"
    method(f"patch_{one}")(made.id, model("SupportedContent", name="Images"))
    found = method(f"get_{one}")(made.id)
    assert (found.name, found.media_types.allow.inbound[0].type) == ("Images", "image/*")
    if family == BASE:
        first = api.get_conversations_messaging_supportedcontent_default()
        for chosen in (made, first):
            reference = model("SupportedContentReference", id=chosen.id)
            api.put_conversations_messaging_supportedcontent_default(reference)
    method(f"delete_{one}")(made.id)


def deprecated_settings() -> None:
    settings("messaging")


def deprecated_supported_content() -> None:
    supported_content("messaging")


def threading_timeline() -> None:
    window = api.get_conversations_messaging_threadingtimeline()
    hour = model("ConversationThreadingWindowSetting", messenger_type="open", timeout_in_minutes=60)
    window.settings = [hour]
    assert api.put_conversations_messaging_threadingtimeline(window).settings


# Integrations


def requests() -> dict[str, tuple[Any, Any]]:
    """What creates an integration of each kind, and what changes it."""
    page = {"page_access_token": SECRET, "app_id": "4711", "app_secret": SECRET}
    signup = {
        "signup_code": SECRET,
        "code_challenge": SECRET,
        "redirect_uri": "https://example.com",
    }
    webhook = {
        "outbound_notification_webhook_url": WEBHOOK,
        "outbound_notification_webhook_signature_secret_token": SECRET,
        "webhook_headers": {"X-Key": "key"},
    }
    more: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "Apple": ({"messages_for_business_id": "b-1"}, {"business_name": "Shop"}),
        "Facebook": ({**page, "page_id": "17"}, {"page_access_token": SECRET}),
        "Instagram": (page, {"user_access_token": SECRET}),
        "Open": (webhook, webhook),
        "Twitter": ({**signup, "app_id": "4711"}, signup),
        "WhatsApp": ({"phone_number": "+15550123", "waba_certificate": SECRET}, {}),
    }
    return {
        kind: (
            model(f"{kind}IntegrationRequest", name="One", **creation),
            model(f"{kind}IntegrationUpdateRequest", name="Other", **change),
        )
        for kind, (creation, change) in more.items()
    }


def integrations() -> None:
    for kind, (creation, change) in requests().items():
        integration(kind, creation, change)
    expanded = ["supportedContent", "messagingSetting", "identityresolution"]
    everything = api.get_conversations_messaging_integrations(expand=expanded, page_size=100)
    assert everything.total == 0


def integration(kind: str, creation: Any, change: Any) -> None:
    kinds = f"{BASE}_integrations_{kind.lower()}"
    one = f"{kinds}_integration_id"
    made = method(f"post_{kinds}")(creation)
    listed = method(f"get_{kinds}")(expand="supportedContent", page_size=10)
    assert [item.id for item in listed.entities] == [made.id]
    assert api.get_conversations_messaging_integrations().total == 1
    method(f"patch_{one}")(made.id, change)
    found = method(f"get_{one}")(made.id, expand="messagingSetting")
    assert (found.name, found.create_status) == ("Other", "Completed")
    identity(kind, made.id)
    route(kind, found)
    if kind == "Twitter":
        api.get_conversations_messaging_integrations_twitter_oauth_settings()
        api.get_conversations_messaging_integration_twitter_oauth_settings(made.id)
    method(f"delete_{one}")(made.id)


def identity(kind: str, integration_id: str) -> None:
    resolution = f"{BASE}_identityresolution_integrations_{kind.lower()}_integration_id"
    name = f"{'OpenMessaging' if kind == 'Open' else kind}IdentityResolutionConfig"
    config = method(f"get_{resolution}")(integration_id)
    assert config.resolve_identities is False
    division = model("WritableStarrableDivision", id="d-1")
    wanted = model(name, resolve_identities=True, division=division)
    assert method(f"put_{resolution}")(integration_id, wanted).resolve_identities is True


def route(kind: str, owner: Any) -> None:
    messenger = kind.lower()
    (listed,) = api.get_routing_message_recipients(messenger_type=messenger).entities
    flow = model("RecipientFlow", id=FLOW)
    api.put_routing_message_recipient(listed.id, model("RecipientRequest", flow=flow))
    found = api.get_routing_message_recipient(owner.recipient.id)
    assert (found.id, found.flow.id) == (listed.id, FLOW)


FLOW = "0f0e0d0c-0b0a-4908-8706-050403020100"


def whatsapp_by_signup() -> None:
    signup = model(
        "WhatsAppEmbeddedSignupIntegrationRequest",
        name="Shop",
        embedded_signup_access_token=SECRET,
    )
    kinds = f"{BASE}_integrations_whatsapp"
    made = method(f"post_{kinds}_embeddedsignup")(signup)
    activation = model("WhatsAppEmbeddedSignupIntegrationActivationRequest", pin="123456")
    method(f"patch_{kinds}_embeddedsignup_integration_id")(made.id, activation)
    assert method(f"get_{kinds}_integration_id")(made.id).status == "Active"
    method(f"delete_{kinds}_integration_id")(made.id)


def google_business_profile() -> None:
    google = f"{BASE}_integrations_open_extensions_googlebusinessprofile"
    method(f"get_{google}_oauth_settings")()
    code = model("GoogleAuthTokenRequest", code=SECRET, redirect_uri="https://example.com")
    token = method(f"post_{google}_tokens")(code)
    method(f"get_{google}_token")(token.id)
    (account,) = method(f"get_{google}_token_accounts")(token.id).entities
    body = model(
        "GoogleBusinessProfileOpenIntegrationRequest",
        name="Shop",
        token=model("GoogleAuthTokenReference", id=token.id),
        account=model("GoogleBusinessProfileAccountReference", id=account.id),
    )
    made = method(f"post_{google}")(body)
    change = model("GoogleBusinessProfileOpenIntegrationUpdateRequest", name="Other")
    method(f"patch_{google}_integration_id")(made.id, change)
    assert method(f"get_{google}_integration_id")(made.id).name == "Other"
    method(f"delete_{google}_integration_id")(made.id)


def sign_ins() -> None:
    api.get_conversations_messaging_facebook_app()
    api.get_conversations_messaging_facebook_permissions()
    api.get_conversations_messaging_oauth_apple_callback("a-code", "a-state")


# SMS


def sms() -> None:
    place = {"city": "Indianapolis", "region": "IN", "country_code": "US"}
    body = model(
        "SmsAddressProvision", name="Office", street="1 Main St", postal_code="46278", **place
    )
    address = api.post_routing_sms_addresses(body)
    api.get_routing_sms_addresses(page_size=10)
    assert api.get_routing_sms_address(address.id).city == "Indianapolis"

    available = api.get_routing_sms_availablephonenumbers("US", "local")
    order = model(
        "SmsPhoneNumberProvision",
        phone_number=available.entities[0].phone_number,
        phone_number_type="local",
        country_code="US",
        name="Support",
        address_id=address.id,
    )
    number = api.post_routing_sms_phonenumbers(order)
    api.get_routing_sms_phonenumbers(phone_number_type=["local", "tollfree"], page_size=10)
    assert api.get_routing_sms_phonenumber(number.id).phone_number == order.phone_number
    content = model(
        "SupportedContentReference",
        id=api.get_conversations_messaging_supportedcontent_default().id,
    )
    change = model("SmsPhoneNumberPatchRequest", supported_content=content)
    api.patch_routing_sms_phonenumber(number.id, change)
    api.get_routing_sms_identityresolution_phonenumber(number.id)
    identity = model("SmsIdentityResolutionConfig", resolve_identities=True)
    api.put_routing_sms_identityresolution_phonenumber(number.id, identity)
    sender = api.post_routing_sms_phonenumbers_alphanumeric(
        model("SmsAlphanumericProvision", phone_number="SHOP")
    )
    imported = api.post_routing_sms_phonenumbers_import(
        model(
            "SmsPhoneNumberImport",
            phone_number="+13175550199",
            phone_number_type="local",
            country_code="US",
            integration_id=FLOW,
        )
    )
    for one in (number, sender, imported):
        api.delete_routing_sms_phonenumber(one.id)
    api.delete_routing_sms_address(address.id)


# Canned responses


def canned_responses() -> None:
    library = api.post_responsemanagement_libraries(model("Library", name="Greetings"))
    library.name = "Welcomes"
    api.put_responsemanagement_library(library.id, library)
    assert api.get_responsemanagement_library(library.id).name == "Welcomes"
    api.get_responsemanagement_libraries(library_prefix="Wel", page_size=10)
    named = model("QueryCriteriaItem", key="Name", operator="EQUALS", value="Welcomes")
    query = model("QueryCriteriaQuery", query=[model("QueryCriteriaGroup", criteria=named)])
    api.post_responsemanagement_libraries_query(query)

    text = model("ResponseText", content="Hello {{name}}", content_type="text/plain")
    body = model(
        "Response",
        name="Hello",
        libraries=[model("DomainEntityRef", id=library.id)],
        texts=[text],
        substitutions=[model("ResponseSubstitution", id="name", default_value="you")],
    )
    response = api.post_responsemanagement_responses(body)
    response.texts[0].content = "Hi {{name}}"
    api.put_responsemanagement_response(response.id, response)
    found = api.get_responsemanagement_response(response.id, expand="substitutionsSchema")
    assert found.texts[0].content == "Hi {{name}}"
    assert api.get_responsemanagement_responses(library.id, page_size=10).total == 1
    library_is = model("ResponseFilter", name="libraryId", operator="EQUALS", values=[library.id])
    phrase = model("ResponseQueryRequest", query_phrase="hello", filters=[library_is])
    assert api.post_responsemanagement_responses_query(phrase).results.total == 1
    api.delete_responsemanagement_response(response.id)
    api.delete_responsemanagement_library(library.id)


# Queues, users, skills, divisions, and whose the token is


def account() -> None:
    organization = api.get_organizations_me()
    api.head_tokens_me()
    assert api.get_tokens_me().organization.id == organization.id
    me = api.get_users_me(expand=["organization", "token", "skills"])
    assert (me.organization.id, me.token.organization.id) == (organization.id, organization.id)
    subject = api.get_authorization_subjects_me()
    assert subject.id == me.id
    assert "queue" in {one.entity_name for one in subject.grants[0].role.policies}


def divisions() -> str:
    """Make a division that stays; give its id."""
    body = model("AuthzDivision", name="Berlin", description="On the Spree")
    made = api.post_authorization_divisions(body)
    made.description = "By the Spree"
    assert api.put_authorization_division(made.id, made).description == "By the Spree"
    assert api.get_authorization_division(made.id).name == "Berlin"
    assert api.get_authorization_divisions_home().id in [
        one.id for one in api.get_authorization_divisions(page_size=10).entities
    ]
    other = api.post_authorization_divisions(model("AuthzDivision", name="B", description="-"))
    api.delete_authorization_division(other.id)
    return str(made.id)


def queues_and_users() -> None:
    division_id = divisions()
    body = model("CreateUser", name="Dee", email="dee@example.org", division_id=division_id)
    user = api.post_users(body)
    assert api.get_user(user.id, expand=["presence"]).presence.presence_definition
    assert user.id in [one.id for one in api.get_users(page_size=100, state="any").entities]

    division = model("WritableDivision", id=division_id)
    queue = api.post_routing_queues(model("CreateQueueRequest", name="Night", division=division))
    api.put_routing_queue(queue.id, model("QueueRequest", name="Late"))
    assert api.get_routing_queue(queue.id).name == "Late"
    assert [one.id for one in api.get_routing_queues(name="L*").entities] == [queue.id]
    api.post_routing_queue_members(queue.id, [model("WritableEntity", id=user.id)])
    away = model("QueueMember", id=user.id, joined=False)
    api.patch_routing_queue_member(queue.id, user.id, away)
    (member,) = api.get_routing_queue_members(queue.id, expand=["skills"]).entities
    assert (member.name, member.joined, member.user.skills) == ("Dee", False, [])

    skill = api.post_routing_skills(model("CreateRoutingSkill", name="Tea"))
    assert api.get_routing_skill(skill.id).name == "Tea"
    assert [one.id for one in api.get_routing_skills(name="Te").entities] == [skill.id]
    api.post_user_routingskills(user.id, model("UserRoutingSkillPost", id=skill.id, proficiency=2))
    better = model("UserRoutingSkill", proficiency=4)
    assert api.put_user_routingskill(user.id, skill.id, better).proficiency == 4
    assert [one.name for one in api.get_user_routingskills(user.id).entities] == ["Tea"]

    api.delete_user_routingskill(user.id, skill.id)
    api.delete_routing_skill(skill.id)
    api.delete_routing_queue_member(queue.id, user.id)
    api.delete_routing_queue(queue.id)


# Notifications


def notifications() -> None:
    api.get_notifications_availabletopics(
        expand=["description", "requiresPermissions", "permissionDetails"], include_preview=True
    )
    channel = api.post_notifications_channels()  # sends null
    api.get_notifications_channels(includechannels="token")
    api.head_notifications_channel(channel.id)
    queue = model("ChannelTopic", id=f"v2.routing.queues.{FLOW}.conversations.messages")
    other = model("ChannelTopic", id=f"v2.users.{FLOW}.presence")
    api.post_notifications_channel_subscriptions(channel.id, [queue], ignore_errors=True)
    api.put_notifications_channel_subscriptions(channel.id, [queue, other], ignore_errors=True)
    assert api.get_notifications_channel_subscriptions(channel.id).entities
    api.delete_notifications_channel_subscriptions(channel.id)


# Conversations


def now() -> datetime:
    return datetime.now(timezone.utc)  # which 269 writes with +00:00


def conversations() -> None:
    creation, _ = requests()["Open"]
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
    bodies = requests()
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


if __name__ == "__main__":
    live(
        settings,
        supported_content,
        deprecated_settings,
        deprecated_supported_content,
        threading_timeline,
        integrations,
        whatsapp_by_signup,
        google_business_profile,
        sign_ins,
        sms,
        canned_responses,
        account,
        queues_and_users,
        notifications,
        conversations,
        other_messengers,
    )
