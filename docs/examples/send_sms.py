"""Send an SMS to everybody in a CSV file, and follow each until it is delivered.

    python send_sms.py people.csv --from +15550100 --text "Dear {name}, your parcel is on its way."

The file has a column "phone" (E.164, such as +15550123), and others that the text may name. What
happens is appended to people.csv.results, a line each. Run it again, and it takes up where it was:
nobody gets a message twice. Another text wants another file (--results).

Nobody knows whether an "unknown" message was sent, so it is not sent again. Look for it in the
conversation with that number, and append what you know: "delivery-success", or "not sent" to have
the next run send it:

    echo '{"phone": "+15550123", "status": "not sent"}' >> people.csv.results

Where and as whom comes from the environment: GENESYSCLOUD_REGION, GENESYSCLOUD_OAUTHCLIENT_ID and
GENESYSCLOUD_OAUTHCLIENT_SECRET, of an OAuth client with the permissions conversation:message:create
and conversation:message:view.

Exit status: 0 if all are delivered, 1 if not, 2 if it could not begin or go on, 130 after Ctrl-C.
"sent" is not known to be delivered, so that is 1, though some carriers never tell more.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    ApiTimeoutException,
    Configuration,
    ConversationsApi,
    MessageData,
    NotFoundException,
    SendAgentlessOutboundMessageRequest,
    UnauthorizedException,
    wait_until,
)

if sys.platform != "win32":
    import fcntl

LONGEST = 765
"""Characters of an SMS."""

COLUMN = r"\{([^{}]*)\}"

UNDER_WAY = ("accepted", "sent")
DELIVERED = ("delivery-success", "read")
FAILED = ("delivery-failed", "failed", "removed")
STATUSES = ("not sent", "begun", "unknown", *UNDER_WAY, *DELIVERED, *FAILED)
"""What the results say of a message."""

Messages = dict[str, str]
"""What to send, by phone number."""


def read_messages(path: Path, text: str) -> Messages:
    """Read the file, and refuse what would fail half-way through."""
    messages: Messages = {}
    try:
        for row in read_rows(path):
            phone, message = row["phone"].strip(), fill(text, row)
            if not re.fullmatch(r"\+[1-9]\d{6,14}", phone):
                raise ValueError(f"{path}: {phone!r} is no number such as +15550123")
            if phone in messages:
                raise ValueError(f"{path}: {phone} is there twice")
            if not 0 < len(message) <= LONGEST:
                raise ValueError(f"{phone}: the text has {len(message)} characters of {LONGEST}")
            messages[phone] = message
    except KeyError as error:
        raise ValueError(f"{path} has no column {error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is no CSV file in UTF-8: {error}") from error
    if not messages:
        raise ValueError(f"{path}: there is nobody in it")
    return messages


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        for row in reader:
            if None in row or None in row.values():  # its keys and values where cells don't match
                raise ValueError(f"{path}, line {reader.line_num}: not as many cells as columns")
            yield row


def fill(text: str, row: dict[str, str]) -> str:
    """Put the columns in; str.format would do more than that."""
    if re.search("[{}]", re.sub(COLUMN, "", text)):
        raise ValueError("--text: braces go around the names of columns, and nowhere else")
    return re.sub(COLUMN, lambda column: row[column[1]], text)


class Results:
    """What became of each message: the latest line of a file counts."""

    def __init__(self, file: BinaryIO, text: str) -> None:
        """Read what was noted for this text, and keep other runs from it until this one ends."""
        self._file = file
        if sys.platform != "win32":  # there, two runs at once are yours to avoid
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ValueError(f"another run is writing to {file.name}") from None
        self.latest: dict[str, dict[str, str]] = {}
        self._text = ""
        file.seek(0)
        for number, line in enumerate(file.readlines(), 1):
            self._read(line, f"{file.name}, line {number}")
        if not self._text:
            self._write({"text": text})
        elif self._text != text:
            raise ValueError(f"{file.name} is of another text, {self._text!r}: see --results")

    def _read(self, line: bytes, where: str) -> None:
        try:
            noted = json.loads(line)
            if "text" in noted:
                self._text = noted["text"]
            elif noted["status"] in STATUSES and (
                "id" in noted or noted["status"] not in UNDER_WAY
            ):
                self.latest[noted["phone"]] = noted
            else:
                raise ValueError
            if not line.endswith(b"\n"):  # somebody has added it
                self._file.write(b"\n")
        except (KeyError, TypeError, ValueError):
            if line.endswith(b"\n"):
                raise ValueError(f"{where}: this is no result") from None
            # Cut off while it was written. If it told of a message that was sent, the line before
            # says "begun", and so the message is unknown.
            self._file.truncate(self._file.tell() - len(line))

    def status(self, phone: str) -> str:
        """Tell what is known of a message; nothing if it is new."""
        return self.latest.get(phone, {}).get("status", "")

    def note(self, phone: str, status: str, **more: str) -> None:
        """Write what is new, and have it on the disk before anything is sent that it tells of."""
        noted = {"phone": phone, "status": status, **more}
        if noted != self.latest.get(phone):
            self.latest[phone] = noted
            self._write(noted)
            if status != "begun":
                print(phone, status, more.get("why", ""))

    def _write(self, line: dict[str, str]) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def send(api: ConversationsApi, sender: str, phone: str, text: str, results: Results) -> None:
    body = SendAgentlessOutboundMessageRequest(
        from_address=sender, to_address=phone, to_address_messenger_type="sms", text_body=text
    )
    results.note(phone, "begun")
    try:
        accepted = api.post_conversations_messages_agentless(body)
    except ApiException as error:
        # A platform that fails, or gives up, may have sent it all the same.
        lost = error.outcome_unknown or error.status == 408 or error.status >= 500
        results.note(phone, "unknown" if lost else "not sent", why=str(error))
        if isinstance(error, UnauthorizedException):  # as all that follow would be
            raise
    else:
        results.note(phone, "accepted" if accepted.id else "unknown", id=accepted.id or "")


def follow(api: ConversationsApi, phones: list[str], results: Results, patience: float) -> None:
    """Ask for all in rounds, until nothing is open or the patience is at an end."""

    def ask() -> list[str]:
        phones[:] = [phone for phone in phones if is_open(api, phone, results)]
        return phones

    with suppress(ApiTimeoutException):  # what is open stays so, and the next run asks again
        wait_until(ask, lambda still_open: not still_open, deadline=patience)


def is_open(api: ConversationsApi, phone: str, results: Results) -> bool:
    """Ask for a message, note the answer, and tell whether asking again is of use."""
    message_id, known = results.latest[phone]["id"], results.status(phone)
    try:
        message = api.get_conversations_message_details(message_id)
    except UnauthorizedException:  # as all others would be
        raise
    except ApiException as error:
        is_missing = isinstance(error, NotFoundException)  # perhaps not yet there
        trouble = "is not found" if is_missing else f"cannot be read: {error}"
        results.note(phone, known, id=message_id, why=trouble)
        return is_missing
    if message.status in ("sent", *DELIVERED, *FAILED):
        results.note(phone, message.status, id=message_id, why=why(message))
    return message.status not in DELIVERED + FAILED


def why(message: MessageData) -> str:
    receipts = message.normalized_receipts or []
    reasons = [one for receipt in receipts for one in receipt.reasons or []]
    return "; ".join(f"{one.code}: {one.message}" for one in reasons)


def run(options: argparse.Namespace, configuration: Configuration, messages: Messages) -> int:
    path = options.results or options.file.with_name(f"{options.file.name}.results")
    with path.open("a+b") as file, ApiClient(configuration=configuration) as client:
        api, results = ConversationsApi(client), Results(file, options.text)
        for phone, text in messages.items():
            if results.status(phone) == "begun":  # a run was cut off right then
                results.note(phone, "unknown", why="cut off while it was sent: look, and decide")
            elif results.status(phone) in ("", "not sent"):
                send(api, options.sender, phone, text, results)
        under_way = [phone for phone in messages if results.status(phone) in UNDER_WAY]
        follow(api, under_way, results, options.patience)
    outcomes = Counter(map(results.status, messages))
    print(", ".join(f"{number} {status}" for status, number in sorted(outcomes.items())))
    return 0 if outcomes.keys() <= set(DELIVERED) else 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="CSV file with a column phone")
    parser.add_argument("--from", dest="sender", required=True, help="a number of the organization")
    parser.add_argument("--text", required=True, help="what to send; {name} is the column name")
    parser.add_argument("--results", type=Path, help="file of results; FILE.results if omitted")
    parser.add_argument("--patience", type=float, default=300, help="seconds to follow them all")
    options = parser.parse_args()
    try:
        if not 0 < options.patience <= 86_400:
            raise ValueError("--patience: give a number of seconds above 0, up to a day")
        messages = read_messages(options.file, options.text)
        configuration = Configuration()
        if not (configuration.access_token or configuration.client_id):
            parser.error("there is no account in the environment; --help says what to set")
        configuration.rate_limit = 300  # a minute, which is what the platform allows a client
        # A region that is none is refused here, before anything is noted as begun.
        print(f"{len(messages)} messages, by way of {configuration.host}")
        parser.exit(run(options, configuration, messages))
    except (ApiException, OSError, ValueError) as error:  # ValueError: of a setting, which it names
        parser.exit(2, f"{parser.prog}: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"{parser.prog}: interrupted; run it again to go on\n")


if __name__ == "__main__":
    main()
