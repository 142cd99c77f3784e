"""Report the Facebook, LINE and Twitter integrations whose status is "Error".

It prints nothing if there are none, so that cron sends mail only if there is something to say.

Where and as whom comes from the environment: GENESYSCLOUD_REGION, and GENESYSCLOUD_OAUTHCLIENT_ID
with GENESYSCLOUD_OAUTHCLIENT_SECRET, or GENESYSCLOUD_ACCESS_TOKEN. To try it without an account,
set what "python -m PureCloudPlatformClientV2.sandbox" prints.

Exit status: 0 there are none, 1 there are some, 2 it could not be found out, 130
interrupted.
"""

import argparse
import io
import sys
from collections.abc import Iterator

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    FacebookIntegration,
    LineIntegration,
    MessagingApi,
    TwitterIntegration,
    paginate,
)

Integration = FacebookIntegration | LineIntegration | TwitterIntegration


def read_all(api: MessagingApi) -> Iterator[tuple[str, Integration]]:
    for one in paginate(api.get_messaging_integrations_facebook, page_size=100):
        yield "Facebook", one
    if api.api_client.platform == "2019":  # LINE has left the public cloud
        for two in paginate(api.get_messaging_integrations_line, page_size=100):
            yield "LINE", two
    for three in paginate(api.get_messaging_integrations_twitter, page_size=100):
        yield "Twitter", three


def needs_attention(integration: Integration, *, unless_active: bool) -> bool:
    status = (integration.status or "unknown").lower()
    return status != "active" if unless_active else status == "error"


def describe(messenger: str, integration: Integration) -> str:
    since = (
        f", changed {integration.date_modified:%Y-%m-%d %H:%M}" if integration.date_modified else ""
    )
    line = f"{messenger} {integration.name!r} ({integration.id}): {integration.status}{since}"
    # In 2019 the status was all that the service said. Today it says why, and has no LINE.
    why = None if isinstance(integration, LineIntegration) else integration.create_error
    if why is not None:
        line += f"\n    {why.code}: {why.message!r}"
    return line


def make_output_safe() -> None:
    """Let no name fail to be printed, whatever the terminal can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None if it is closed
            stream.reconfigure(errors="backslashreplace")


def main() -> None:
    make_output_safe()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--unless-active",
        action="store_true",
        help='report whatever is not "Active": also a LINE channel that waits for its webhook',
    )
    unless_active: bool = parser.parse_args().unless_active
    try:
        configuration = Configuration()
        if not (configuration.access_token or configuration.client_id):
            parser.error("there is no account in the environment; --help says what to set")
        with ApiClient(configuration=configuration) as client:
            found = [
                describe(messenger, integration)
                for messenger, integration in read_all(MessagingApi(client))
                if needs_attention(integration, unless_active=unless_active)
            ]
    except (ApiException, ValueError) as error:  # ValueError: of a setting, which it names
        parser.exit(2, f"{parser.prog}: the integrations could not be read: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"{parser.prog}: interrupted\n")
    if found:
        many, verb = ("integration", "needs") if len(found) == 1 else ("integrations", "need")
        print(f"{len(found)} {many} at {configuration.host} {verb} attention:", *found, sep="\n")
        parser.exit(1)


if __name__ == "__main__":
    main()
