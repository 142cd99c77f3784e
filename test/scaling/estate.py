"""Many organizations in one sandbox, what is wanted of them, and the program that sees to it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from PureCloudPlatformClientV2 import ApiClient, Configuration, ConversationsApi, paginate
from PureCloudPlatformClientV2.sandbox import (
    LateFault,
    LoggedRequest,
    Organization,
    Sandbox,
    StatusFault,
)

PROJECT = Path(__file__).parents[2]
PROGRAM = PROJECT / "docs" / "examples" / "rollout.py"

CANARY = "canary-that-nobody-may-see"
"""The value of every secret of an integration."""

SECRET = {"env": "ROLLOUT_SECRET"}

URL = "https://hooks.example.com/"

INTEGRATIONS: dict[str, list[dict[str, Any]]] = {
    "facebook": [
        {"name": "Page", "app_id": "17", "page_id": "4711", "page_access_token": SECRET},
        {"name": "Second page", "app_id": "17", "page_id": "4712", "page_access_token": SECRET},
    ],
    "open": [
        {
            "name": "Hook",
            "outbound_notification_webhook_url": URL + "first",
            "outbound_notification_webhook_signature_secret_token": SECRET,
            "webhook_headers": {"X-Api-Key": SECRET},
        },
        {
            "name": "Second hook",
            "outbound_notification_webhook_url": URL + "second",
            "outbound_notification_webhook_signature_secret_token": SECRET,
        },
    ],
}
"""What every organization is to have."""

PATH = "/api/v2/conversations/messaging/integrations/"

Json = dict[str, Any]

Contents = dict[str, Counter[tuple[str, ...]]]
"""Kind to the integrations: name, and what else the service shows and the file says."""


class Estate:
    """A sandbox with organizations, a state file that wants the same of all, and the program."""

    def __init__(self, sandbox: Sandbox, folder: Path, count: int) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.organizations: list[Organization] = [
            sandbox.create_organization(f"organization-{number}") for number in range(count)
        ]
        self.state: dict[str, Any] = {
            one.name: {
                "host": sandbox.host,
                "access_token": {"env": variable(one)},
                "integrations": INTEGRATIONS,
            }
            for one in self.organizations
        }
        self.secrets: dict[str, str] = {"ROLLOUT_SECRET": CANARY} | {
            variable(one): one.access_token for one in self.organizations
        }

    @property
    def results(self) -> Path:
        return self.folder / "state.json.results"

    def command(self, command: str, *options: str) -> list[str]:
        """Write the state file, and give what runs the program on it."""
        path = self.folder / "state.json"
        path.write_text(json.dumps({"organizations": self.state}), encoding="utf-8")
        pace = ["--rate-limit", "60000"]  # the pauses are for services that others use as well
        # What Dask warns of is between Dask and its users.
        strict = [] if "--dask" in options else ["-W", "error"]
        return [sys.executable, *strict, str(PROGRAM), command, str(path), *pace, *options]

    def seed(self, number: int, kind: str, name: str, **changes: str) -> str:
        """Let an organization have an integration from the beginning, as wanted but for changes.

        Returns:
            Its path.
        """
        wanted: dict[str, dict[str, Any]] = {
            "facebook": {"appId": "17", "pageId": "4711"},
            "open": {
                "outboundNotificationWebhookUrl": URL + "first",
                "outboundNotificationWebhookSignatureSecretToken": CANARY,
                "webhookHeaders": {"X-Api-Key": CANARY},
            },
        }
        with self.client(self.organizations[number]) as client:
            body = {**wanted[kind], "name": name, **changes}
            made: Any = client.call_api(PATH + kind, "POST", body=body, response_type="object")
        self.sandbox.clear_requests()
        return str(made["selfUri"])

    def client(self, organization: Organization) -> ApiClient:
        """What acts for an organization, beside the program."""
        token = organization.access_token
        return ApiClient(configuration=Configuration(host=self.sandbox.host, access_token=token))

    def hold(self, *numbers: int) -> None:
        """Let the work on some organizations take seconds, so that a test can interrupt it."""
        for number in numbers:
            whose = self.organizations[number].id
            self.sandbox.faults.add(LateFault(2, method="GET", organization_id=whose))

    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(PROJECT), **self.secrets}

    def start(self, command: str, *options: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(command, *options),
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that a test can signal its workers with it, as a terminal
        )

    def run(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        finished = subprocess.run(
            self.command(command, *options),
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert CANARY not in finished.stdout + finished.stderr
        return finished

    def lines(self) -> list[dict[str, Any]]:
        """The results file."""
        return [json.loads(line) for line in self.results.read_text("utf-8").splitlines()]

    def latest(self) -> Counter[str]:
        """How often each status is the last one of an organization."""
        latest = {line["organization"]: line["status"] for line in self.lines()}
        return Counter(latest.values())

    def contents(self, organization: Organization) -> Contents:
        """What the service shows of an organization, read page by page."""
        with self.client(organization) as client:
            api = ConversationsApi(client)
            return {
                "facebook": Counter(
                    (str(one.name), str(one.page_id))
                    for one in paginate(api.get_conversations_messaging_integrations_facebook)
                ),
                "open": Counter(
                    (str(one.name), str(one.outbound_notification_webhook_url))
                    for one in paginate(api.get_conversations_messaging_integrations_open)
                ),
            }

    def assert_as_wanted(self) -> None:
        """Every organization has what it is to have: nothing twice, nothing missing."""
        requests = self.sandbox.requests
        self.sandbox.faults.clear()
        for organization in self.organizations:
            assert self.contents(organization) == WANTED, organization.name
        assert len(requests) < 50_000, "the log may have lost something"

    def carried_out(self, method: str) -> Counter[tuple[str | None, str, str]]:
        """How often each integration was written: organization, path, name in the body."""
        return Counter(
            (one.organization_id, one.path, (one.json or {}).get("name", ""))
            for one in self.sandbox.requests
            if one.method == method and one.applied
        )


WANTED: Contents = {
    "facebook": Counter({("Page", "4711"): 1, ("Second page", "4712"): 1}),
    "open": Counter({("Hook", URL + "first"): 1, ("Second hook", URL + "second"): 1}),
}


def stale(kind: str, organization: Organization, *entities: Json, **when: Any) -> StatusFault:
    """Let the listing of an organization lag behind, and show something else than there is."""
    listing = {"entities": entities, "pageSize": 100, "pageNumber": 1, "pageCount": 1}
    body = json.dumps({**listing, "total": len(entities)})
    headers = {"Content-Type": "application/json"}
    when |= {"organization_id": organization.id, "path": PATH + kind, "method": "GET"}
    return StatusFault(200, body=body, headers=headers, **when)


def variable(organization: Organization) -> str:
    """The environment variable that holds the token of an organization."""
    return "TOKEN_OF_" + organization.name.upper().replace("-", "_")


def requests_of(sandbox: Sandbox, organization: Organization) -> Iterator[LoggedRequest]:
    """What was asked on behalf of an organization, the latest first."""
    requests = reversed(sandbox.requests)
    return (one for one in requests if one.organization_id == organization.id)


def process_of(request: LoggedRequest) -> int:
    """The process that has sent a request."""
    found = re.search(r" rollout/(\d+)$", request.headers["User-Agent"])
    assert found
    return int(found[1])


def creations(
    organizations: list[Organization], *, but: Collection[tuple[str, str, str]] = ()
) -> Counter[tuple[str | None, str, str]]:
    """One creation of everything that is wanted, but of what was there before."""
    return Counter(
        (one.id, PATH + kind, wanted["name"])
        for one in organizations
        for kind, all_wanted in INTEGRATIONS.items()
        for wanted in all_wanted
        if (one.id, kind, wanted["name"]) not in but
    )
