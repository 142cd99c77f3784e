"""The client that performs everything, and what its program is told about the sandbox."""

from __future__ import annotations

import sys
from typing import Any

from .recorded import Recorded

HOST, TOKEN, CONTROL_TOKEN, WEBHOOK = sys.argv[1:]
SECRET = "a-secret-of-the-tests"
FLOW = "0f0e0d0c-0b0a-4908-8706-050403020100"

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


def method(name: str) -> Any:
    return getattr(api, name)
