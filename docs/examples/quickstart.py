"""A first lesson: all fourteen calls of the Messaging API.

It works on the account in the environment, or else on a sandbox that it starts on this machine. The
account is GENESYSCLOUD_REGION, and GENESYSCLOUD_ACCESS_TOKEN or GENESYSCLOUD_OAUTHCLIENT_ID with
GENESYSCLOUD_OAUTHCLIENT_SECRET. It deletes what it has created.
"""

import os
import sys
from contextlib import ExitStack

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    FacebookIntegration,
    FacebookIntegrationRequest,
    LineIntegration,
    LineIntegrationRequest,
    MessagingApi,
    TwitterIntegration,
    TwitterIntegrationRequest,
    paginate,
)


def main() -> None:
    # The environment alone: nobody should work on production because of a file at home.
    names = ("GENESYSCLOUD_ACCESS_TOKEN", "GENESYSCLOUD_OAUTHCLIENT_ID")
    if any(os.environ.get(name) for name in names):
        configuration = Configuration()
        print(f"Working on your account at {configuration.host}.")
        with ApiClient(configuration=configuration) as client:
            if client.platform == "today":
                sys.exit(
                    "There is no LINE there any more. Without the account, this runs on a sandbox."
                )
            try:
                tour(MessagingApi(client))
            except ApiException as error:
                sys.exit(f"\nStopped: {error}")
    else:
        from PureCloudPlatformClientV2.sandbox import Sandbox

        print("There is no account in the environment, so here is a sandbox on this machine.")
        with Sandbox() as sandbox:
            configuration = Configuration(host=sandbox.host, access_token=sandbox.access_token)
            with ApiClient(configuration=configuration) as client:
                tour(MessagingApi(client))


def tour(api: MessagingApi) -> None:
    # Leaving the with block runs the callbacks, so nothing is left behind, whatever happens.
    with ExitStack() as cleanup:
        print("\n-- Create a Facebook integration")
        facebook = api.post_messaging_integrations_facebook(
            FacebookIntegrationRequest(name="Quickstart", page_access_token="example-page-token")
        )
        cleanup.callback(api.delete_messaging_integrations_facebook_integration_id, id_of(facebook))
        print(facebook)

        print("\n-- Create a LINE integration, from a dict of wire names this time")
        line = api.post_messaging_integrations_line({"name": "Quickstart"})
        cleanup.callback(api.delete_messaging_integrations_line_integration_id, id_of(line))
        print(f"Enter this address at LINE: {line.webhook_uri}")

        print("\n-- Create a Twitter integration; secrets are never printed")
        request = TwitterIntegrationRequest(
            name="Quickstart",
            access_token_key="example-token-key",
            access_token_secret="example-token-secret",
            consumer_key="example-consumer-key",
            consumer_secret="example-consumer-secret",
            tier="premium",
            env_name="env-beta",
        )
        print(request)
        twitter = api.post_messaging_integrations_twitter(request)
        cleanup.callback(api.delete_messaging_integrations_twitter_integration_id, id_of(twitter))

        print("\n-- Read the three")
        facebook = api.get_messaging_integrations_facebook_integration_id(id_of(facebook))
        print(f"Facebook page {facebook.page_id} since {facebook.date_created}")
        line = api.get_messaging_integrations_line_integration_id(id_of(line))
        print(f"LINE is {line.status} until its channel is known")
        twitter = api.get_messaging_integrations_twitter_integration_id(id_of(twitter))
        print(f"Twitter account @{twitter.username} is {twitter.status}")

        print("\n-- Update the LINE integration")
        line = api.put_messaging_integrations_line_integration_id(
            id_of(line), LineIntegrationRequest(channel_id="1653000000", channel_secret="example")
        )
        print(f"Channel {line.channel_id}, version {line.version}")

        print("\n-- List a page, or all of them")
        pages = api.get_messaging_integrations_facebook(page_size=25, page_number=1)
        print(f"Facebook: {len(pages)} on page {pages.page_number} of {pages.page_count}")
        accounts = api.get_messaging_integrations_twitter()
        print(f"Twitter: {accounts.total} in all")
        for integration in paginate(api.get_messaging_integrations_line, page_size=100):
            print(f"LINE: {integration.name}")

        print("\n-- List stickers")
        for sticker in api.get_messaging_sticker("line", page_size=3):
            print(f"{sticker.package_name}: {sticker.name} ({sticker.sticker_type})")

        print("\n-- Catch an error")
        try:
            api.get_messaging_integrations_line_integration_id("no-such-integration")
        except ApiException as error:
            print(f"Status {error.status}: {error.error.message if error.error else error.reason}")
            print(f"Correlation id, for support: {error.correlation_id}")

        print("\n-- Clean up")
    print("Deleted the three integrations.")


def id_of(created: FacebookIntegration | LineIntegration | TwitterIntegration) -> str:
    # Any field of a model may be missing, and type checkers know that.
    if created.id is None:
        sys.exit("The service has not said what the id is.")
    return created.id


if __name__ == "__main__":
    main()
