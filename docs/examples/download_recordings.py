"""Download all recordings of a conversation.

A file that is there is left alone, and one that broke off is gone on with, so that the program may
be run again until it ends with 0.

Where and as whom comes from the environment: GENESYSCLOUD_REGION, and GENESYSCLOUD_OAUTHCLIENT_ID
with GENESYSCLOUD_OAUTHCLIENT_SECRET, or GENESYSCLOUD_ACCESS_TOKEN.

Exit status: 0 all are there, 2 not all, 130 interrupted.
"""

import argparse
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    Recording,
    RecordingApi,
    wait_until,
)


def are_ready(recordings: list[Recording] | None) -> bool:
    """Whether no file is being made; a 202, of which nothing comes, says that some are."""
    pending = ("UPLOADING", "RESTORING")
    return recordings is not None and all(one.file_state not in pending for one in recordings)


def download(client: ApiClient, conversation_id: str, folder: Path) -> list[str]:
    """Download what there is, and say what there is not."""
    read = partial(
        RecordingApi(client).get_conversation_recordings, conversation_id, format_id="WAV"
    )
    missing: list[str] = []
    for recording in wait_until(read, are_ready, deadline=1800):
        for channel, media in (recording.media_uris or {}).items():
            url = media.media_uri or ""
            suffix = PurePosixPath(urlsplit(url).path).suffix or ".wav"
            path = folder / f"{recording.id}-{channel}{suffix}"
            if not path.exists():
                client.download(url, path, resume=True)
                print(path)
        if not recording.media_uris:
            missing.append(f"{recording.id} is {recording.file_state}")
    return missing


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("conversation_id", help="whose recordings")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="where to")
    arguments = parser.parse_args()
    try:
        configuration = Configuration()
        if not (configuration.access_token or configuration.client_id):
            parser.error("there is no account in the environment; --help says what to set")
        with ApiClient(configuration=configuration) as client:
            missing = download(client, arguments.conversation_id, arguments.folder)
    except (ApiException, ValueError) as error:  # ValueError: of a setting, which it names
        parser.exit(2, f"{parser.prog}: not all is there: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"{parser.prog}: interrupted; run it again to go on\n")
    if missing:
        parser.exit(2, f"{parser.prog}: not all is there: {', '.join(missing)}\n")


if __name__ == "__main__":
    main()
