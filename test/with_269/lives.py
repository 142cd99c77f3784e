"""A program for 269 that performs every operation of the sandbox, from creation to deletion.

It is run with the vendor's SDK: ``python -m with_269.lives HOST TOKEN CONTROL_TOKEN WEBHOOK``.
What it does is in ``channels.py``, ``organization.py`` and ``conversations.py``.
"""

from __future__ import annotations

from .channels import (
    deprecated_settings,
    deprecated_supported_content,
    google_business_profile,
    integrations,
    settings,
    sign_ins,
    sms,
    supported_content,
    threading_timeline,
    whatsapp_by_signup,
)
from .conversations import conversations, other_messengers
from .organization import account, canned_responses, notifications, queues_and_users
from .recorded import live

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
