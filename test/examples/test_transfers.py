"""Recordings and exports arrive as files, against a platform that answers as told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from service import Answer, Request, Service, make_answer

from .running import run


@pytest.fixture
def storage() -> Iterator[Service]:
    """Where the platform has its files."""
    with Service() as service:
        yield service


def run_at(service: Service, name: str, *arguments: str) -> CompletedProcess[str]:
    account = {"GENESYSCLOUD_REGION": service.url, "GENESYSCLOUD_ACCESS_TOKEN": "the-token"}
    return run(f"docs/examples/{name}", *arguments, environment=account)


def recording(storage: Service, number: int, state: str = "AVAILABLE") -> dict[str, object]:
    urls = {
        str(channel): {"mediaUri": f"{storage.url}/r-{number}.wav?channel={channel}&Signature=s"}
        for channel in range(2)
    }
    return {"id": f"r-{number}", "fileState": state, "mediaUris": urls}


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_all_files_of_all_recordings_are_there_when_the_platform_has_made_them(
    service: Service, storage: Service, tmp_path: Path
) -> None:
    service.answer(202)
    service.answer(200, [recording(storage, 1), {"id": "r-2", "fileState": "UPLOADING"}])
    service.answer(200, [recording(storage, 1), recording(storage, 2)])
    storage.answer_by(lambda request: make_answer(200, request.target.encode()))

    finished = run_at(service, "download_recordings.py", "c-1", str(tmp_path))

    assert (finished.returncode, finished.stderr) == (0, "")
    paths = [tmp_path / f"r-{number}-{channel}.wav" for number in (1, 2) for channel in (0, 1)]
    assert finished.stdout.split() == [str(path) for path in paths]
    assert paths[3].read_bytes() == b"/r-2.wav?channel=1&Signature=s"
    assert service.requests[0].query == {"formatId": "WAV"}
    assert {one.headers["Authorization"] for one in storage.requests} == {None}


def test_the_next_run_fetches_what_is_missing(
    service: Service, storage: Service, tmp_path: Path
) -> None:
    service.answer_always(200, [recording(storage, 1), {"id": "r-2", "fileState": "ARCHIVED"}])
    storage.answer(200, b"first")
    storage.answer(403, b"<Error>expired</Error>")
    storage.answer(200, b"second")

    stopped = run_at(service, "download_recordings.py", "c-1", str(tmp_path))
    assert (stopped.returncode, len(stopped.stderr.splitlines())) == (2, 1)
    assert "the signed URL may have expired" in stopped.stderr
    assert names(tmp_path) == ["r-1-0.wav"]

    again = run_at(service, "download_recordings.py", "c-1", str(tmp_path))
    assert again.returncode == 2
    assert again.stderr.endswith("not all is there: r-2 is ARCHIVED\n")
    assert again.stdout.split() == [str(tmp_path / "r-1-1.wav")]
    assert (tmp_path / "r-1-1.wav").read_bytes() == b"second"


INTERVAL = "2026-11-01T00:00:00Z/2026-11-02T00:00:00Z"


def export_platform(service: Service, storage: Service, *states: str) -> None:
    """Play the exports: what was started is in the list, further each time it is read."""
    left = list(states)

    def respond(request: Request) -> Answer:
        if request.method == "POST":
            return make_answer(200, {"id": "e-1", "status": "SUBMITTED"})
        if request.path.startswith("/api/v2/downloads/"):
            location = {"Location": f"{storage.url}/queues.csv?X-Amz-Signature=s"}
            return make_answer(302, None, location)
        one = {"id": "e-1", "status": left.pop(0), "exportErrorMessagesType": None}
        if one["status"] == "COMPLETED":
            one["downloadUrl"] = f"{service.url}/api/v2/downloads/d-1"
        if one["status"] == "FAILED":
            one["exportErrorMessagesType"] = "TOO_MANY_SEARCH_CRITERIA"
        return make_answer(200, {"entities": [{"id": "other"}, one], "pageCount": 1})

    service.answer_by(respond)


def test_an_export_is_started_waited_for_and_downloaded(
    service: Service, storage: Service, tmp_path: Path
) -> None:
    export_platform(service, storage, "RUNNING", "COMPLETED")
    storage.answer(200, b"Queue,Offered\nSupport,7\n")
    path = tmp_path / "queues.csv"

    finished = run_at(service, "export_analytics.py", INTERVAL, str(path))

    assert (finished.returncode, finished.stdout, finished.stderr) == (0, f"{path}\n", "")
    assert path.read_text() == "Queue,Offered\nSupport,7\n"
    assert service.requests[0].json["interval"] == INTERVAL
    assert service.requests[-1].headers["Authorization"] == "Bearer the-token"
    assert storage.requests[-1].headers["Authorization"] is None


def test_an_export_that_fails_says_why_and_leaves_nothing(
    service: Service, storage: Service, tmp_path: Path
) -> None:
    export_platform(service, storage, "FAILED")

    stopped = run_at(service, "export_analytics.py", INTERVAL, str(tmp_path / "queues.csv"))

    assert stopped.returncode == 2
    assert "TOO_MANY_SEARCH_CRITERIA" in stopped.stderr
    assert names(tmp_path) == []
