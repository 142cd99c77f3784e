"""Add a Facebook page to an organization; a script of 2019 that works on today's platform, too.

    python add_facebook_page.py Support --app-id 1653000000

Not a line of it is about where it runs. On today's platform the integrations have moved, and are
completed after they were created: the methods go to the new place, and wait. An integration of that
name is reported and left as it is, so run it again after whatever happened.

The page access token is asked for, or read from standard input, or comes from FACEBOOK_PAGE_TOKEN;
the secret of the app from FACEBOOK_APP_SECRET.

Where and as whom comes from the environment: GENESYSCLOUD_REGION, and GENESYSCLOUD_OAUTHCLIENT_ID
with GENESYSCLOUD_OAUTHCLIENT_SECRET, or GENESYSCLOUD_ACCESS_TOKEN. To try it without an account,
set what "python -m PureCloudPlatformClientV2.sandbox" prints.

Exit status: 0 the page is there, 1 perhaps it is, or it is there and of no use, 2 it is not, 130
interrupted.
"""

import argparse
import getpass
import os
import sys

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.rest import ApiException


def find(
    api: PureCloudPlatformClientV2.MessagingApi, name: str
) -> PureCloudPlatformClientV2.FacebookIntegration | None:
    """Look for a name on one page after the other, as everybody did by hand."""
    page_number = page_count = 1
    while page_number <= page_count:
        listing = api.get_messaging_integrations_facebook(page_size=100, page_number=page_number)
        for integration in listing.entities or []:
            if integration.name == name:
                return integration
        page_count = listing.page_count or 1
        page_number += 1
    return None


def read_token() -> str:
    if sys.stdin and sys.stdin.isatty():
        return getpass.getpass("Page access token: ")
    return sys.stdin.readline().strip() if sys.stdin else ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", help="what the integration is called")
    parser.add_argument("--app-id", help="Facebook's app")
    options = parser.parse_args()
    begun = False
    try:
        configuration = PureCloudPlatformClientV2.configuration
        if not (configuration.access_token or configuration.client_id):
            parser.error("there is no account in the environment; --help says what to set")
        api = PureCloudPlatformClientV2.MessagingApi()
        integration = find(api, options.name)
        if integration is None:
            body = PureCloudPlatformClientV2.FacebookIntegrationRequest()
            body.name = options.name
            body.app_id = options.app_id
            body.app_secret = os.environ.get("FACEBOOK_APP_SECRET")
            body.page_access_token = os.environ.get("FACEBOOK_PAGE_TOKEN") or read_token()
            begun = True
            integration = api.post_messaging_integrations_facebook(body)
        print(f"{integration.name!r}: page {integration.page_id}, {integration.id}")
        parser.exit(1 if integration.status == "Error" else 0)
    except ApiException as error:
        where = f"; look at integration {error.entity_id}" if error.entity_id else ""
        there = error.outcome_unknown or error.entity_id
        parser.exit(1 if there else 2, f"{parser.prog}: {error}{where}\n")
    except (EOFError, ValueError) as error:  # ValueError: of a setting, which it names
        parser.exit(2, f"{parser.prog}: {error}\n")
    except KeyboardInterrupt:
        again = "perhaps it is there; run it again to see" if begun else "nothing was added"
        parser.exit(130, f"\n{parser.prog}: interrupted; {again}\n")


if __name__ == "__main__":
    main()
