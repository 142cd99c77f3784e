"""Download all recordings of a conversation.

python recordings_of_a_conversation.py 4b1f44d2-5a0c-4b8e-9d0f-0c8f3ad9f0f1 recordings

Run it again if it breaks off: what is there is left alone, and what was begun is gone on with.
"""

import sys
from functools import partial
from pathlib import Path

from PureCloudPlatformClientV2 import ApiClient, Recording, RecordingApi, wait_until


def are_ready(recordings: list[Recording] | None) -> bool:
    # Nothing comes with the 202 that says that the platform has begun to make the files.
    waiting = ("UPLOADING", "RESTORING")
    return recordings is not None and all(one.file_state not in waiting for one in recordings)


if len(sys.argv) != 3:
    sys.exit(__doc__)
conversation_id, folder = sys.argv[1], Path(sys.argv[2])
folder.mkdir(exist_ok=True)
with ApiClient() as client:
    api = RecordingApi(client)
    read = partial(api.get_conversation_recordings, conversation_id, format_id="WAV")
    for recording in wait_until(read, are_ready, deadline=1800):
        print(recording.id, recording.file_state)
        for channel, media in (recording.media_uris or {}).items():
            path = folder / f"{recording.id}-{channel}.wav"
            if media.media_uri and not path.exists():
                client.download(media.media_uri, path, resume=True)
