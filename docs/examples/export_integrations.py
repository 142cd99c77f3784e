"""Export all Facebook, LINE and Twitter integrations as CSV, without secrets.

The columns stay the same and in this order; later ones will be added at the end. Nothing is written
before everything has been read, and a file is replaced as a whole or not at all. A device or a
named pipe is written to.

Where and as whom comes from the environment: GENESYSCLOUD_REGION, and GENESYSCLOUD_OAUTHCLIENT_ID
with GENESYSCLOUD_OAUTHCLIENT_SECRET, or GENESYSCLOUD_ACCESS_TOKEN. To try it without an account,
set what "python -m PureCloudPlatformClientV2.sandbox" prints.

Exit status: 0 exported, 2 not exported, 130 interrupted.
"""

import argparse
import csv
import io
import os
import shutil
import sys
import tempfile
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
    UriReference,
    paginate,
)

COLUMNS = (
    *("messenger", "id", "name", "status", "page_id", "app_id", "channel_id", "webhook_uri"),
    *("username", "user_id", "tier", "env_name", "recipient"),
    *("date_created", "date_modified", "created_by", "modified_by", "version"),
)


def read_rows(api: MessagingApi) -> Iterator[list[str]]:
    for one in paginate(api.get_messaging_integrations_facebook, page_size=100):
        yield make_row("facebook", one)
    if api.api_client.platform == "2019":  # LINE has left the public cloud
        for two in paginate(api.get_messaging_integrations_line, page_size=100):
            yield make_row("line", two)
    for three in paginate(api.get_messaging_integrations_twitter, page_size=100):
        yield make_row("twitter", three)


def make_row(
    messenger: str, integration: FacebookIntegration | LineIntegration | TwitterIntegration
) -> list[str]:
    values = (getattr(integration, column, None) for column in COLUMNS[1:])
    return [messenger, *map(make_cell, values)]


def make_cell(value: object) -> str:
    """Write a value so that no spreadsheet takes it for a formula: a name is anybody's text."""
    text = value.id if isinstance(value, UriReference) else value
    cell = "" if text is None else str(text)
    return (
        f"'{cell}" if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else cell
    )


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the file and rename, so that no reader ever finds half of it."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(number)
        if path.exists():
            shutil.copymode(path, name)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


def write(path: Path | None, content: bytes) -> None:
    if path is None:
        if sys.stdout is None:
            raise OSError("standard output is closed")
        # Without a buffer of Python's, which would fail once more, when the program ends.
        with os.fdopen(sys.stdout.fileno(), "wb", closefd=False) as file:
            file.write(content)
    elif path.exists() and not path.is_file():
        path.write_bytes(content)
    else:
        replace_file(path.resolve(), content)


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
    text = io.StringIO(newline="")
    try:
        configuration = Configuration()
        if not (configuration.access_token or configuration.client_id):
            parser.error("there is no account in the environment; --help says what to set")
        with ApiClient(configuration=configuration) as client:
            csv.writer(text).writerows([COLUMNS, *read_rows(MessagingApi(client))])
        write(path, text.getvalue().encode())
    except (ApiException, OSError, ValueError) as error:  # ValueError: of a setting, which it names
        parser.exit(2, f"{parser.prog}: nothing was exported: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"{parser.prog}: interrupted; nothing was exported\n")


if __name__ == "__main__":
    main()
