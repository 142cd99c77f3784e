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

Exit status: 0 done, 1 something is left to do, which the last lines say, 2 nothing was changed,
130 interrupted before anything was changed.
"""

import argparse
import getpass
import io
import math
import os
import shlex
import sys
import time
from contextlib import ExitStack, suppress

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


def tell(message: str) -> None:
    """Print; if that fails, the work goes on, and the messages go to standard error."""
    try:
        print(message, flush=True)
    except (OSError, ValueError):
        sys.stdout = sys.stderr
        with suppress(OSError, ValueError):
            print(message, file=sys.stderr, flush=True)


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
        body.name, body.app_id = body.name or old.name, body.app_id or old.app_id
    old_ids = set(found)
    while options.delete_first and old_ids:
        delete(api, old_ids.pop())
    new_id, ours = create(api, body, options.page)
    tell(f"Created {new_id}.")
    try:
        check(api, new_id, options)
    except (ApiException, StoppedError):
        # If the old one is gone, better one of this page that does not work yet than none.
        kept = options.delete_first and new_id in of_page(list_all(api), options.page)
        if ours and not kept and new_id not in old_ids:
            delete(api, new_id)
        raise
    for old_id in old_ids - {new_id}:  # a service might have changed the old one instead
        delete(api, old_id)


def create(api: MessagingApi, body: FacebookIntegrationRequest, page: str) -> tuple[str, bool]:
    """Create an integration; if the answer is lost, look for it, and never send it again.

    Give its id, and whether it is surely ours: one that was found may be a colleague's.
    """
    before = list_all(api)
    try:
        created = api.post_messaging_integrations_facebook(body).id
    except ApiException as error:
        after = of_page(list_all(api), page) if error.outcome_unknown else {}
        new = [key for key, one in after.items() if key not in before and one.name == body.name]
        if len(new) != 1:
            raise
        return new[0], False
    if created is None:
        raise StoppedError("The service has answered without the id of the new integration.")
    return created, True


def check(api: MessagingApi, new_id: str, options: argparse.Namespace) -> None:
    deadline = time.monotonic() + options.patience
    while True:
        new = api.get_messaging_integrations_facebook_integration_id(new_id)
        if new.page_id and new.page_id != options.page:
            raise StoppedError(
                f"The new token is of page {new.page_id}, not of page {options.page}."
            )
        if new.page_id and new.status == "Active":
            return
        if new.status == "Error" or time.monotonic() >= deadline:
            raise StoppedError(
                f"The new integration does not work: its status is {new.status}, "
                f"its page {new.page_id or 'not yet known'}."
            )
        time.sleep(2)


def delete(api: MessagingApi, integration_id: str) -> None:
    try:
        api.delete_messaging_integrations_facebook_integration_id(integration_id)
    except ApiException as error:
        if not error.outcome_unknown or integration_id in list_all(api):
            raise
    tell(f"Deleted {integration_id}.")


def describe(
    page: str, found: dict[str, FacebookIntegration], body: FacebookIntegrationRequest
) -> str:
    """Say what there is now, and what to do about it."""
    if not found:
        command = [sys.executable, sys.argv[0], page, f"--name={body.name or 'NAME'}"]
        command += [f"--app-id={body.app_id}"] if body.app_id else []
        return f"Page {page} has NO integration now. This creates one: {shlex.join(command)}"
    lines = [f"Page {page} has now:"]
    for key, one in found.items():
        recipient = one.recipient.id if one.recipient else None
        lines.append(f"  {key} {one.name!r}, {one.status}, recipient {recipient}")
    if len(found) > 1:
        call = "MessagingApi().delete_messaging_integrations_facebook_integration_id('ID')"
        lines.append("This deletes the one with the id ID:")
        lines.append(f'  python -c "from PureCloudPlatformClientV2 import MessagingApi; {call}"')
    return "\n".join(lines)


def run(
    api: MessagingApi,
    before: dict[str, FacebookIntegration],
    body: FacebookIntegrationRequest,
    options: argparse.Namespace,
) -> int:
    status, output = 0, sys.stdout
    try:
        rotate(api, of_page(before, options.page), body, options)
    except (ApiException, StoppedError, ValueError, KeyboardInterrupt) as error:
        tell(f"Stopped: {str(error) or 'interrupted'}")
        # The error may be that of a look for what became of another call.
        doubts = [getattr(one, "outcome_unknown", False) for one in (error, error.__context__)]
        known = isinstance(error, (ApiException, StoppedError)) and not any(doubts)
        status = 2 if known else 1
    try:
        now = list_all(api)
    except (ApiException, KeyboardInterrupt) as error:
        why = str(error) or "interrupted"
        tell(f"What page {options.page} has now could not be read, so look at it later: {why}")
        return 1
    tell(describe(options.page, of_page(now, options.page), body))
    for key, one in now.items():
        if status and key not in before and one.page_id != options.page:
            tell(
                f"The new integration {key} {one.name!r} of page {one.page_id} is left over: "
                "delete it, unless it is somebody else's."
            )
    unsaid = sys.stdout is not output
    return 1 if unsaid or (status == 2 and now.keys() != before.keys()) else status


def make_output_safe() -> None:
    """Let no name fail to be printed, whatever the terminal can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None if it is closed
            stream.reconfigure(errors="backslashreplace")


def main() -> None:
    make_output_safe()
    sys.stdout = sys.stdout or sys.stderr  # it was closed
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("page", help="Facebook's number for the page")
    parser.add_argument(
        "--name", help="name of the new integration; that of the old one if omitted"
    )
    parser.add_argument("--app-id", help="Facebook's app; that of the old one if omitted")
    parser.add_argument("--delete-first", action="store_true", help="delete the old one at first")
    parser.add_argument(
        "--patience", type=seconds, default=60, help="seconds for it to become active (60)"
    )
    options = parser.parse_args()
    with ExitStack() as stack:
        try:
            configuration = Configuration()
            if not (configuration.access_token or configuration.client_id):
                parser.error("there is no account in the environment; --help says what to set")
            body = FacebookIntegrationRequest(
                name=options.name,
                app_id=options.app_id,
                page_access_token=os.environ.get("FACEBOOK_PAGE_TOKEN") or read_secret(),
                app_secret=os.environ.get("FACEBOOK_APP_SECRET"),
            )
            if not body.page_access_token:
                parser.error("the new token is empty")
            api = MessagingApi(stack.enter_context(ApiClient(configuration=configuration)))
            before = list_all(api)
        except (ApiException, EOFError, OSError, ValueError) as error:
            why = str(error) or "there is nobody to ask for the new token"
            parser.exit(2, f"{parser.prog}: nothing was changed: {why}\n")
        except KeyboardInterrupt:
            parser.exit(130, f"\n{parser.prog}: interrupted; nothing was changed\n")
        status = run(api, before, body, options)
    sys.exit(status)


def seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < math.inf:
        raise ValueError(text)
    return number


def read_secret() -> str:
    if sys.stdin is None:  # it was closed
        raise EOFError
    if sys.stdin.isatty():
        return getpass.getpass("New page access token: ")
    return sys.stdin.readline().strip()


if __name__ == "__main__":
    main()
