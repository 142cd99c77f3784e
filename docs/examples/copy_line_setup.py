"""Copy the LINE integrations of one organization to another one.

What the target has already, by channel or else by name, is reported and left as it is: run it as
often as you like. The service does not give secrets out. They come from a JSON file by channel id,
{"1653000000": {"channelSecret": "..."}}, or are asked for; switcherSecret and serviceCode may
stand there too. LINE delivers to one webhook only: to that of the copy once you enter it at LINE.

Where and as whom comes from the environment: SOURCE_REGION, and SOURCE_OAUTHCLIENT_ID with
SOURCE_OAUTHCLIENT_SECRET, or SOURCE_ACCESS_TOKEN; and the same with TARGET_. To try it without
accounts, run "python -m PureCloudPlatformClientV2.sandbox" twice and set what they print.

Exit status: 0 the target has all of them, 1 something is left to do, 2 it could not go on, 130
interrupted.
"""

import argparse
import getpass
import io
import json
import os
import sys
from pathlib import Path

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    LineIntegration,
    LineIntegrationRequest,
    MessagingApi,
    paginate,
)


def account(prefix: str) -> Configuration:
    """Make a configuration; what code sets overrides GENESYSCLOUD_ variables."""
    region, client_id, client_secret, token = (
        os.environ.get(f"{prefix}_{name}", "")
        for name in ("REGION", "OAUTHCLIENT_ID", "OAUTHCLIENT_SECRET", "ACCESS_TOKEN")
    )
    if not region or not (token or (client_id and client_secret)):
        raise ValueError(f"{prefix}_REGION or what goes with it is not set; see --help")
    if token:
        return Configuration(host=region, access_token=token)
    return Configuration(host=region, client_id=client_id, client_secret=client_secret)


def read_secrets(path: Path) -> dict[str, dict[str, str]]:
    try:
        secrets = json.loads(path.read_text("utf-8-sig"))
    except (RecursionError, ValueError) as error:
        raise ValueError(f"{path} is not JSON: {error}") from None
    if not isinstance(secrets, dict) or not all(isinstance(one, dict) for one in secrets.values()):
        raise ValueError(f'{path}: write {{"channel id": {{"channelSecret": "its secret"}}}}')
    return secrets


def list_line(api: MessagingApi) -> list[LineIntegration]:
    return list(paginate(api.get_messaging_integrations_line, page_size=100))


def match(
    wanted: list[LineIntegration], there: list[LineIntegration]
) -> list[LineIntegration | None]:
    """Find the copies, each of which counts once.

    Those of the same channel come first, and then those of the same name, if one of the two has no
    channel yet.
    """
    free, copies = list(there), dict[int, LineIntegration]()
    for is_copy in (has_same_channel, has_same_name):
        for place, one in enumerate(wanted):
            found = next((other for other in free if is_copy(one, other)), None)
            if found is not None and place not in copies:
                copies[place] = found
                free.remove(found)
    return [copies.get(place) for place in range(len(wanted))]


def has_same_channel(one: LineIntegration, other: LineIntegration) -> bool:
    same = one.channel_id == other.channel_id
    return same and (one.channel_id is not None or one.name == other.name)


def has_same_name(one: LineIntegration, other: LineIntegration) -> bool:
    return one.name == other.name and None in (one.channel_id, other.channel_id)


def create(
    api: MessagingApi, body: LineIntegrationRequest, there: list[LineIntegration]
) -> LineIntegration:
    """Create a copy; if the answer is lost, look for it, and never send it again."""
    try:
        return api.post_messaging_integrations_line(body)
    except ApiException as error:
        wanted = LineIntegration(name=body.name, channel_id=body.channel_id)
        known = {one.id for one in there}
        now = list_line(api) if error.outcome_unknown else []
        (found,) = match([wanted], [one for one in now if one.id not in known])
        if found is None:
            raise
        return found


def make_body(
    one: LineIntegration, secrets: dict[str, dict[str, str]]
) -> LineIntegrationRequest | None:
    """Put the secrets to what was read; ``None`` if there is nobody to ask for them."""
    if one.channel_id is None:
        return LineIntegrationRequest(name=one.name)
    given = secrets.get(one.channel_id)
    if given is None and sys.stdin and sys.stdin.isatty():
        prompt = f"Secret of channel {one.channel_id}, {one.name!r} (empty to leave it out): "
        given = {"channelSecret": getpass.getpass(prompt)}
    if not given or not given.get("channelSecret"):
        return None
    body = LineIntegrationRequest.from_dict(given)
    body.name, body.channel_id = one.name, one.channel_id
    return body


def copy(
    source: MessagingApi, target: MessagingApi, secrets: dict[str, dict[str, str]], dry_run: bool
) -> int:
    """Copy what is missing, and count what could not be copied."""
    left, wanted, there = 0, list_line(source), list_line(target)
    for one, found in zip(wanted, match(wanted, there), strict=True):
        label = f"{one.name!r}, channel {one.channel_id or 'not yet known'}"
        if found is not None:
            print(f"is there  {label}: {found.id}, {found.status}")
        elif dry_run:
            print(f"missing   {label}")
            left += 1
        elif (body := make_body(one, secrets)) is None:
            print(f"left out  {label}: there is no secret for it")
            left += 1
        else:
            new = create(target, body, there)
            there.append(new)
            print(f"copied    {label}: {new.id}; webhook to enter at LINE: {new.webhook_uri}")
    return left


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
    parser.add_argument("--secrets", type=Path, metavar="FILE", help="JSON file of the secrets")
    parser.add_argument("--dry-run", action="store_true", help="show what is missing, copy nothing")
    options = parser.parse_args()
    try:
        secrets = read_secrets(options.secrets) if options.secrets else {}
        here, there = account("SOURCE"), account("TARGET")
        with ApiClient(configuration=here) as source, ApiClient(configuration=there) as target:
            left = copy(MessagingApi(source), MessagingApi(target), secrets, options.dry_run)
    except ApiException as error:
        again = "Run it again to go on: it looks first, and copies nothing twice."
        parser.exit(2, f"{parser.prog}: {error}\n{again}\n")
    except EOFError:
        parser.exit(2, f"\n{parser.prog}: there is nobody to ask for the secrets\n")
    except (OSError, ValueError) as error:  # of the file, or of a setting, which it names
        parser.exit(2, f"{parser.prog}: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"\n{parser.prog}: interrupted; run it again to go on\n")
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    main()
