"""What a middleware for open messaging needs: webhooks in, messages and receipts out.

>>> from PureCloudPlatformClientV2 import open_messaging
>>> open_messaging.verify_signature(body, headers.get("X-Hub-Signature-256"), secret)
>>> webhook = open_messaging.parse(body)
>>> if isinstance(webhook, open_messaging.Message):
...     deliver(webhook.customer.id, webhook.text)
...     api.post_conversations_message_inbound_open_receipt(
...         webhook.integration_id, webhook.delivered()
...     )
"""

from .content import (
    Action,
    Attachment,
    AvailableTime,
    Card,
    Carousel,
    Content,
    DatePicker,
    Notification,
    QuickReply,
)
from .customer import Customer
from .deduplicator import Claim, Deduplicator
from .inbound import inbound_message, structured_response, typing_event
from .receipts import (
    Reason,
    ReceiptError,
    check_receipt,
    receipt,
)
from .signature import (
    SIGNATURE_HEADER,
    SignatureError,
    sign,
    verify_signature,
)
from .webhooks import (
    Event,
    Message,
    Receipt,
    Webhook,
    parse,
)

__all__ = [
    "SIGNATURE_HEADER",
    "Action",
    "Attachment",
    "AvailableTime",
    "Card",
    "Carousel",
    "Claim",
    "Content",
    "Customer",
    "DatePicker",
    "Deduplicator",
    "Event",
    "Message",
    "Notification",
    "QuickReply",
    "Reason",
    "Receipt",
    "ReceiptError",
    "SignatureError",
    "Webhook",
    "check_receipt",
    "inbound_message",
    "parse",
    "receipt",
    "sign",
    "structured_response",
    "typing_event",
    "verify_signature",
]
