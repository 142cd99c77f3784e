"""Give the Facebook integration of a page a new access token.

The service cannot change a Facebook integration. So this creates one with the new token, checks
that it works, and deletes the old one; if it does not work, the old one stays. Where the service
refuses a second integration of a page, --delete-first deletes the old one before that, and for a
moment there is none. A new integration has a recipient of its own: attach your message flow to it.

Where and as whom comes from the environment: GENESYSCLOUD_REGION, and GENESYSCLOUD_OAUTHCLIENT_ID
with GENESYSCLOUD_OAUTHCLIENT_SECRET, or GENESYSCLOUD_ACCESS_TOKEN. The new token comes
from FACEBOOK_PAGE_TOKEN or standard input; the secret of the Facebook app, if it is needed, from
FACEBOOK_APP_SECRET. To try it without an account, set what
"python -m PureCloudPlatformClientV2.sandbox" prints; there, each token is of a page of its own.

Exit status: 0 done, 1 something is left to do, which the last lines say, 2 nothing was changed.
"""

import argparse
import getpass
import os
import shlex
import sys
import time

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    FacebookIntegration,
    FacebookIntegrationRequest,
    MessagingApi,
    paginate,
)


class StoppedError(Exception):
    """It cannot go on; the text says why."""


def list_all(api: MessagingApi) -> dict[str, FacebookIntegration]:
    everything = paginate(api.get_messaging_integrations_facebook, page_size=100)
    return {one.id: one for one in everything if one.id}


def of_page(found: dict[str, FacebookIntegration], page: str) -> dict[str, FacebookIntegration]:
    return {key: one for key, one in found.items() if one.page_id == page}


def rotate(
    api: MessagingApi,
    found: dict[str, FacebookIntegration],
    body: FacebookIntegrationRequest,
    options: argparse.Namespace,
) -> None:
    if len(found) > 1:
        raise StoppedError("The page has more than one integration: which one is to be replaced?")
    if not found and not body.name:
        raise StoppedError("The page has no integration that could be replaced.")
    for old in found.values():
        body.name, body.app_id = body.name or old.name, old.app_id
    old_ids = set(found)
    while options.delete_first and old_ids:
        delete(api, old_ids.pop())
    new_id = create(api, body)
    print(f"Created {new_id}.")
    try:
        check(api, new_id, options)
    except (ApiException, StoppedError):
        # If the old one is gone, better one of this page that does not work yet than none.
        kept = options.delete_first and new_id in of_page(list_all(api), options.page)
        if not kept and new_id not in old_ids:
            delete(api, new_id)
        raise
    for old_id in old_ids - {new_id}:  # a service might have changed the old one instead
        delete(api, old_id)


def create(api: MessagingApi, body: FacebookIntegrationRequest) -> str:
    """Create an integration; if the answer is lost, look for it, and never send it again."""
    before = list_all(api)
    try:
        created = api.post_messaging_integrations_facebook(body).id
    except ApiException as error:
        after = list_all(api).items() if error.outcome_unknown else ()
        new = [key for key, one in after if key not in before and one.name == body.name]
        if len(new) != 1:
            raise
        return new[0]
    if created is None:
        raise StoppedError("The service has answered without the id of the new integration.")
    return created


def check(api: MessagingApi, new_id: str, options: argparse.Namespace) -> None:
    deadline = time.monotonic() + options.patience
    while True:
        new = api.get_messaging_integrations_facebook_integration_id(new_id)
        if new.page_id != options.page:
            raise StoppedError(
                f"The new token is of page {new.page_id}, not of page {options.page}."
            )
        if new.status == "Active":
            return
        if new.status == "Error" or time.monotonic() >= deadline:
            raise StoppedError(f"The new integration does not work: its status is {new.status}.")
        time.sleep(2)


def delete(api: MessagingApi, integration_id: str) -> None:
    try:
        api.delete_messaging_integrations_facebook_integration_id(integration_id)
    except ApiException as error:
        if not error.outcome_unknown or integration_id in list_all(api):
            raise
    print(f"Deleted {integration_id}.")


def describe(page: str, found: dict[str, FacebookIntegration], name: str | None) -> str:
    """Say what there is now, and what to do about it."""
    if not found:
        command = f"{sys.argv[0]} {shlex.quote(page)} --name {shlex.quote(name or 'NAME')}"
        return f"Page {page} has NO integration now. This creates one: {command}"
    lines = [f"Page {page} has now:"]
    for key, one in found.items():
        recipient = one.recipient.id if one.recipient else None
        lines.append(f"  {key} {one.name!r}, {one.status}, recipient {recipient}")
    if len(found) > 1:
        call = "MessagingApi().delete_messaging_integrations_facebook_integration_id('ID')"
        lines.append("This deletes the one with the id ID:")
        lines.append(f'  python -c "from PureCloudPlatformClientV2 import MessagingApi; {call}"')
    return "\n".join(lines)


def run(api: MessagingApi, body: FacebookIntegrationRequest, options: argparse.Namespace) -> int:
    before = list_all(api)
    status = 0
    try:
        rotate(api, of_page(before, options.page), body, options)
    except (ApiException, StoppedError, KeyboardInterrupt) as error:
        print(f"Stopped: {str(error) or 'interrupted'}")
        # The error may be that of a look for what became of another call.
        doubts = [getattr(one, "outcome_unknown", False) for one in (error, error.__context__)]
        status = 1 if any(doubts) or isinstance(error, KeyboardInterrupt) else 2
    try:
        now = list_all(api)
    except ApiException as error:
        print(f"What page {options.page} has now could not be read, so look at it later: {error}")
        return 1
    print(describe(options.page, of_page(now, options.page), body.name))
    for key, one in now.items():
        if key not in before and one.page_id != options.page:
            print(f"The new integration {key} of page {one.page_id} is left over: delete it.")
    return 1 if status == 2 and now.keys() != before.keys() else status


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("page", help="Facebook's number for the page")
    parser.add_argument(
        "--name", help="name of the new integration; that of the old one if omitted"
    )
    parser.add_argument("--delete-first", action="store_true", help="delete the old one at first")
    parser.add_argument(
        "--patience", type=float, default=60, help="seconds for it to become active (60)"
    )
    options = parser.parse_args()
    configuration = Configuration()
    try:
        if not (configuration.access_token or configuration.client_id):
            parser.error("there is no account in the environment; --help says what to set")
        body = FacebookIntegrationRequest(
            name=options.name,
            page_access_token=os.environ.get("FACEBOOK_PAGE_TOKEN") or read_secret(),
            app_secret=os.environ.get("FACEBOOK_APP_SECRET"),
        )
        if not body.page_access_token:
            parser.error("the new token is empty")
        with ApiClient(configuration=configuration) as client:
            sys.exit(run(MessagingApi(client), body, options))
    except (ApiException, ValueError) as error:  # ValueError: of a setting, which it names
        parser.exit(2, f"{parser.prog}: nothing was changed: {error}\n")


def read_secret() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("New page access token: ")
    return sys.stdin.readline().strip()


if __name__ == "__main__":
    main()
