"""WhatsApp: signed up with Meta, then activated with one of the account's numbers and a pin."""

from __future__ import annotations

from ...errors import Problem, invalid
from .. import shapes
from ..contract import Operation
from ..wire import Place
from .registry import Answer, behavior, invented_number


@behavior("postConversationsMessagingIntegrationsWhatsappEmbeddedsignup")
def sign_up_whatsapp(operation: Operation) -> Answer:
    """Make an integration that waits for its activation."""
    numbers = ["+15550100", "+15550101"]
    entities = [{"name": one, "phoneNumber": one, "status": "VERIFIED"} for one in numbers]
    return shapes.create_document(
        operation,
        status="Inactive",
        phoneNumber=numbers[0],
        availablePhoneNumbers={"entities": entities},
        whatsAppBusinessAccountId=invented_number("business account"),
    )


@behavior("patchConversationsMessagingIntegrationsWhatsappEmbeddedsignupIntegrationId")
def activate_whatsapp(operation: Operation, integration_id: str) -> Answer:
    """Activate an integration with a pin; any of six digits will do."""
    body = shapes.body_of(operation)
    found = shapes.own(Place.of(operation.path), integration_id)
    available = found.fields.get("availablePhoneNumbers", {}).get("entities", [])
    numbers = [one["phoneNumber"] for one in available]
    problems: list[Problem] = []
    if not (len(body["pin"]) == 6 and body["pin"].isdecimal()):
        problems.append(Problem("pin", "invalid.value", "The field {fieldName} must be 6 digits."))
    if numbers and body.get("phoneNumber", numbers[0]) not in numbers:
        message = f"The field {{fieldName}} must be one of: {', '.join(numbers)}."
        problems.append(Problem("phoneNumber", "invalid.value", message))
    if problems:
        raise invalid(problems)
    return shapes.change_document(
        operation, integration_id, status="Active", activationStatusCode="CodeConfirmed"
    )
