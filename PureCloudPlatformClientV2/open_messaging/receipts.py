"""Receipts: what became of a message, told to the platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ._checks import checked_choice, checked_text, checked_time

__all__ = ["Reason", "ReceiptError", "check_receipt", "receipt"]

_STATUSES = ("Delivered", "Failed")
_CODES = (
    "MessageExpired",
    "RateLimited",
    "MessageNotAllowed",
    "GeneralError",
    "UnsupportedMessage",
    "UnknownMessage",
    "InvalidMessageStructure",
    "InvalidDestination",
    "ServerError",
    "MediaTypeNotAllowed",
    "InvalidMediaContentLength",
    "RecipientOptedOut",
    "DataFiltered",
)


@dataclass(frozen=True)
class Reason:
    """Why a message failed."""

    code: str | None
    """One of the platform's codes, such as ``InvalidDestination`` or ``GeneralError``."""
    message: str | None
    """What happened, in words."""


class ReceiptError(Exception):
    """The platform took a receipt, answered 200, and could not use it.

    Attributes:
        reasons: Why, as the platform says.
    """

    def __init__(self, text: str, reasons: Sequence[Reason] = ()) -> None:
        """Say what the platform answered."""
        super().__init__(text, reasons)
        self.reasons: tuple[Reason, ...] = tuple(reasons)

    def __str__(self) -> str:
        return str(self.args[0])


def receipt(
    message_id: str,
    customer_id: str,
    status: str,
    *,
    reasons: Sequence[Reason] = (),
    is_final: bool = True,
    time: datetime | None = None,
) -> dict[str, Any]:
    """Make the body of a receipt; ``Message.delivered`` and ``Message.failed`` are shorter.

    Args:
        message_id: The ``id`` of the webhook that brought the message.
        customer_id: Whom the message was for, as the webhook has it in ``channel.to.id``.
        status: ``Delivered`` or ``Failed``; the platform supports no other here.
        reasons: Why it failed: at least one with ``Failed``, and none with ``Delivered``.
        is_final: Whether no other receipt for this message will follow.
        time: When it happened, with a time zone; now, where it is left out.

    Returns:
        The body for ``ConversationsApi.post_conversations_message_inbound_open_receipt``; give its
        answer to ``check_receipt``.

    Raises:
        ValueError: Something is missing, empty, or not what the platform takes.
        TypeError: Something is of the wrong type.

    Source: POST /api/v2/conversations/messages/{integrationId}/inbound/open/receipt, permission
    conversation:message:receive
    """
    status = checked_choice("status", status, _STATUSES)
    if not isinstance(reasons, (list, tuple)):
        raise TypeError(f"reasons must be a list of Reason, and not {type(reasons).__name__}")
    if not isinstance(is_final, bool):
        raise TypeError(f"is_final must be True or False, and not {type(is_final).__name__}")
    body: dict[str, Any] = {
        "id": checked_text("message_id", message_id),
        "channel": {
            "time": checked_time(time),
            "to": {"id": checked_text("customer_id", customer_id)},
        },
        "status": status,
        "isFinalReceipt": is_final,
    }
    written = [_written(number, one) for number, one in enumerate(reasons)]
    if (status == "Failed") is not bool(written):
        raise ValueError(f"reasons are given where the status is Failed, and only then: {status}")
    return {**body, "reasons": written} if written else body


def check_receipt(answer: Any, sent: Any) -> None:
    """Check the answer to a receipt: a 200 says that it was taken, not that it was of use.

    Args:
        answer: What ``post_conversations_message_inbound_open_receipt`` returned, or a dict of
            wire names.
        sent: The receipt that was posted, in either form as well.

    Raises:
        ReceiptError: The platform could not use the receipt. To send it again changes nothing.
        TypeError: The answer is none, or what was sent is no receipt.
    """
    told_status, message_id = _field("sent", sent, "status"), _field("sent", sent, "id")
    if told_status is None:
        raise TypeError("sent must be the body that was posted, and has no status")
    found = _reasons("answer", answer)
    if _field("answer", answer, "status") != "Failed":
        return
    if told_status == "Failed":
        # The platform repeats what it was told; only a reason of its own is a failure of the
        # receipt itself.
        told = [one.code for one in _reasons("sent", sent)]
        found = tuple(one for one in found if one.code not in told)
        if not found:
            return
    why = ", ".join(f"{one.code}: {one.message}" for one in found) or "no reasons given"
    which = f"the receipt for {message_id}" if message_id else "the receipt"
    raise ReceiptError(f"the platform could not use {which}: {why}", found)


def _reasons(place: str, found: Any) -> tuple[Reason, ...]:
    reasons = _field(place, found, "reasons") or ()
    place = f"{place}.reasons"
    if not isinstance(reasons, (list, tuple)):
        raise TypeError(f"{place} must be a list, and not {type(reasons).__name__}")
    return tuple(
        Reason(_field(f"{place}[{i}]", one, "code"), _field(f"{place}[{i}]", one, "message"))
        for i, one in enumerate(reasons)
    )


def _field(place: str, found: Any, name: str) -> Any:
    """Give a field of a model, or of a dict; its names are the same in both."""
    if isinstance(found, Mapping):
        return found.get(name)
    if not hasattr(found, name):
        wanted = _WANTED.get(place, "an object with code and message")
        raise TypeError(f"{place} must be {wanted}, and not {type(found).__name__}")
    return getattr(found, name)


_WANTED = {"answer": "what the call returned", "sent": "the body that was posted"}


def _written(number: int, reason: Reason) -> dict[str, str]:
    place = f"reasons[{number}]"
    if not isinstance(reason, Reason):
        raise TypeError(f"{place} must be a Reason, and not {type(reason).__name__}")
    return {
        "code": checked_choice(f"{place}.code", reason.code, _CODES),
        "message": checked_text(f"{place}.message", reason.message),
    }
