"""Send an SMS to everybody in a CSV file, and follow each until it is delivered.

    python send_sms.py people.csv --from +15550100 --text "Dear {name}, your parcel is on its way."

The file has a column "phone" (E.164, such as +15550123), and others that the text may name. What
happens is appended to people.csv.results, a line each. Run it again, and it takes up where it was:
nobody gets a message twice. A message whose fate nobody knows is not sent again; it is reported.

Where and as whom comes from the environment: GENESYSCLOUD_REGION, GENESYSCLOUD_OAUTHCLIENT_ID and
GENESYSCLOUD_OAUTHCLIENT_SECRET, of an OAuth client with the permissions conversation:message:create
and conversation:message:view.

Exit status: 0 if all are delivered, 1 if not, 2 if it could not begin, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    ApiTimeoutException,
    Configuration,
    ConversationsApi,
    MessageData,
    SendAgentlessOutboundMessageRequest,
    UnauthorizedException,
    wait_until,
)

if sys.platform != "win32":
    import fcntl

LONGEST = 765
"""Characters of an SMS."""

DELIVERED = ("delivery-success", "read")
FAILED = ("delivery-failed", "failed", "removed")

Messages = dict[str, str]
"""What to send, by phone number."""


def read_messages(path: Path, text: str) -> Messages:
    """Read the file, and refuse what would fail half-way through."""
    messages: Messages = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            try:
                phone, message = row["phone"].strip(), text.format_map(row)
            except KeyError as error:
                raise ValueError(f"{path} has no column {error}") from error
            if not re.fullmatch(r"\+[1-9]\d{6,14}", phone):
                raise ValueError(f"{path}: {phone!r} is no number such as +15550123")
            if phone in messages:
                raise ValueError(f"{path}: {phone} is there twice")
            if not 0 < len(message) <= LONGEST:
                raise ValueError(f"{phone}: the text has {len(message)} characters of {LONGEST}")
            messages[phone] = message
    return messages


class Results:
    """What became of each message: the latest line of a file counts."""

    def __init__(self, path: Path) -> None:
        """Open the file, and keep other runs from it until this one ends."""
        self._file = path.open("a+b")
        if sys.platform != "win32":  # there, two runs at once are yours to avoid
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ValueError(f"another run is writing to {path}") from None
        self._file.seek(0)
        *lines, torn = self._file.read().split(b"\n")
        self.latest: dict[str, dict[str, str]] = {
            noted["phone"]: noted for noted in map(json.loads, lines)
        }
        if torn:  # by a run that was cut off while it wrote, and so before it sent anything
            self._file.truncate(self._file.tell() - len(torn))

    def status(self, phone: str) -> str:
        """Tell what is known of a message; nothing if it is new."""
        return self.latest.get(phone, {}).get("status", "")

    def note(self, phone: str, status: str, **more: str) -> None:
        """Write a line, and have it on the disk before anything is sent that it tells of."""
        self.latest[phone] = {"phone": phone, "status": status, **more}
        self._file.write(json.dumps(self.latest[phone]).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        if status != "begun":
            print(phone, status, more.get("why", ""))

    def close(self) -> None:
        """Close the file, and let another run have it."""
        self._file.close()


def send(api: ConversationsApi, sender: str, phone: str, text: str, results: Results) -> None:
    body = SendAgentlessOutboundMessageRequest(
        from_address=sender, to_address=phone, to_address_messenger_type="sms", text_body=text
    )
    results.note(phone, "begun")
    try:
        accepted = api.post_conversations_messages_agentless(body)
    except UnauthorizedException:  # as all that follow would be
        results.note(phone, "not sent")
        raise
    except ApiException as error:
        results.note(phone, "unknown" if error.outcome_unknown else "not sent", why=str(error))
    else:
        results.note(phone, "accepted", id=accepted.id or "")


def follow(api: ConversationsApi, phone: str, results: Results, patience: float) -> None:
    """Wait until a message is delivered, or is not."""
    read = partial(api.get_conversations_message_details, results.latest[phone]["id"])
    try:
        message = wait_until(read, is_settled, deadline=patience)
    except ApiTimeoutException:
        return  # it stays accepted, and the next run asks again
    results.note(phone, message.status or "", **({"why": why(message)} if why(message) else {}))


def is_settled(message: MessageData) -> bool:
    return message.status in DELIVERED + FAILED


def why(message: MessageData) -> str:
    receipts = message.normalized_receipts or []
    reasons = [one for receipt in receipts for one in receipt.reasons or []]
    return "; ".join(f"{one.code}: {one.message}" for one in reasons)


def run(options: argparse.Namespace, configuration: Configuration, messages: Messages) -> int:
    path = options.results or options.file.with_name(f"{options.file.name}.results")
    with closing(Results(path)) as results, ApiClient(configuration=configuration) as client:
        send_all(ConversationsApi(client), options, messages, results)
        outcomes = Counter(map(results.status, messages))
    print(", ".join(f"{number} {status}" for status, number in sorted(outcomes.items())))
    return 0 if outcomes.keys() <= set(DELIVERED) else 1


def send_all(
    api: ConversationsApi, options: argparse.Namespace, messages: Messages, results: Results
) -> None:
    for phone in messages:
        if results.status(phone) == "begun":  # a run was cut off right then
            results.note(phone, "unknown", why="cut off while it was sent: look, and decide")
    for phone, text in messages.items():
        if results.status(phone) in ("", "not sent"):
            send(api, options.sender, phone, text, results)
    for phone in messages:
        if results.status(phone) == "accepted":
            follow(api, phone, results, options.patience)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="CSV file with a column phone")
    parser.add_argument("--from", dest="sender", required=True, help="a number of the organization")
    parser.add_argument("--text", required=True, help="what to send; {name} is the column name")
    parser.add_argument("--results", type=Path, help="file of results; FILE.results if omitted")
    parser.add_argument("--patience", type=float, default=120, help="seconds to follow one message")
    options = parser.parse_args()
    try:
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
