"""Export all Facebook, LINE and Twitter integrations as CSV, without secrets.

The columns stay the same and in this order; later ones will be added at the end. Nothing is printed
before everything has been read, and a file is replaced as a whole or not at all. A device or a
named pipe is written to.

Where and as whom comes from the environment: GENESYSCLOUD_REGION, and GENESYSCLOUD_OAUTHCLIENT_ID
with GENESYSCLOUD_OAUTHCLIENT_SECRET, or GENESYSCLOUD_ACCESS_TOKEN. To try it without an account,
set what "python -m PureCloudPlatformClientV2.sandbox" prints.

Exit status: 0 exported, 2 not exported, 130 interrupted.
"""

import argparse
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    FacebookIntegration,
    LineIntegration,
    MessagingApi,
    TwitterIntegration,
    paginate,
    write_csv,
)

COLUMNS = [
    *("messenger", "id", "name", "status", "page_id", "app_id", "channel_id", "webhook_uri"),
    *("username", "user_id", "tier", "env_name", "recipient.id"),
    *("date_created", "date_modified", "created_by.id", "modified_by.id", "version"),
]

Row = dict[str, object]


def read_rows(api: MessagingApi) -> Iterator[Row]:
    for one in paginate(api.get_messaging_integrations_facebook, page_size=100):
        yield make_row("facebook", one)
    if api.api_client.platform == "2019":  # LINE has left the public cloud
        for two in paginate(api.get_messaging_integrations_line, page_size=100):
            yield make_row("line", two)
    for three in paginate(api.get_messaging_integrations_twitter, page_size=100):
        yield make_row("twitter", three)


def make_row(
    messenger: str, integration: FacebookIntegration | LineIntegration | TwitterIntegration
) -> Row:
    fields = (column.partition(".")[0] for column in COLUMNS[1:])
    values = {field: getattr(integration, field, None) for field in fields}  # none has them all
    return {"messenger": messenger, **values}


def print_csv(rows: Iterator[Row]) -> None:
    text = io.StringIO(newline="")
    write_csv(rows, text, columns=COLUMNS)
    if sys.stdout is None:
        raise OSError("standard output is closed")
    # Without a buffer of Python's, which would fail once more, when the program ends.
    with os.fdopen(sys.stdout.fileno(), "wb", closefd=False) as file:
        file.write(text.getvalue().encode())


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
    parser.add_argument("file", nargs="?", type=Path, help="where to; standard output if omitted")
    path: Path | None = parser.parse_args().file
    try:
        configuration = Configuration()
        if not (configuration.access_token or configuration.client_id):
            parser.error("there is no account in the environment; --help says what to set")
        with ApiClient(configuration=configuration) as client:
            rows = read_rows(MessagingApi(client))
            if path is None:
                print_csv(rows)
            else:
                write_csv(rows, path, columns=COLUMNS)
    except (ApiException, OSError, ValueError) as error:  # ValueError: of a setting, which it names
        parser.exit(2, f"{parser.prog}: nothing was exported: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"{parser.prog}: interrupted; nothing was exported\n")


if __name__ == "__main__":
    main()
