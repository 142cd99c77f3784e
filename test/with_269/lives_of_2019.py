"""A program for 57 that performs the fourteen operations of 2019, from creation to deletion.

It is run with the vendor's SDK: ``python -m with_269.lives_of_2019 HOST TOKEN``.
"""

from __future__ import annotations

import sys
from typing import Any

from .recorded import Recorded, live, model

HOST, TOKEN, *_ = sys.argv[1:]
SECRET = "a-secret-of-the-tests"

api: Any = Recorded(HOST, TOKEN, "MessagingApi")


def facebook() -> None:
    body = model("FacebookIntegrationRequest", name="Page", page_access_token=SECRET, app_id="17")
    made = api.post_messaging_integrations_facebook(body)
    (listed,) = api.get_messaging_integrations_facebook(page_size=10).entities
    found = api.get_messaging_integrations_facebook_integration_id(made.id)
    assert (listed.id, found.name, found.version) == (made.id, "Page", 1)
    api.delete_messaging_integrations_facebook_integration_id(made.id)


def line() -> None:
    body = model("LineIntegrationRequest", name="One", channel_id="1653", channel_secret=SECRET)
    made = api.post_messaging_integrations_line(body)
    (listed,) = api.get_messaging_integrations_line(page_number=1).entities
    assert listed.id == made.id
    api.put_messaging_integrations_line_integration_id(
        made.id, model("LineIntegrationRequest", name="Other")
    )
    found = api.get_messaging_integrations_line_integration_id(made.id)
    assert (found.name, found.channel_id, found.version) == ("Other", "1653", 2)
    api.delete_messaging_integrations_line_integration_id(made.id)


def twitter() -> None:
    body = model(
        "TwitterIntegrationRequest",
        name="Account",
        access_token_key="17-key",
        access_token_secret=SECRET,
        consumer_key="consumer",
        consumer_secret=SECRET,
        tier="premium",
        env_name="production",
    )
    made = api.post_messaging_integrations_twitter(body)
    (listed,) = api.get_messaging_integrations_twitter(page_size=10, page_number=1).entities
    found = api.get_messaging_integrations_twitter_integration_id(made.id)
    assert (listed.id, found.tier) == (made.id, "premium")
    api.delete_messaging_integrations_twitter_integration_id(made.id)


def stickers() -> None:
    assert api.get_messaging_sticker("line", page_size=5).entities


if __name__ == "__main__":
    live(facebook, line, twitter, stickers)
