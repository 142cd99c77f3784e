"""The messengers that the service knew in 2019."""

from typing import Literal

MessengerType = Literal["sms", "facebook", "twitter", "line", "whatsapp"]
"""The messengers that the service knew in 2019."""
