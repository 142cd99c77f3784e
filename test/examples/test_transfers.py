"""Exports arrive as files, against a platform that answers as told."""

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
    assert list(tmp_path.iterdir()) == []
