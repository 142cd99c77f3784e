"""What messages go through, from creation to deletion: settings, integrations and SMS."""

from __future__ import annotations

from typing import Any

from .client import FLOW, SECRET, WEBHOOK, api, method
from .recorded import model

BASE = "conversations_messaging"


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


def integration_requests() -> dict[str, tuple[Any, Any]]:
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
    for kind, (creation, change) in integration_requests().items():
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
