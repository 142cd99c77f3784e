"""Integrations get the settings and supported content that they miss, and nothing else."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2 import (
    ApiClient,
    Configuration,
    ConversationsApi,
    FacebookIntegration,
    OpenIntegration,
)
from PureCloudPlatformClientV2.sandbox import Sandbox

from .running import run, run_example

MESSAGING = "/api/v2/conversations/messaging"
INTEGRATIONS = f"{MESSAGING}/integrations"
GOOGLE = "open/extensions/googlebusinessprofile"
TOKEN = "the-token-of-this-test"

TYPING = {"id": "s-1", "name": "With typing"}
QUIET = {"id": "s-2", "name": "Without typing"}
PICTURES = {"id": "c-1", "name": "Pictures"}
BOTH = ("--setting", "With typing", "--supported-content", "Pictures")


class Platform:
    """Plays what the program needs of the platform, on a service that answers as told."""

    def __init__(self, service: Service) -> None:
        self.integrations: dict[str, dict[str, Any]] = {}
        self.settings = [TYPING, QUIET]
        self.default: dict[str, Any] | None = None
        """The setting that integrations have which were given none."""
        self.page_size = 100
        """Entities on a page at most, whatever is asked for."""
        self.answers: dict[str, Answer] = {}
        """How changes are answered instead, by the id of the integration."""
        self.changes: list[tuple[str, Any]] = []
        """Paths below the integrations and bodies, as they came."""
        service.answer_by(self.respond)

    def add(self, path: str, **fields: Any) -> dict[str, Any]:
        """Add an integration that is changed at a path."""
        kind, _, key = path.rpartition("/")
        extension = "GoogleBusinessProfile" if kind == GOOGLE else "None"
        self.integrations[path] = {
            "id": key,
            "name": key.title(),
            "messengerType": kind.partition("/")[0],
            "openExtensionType": extension,
            "status": "Active",
            "version": 1,
            **fields,
        }
        return self.integrations[path]

    def respond(self, request: Request) -> Answer:
        if request.method == "PATCH":
            return self.change(request.path.removeprefix(f"{INTEGRATIONS}/"), request.json)
        if request.path.endswith("/default"):
            found = self.default if "settings" in request.path else None
            return make_answer(200, found) if found else make_answer(404, {"message": "none"})
        listings: dict[str, list[Any]] = {
            INTEGRATIONS: list(self.integrations.values()),
            f"{MESSAGING}/settings": self.settings,
            f"{MESSAGING}/supportedcontent": [PICTURES],
        }
        return self.page(listings[request.path], int(request.query.get("pageNumber", 1)))

    def page(self, entities: list[Any], number: int) -> Answer:
        first, size = (number - 1) * self.page_size, self.page_size
        pages = -(-len(entities) // size)
        return make_answer(
            200,
            {
                "entities": entities[first : first + size],
                "pageNumber": number,
                "pageSize": size,
                "pageCount": pages,
                "total": len(entities),
            },
        )

    def change(self, path: str, body: Any) -> Answer:
        self.changes.append((path, body))
        integration = self.integrations.get(path)
        if integration is None:
            return make_answer(404, {"message": f"there is nothing at {path}"})
        if integration["id"] in self.answers:
            return self.answers[integration["id"]]
        if path.startswith("open/") and not path.startswith(GOOGLE) and "name" not in body:
            return make_answer(400, {"message": "name is required"})
        integration.update(body)
        return make_answer(200, integration)


@pytest.fixture
def platform(service: Service) -> Platform:
    return Platform(service)


def run_program(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    account = {"GENESYSCLOUD_REGION": service.url, "GENESYSCLOUD_ACCESS_TOKEN": TOKEN}
    finished = run("docs/examples/messaging_profiles.py", *arguments, environment=account)
    assert "Traceback" not in finished.stderr
    assert TOKEN not in finished.stdout + finished.stderr
    return finished


def test_all_kinds_are_shown_with_what_they_have_and_nothing_is_changed(
    service: Service, platform: Platform
) -> None:
    platform.page_size = 2
    platform.add("facebook/sales", messagingSetting=TYPING, supportedContent=PICTURES)
    platform.add("open/shop", messagingSetting={"id": "s-9"})
    platform.add("sms/phones")

    shown = run_program(service)

    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.splitlines() == [
        "facebook 'Sales' (sales): setting 'With typing', supported content 'Pictures'",
        "open 'Shop' (shop): setting 's-9', supported content none",
        "sms 'Phones' (phones): setting none, supported content none",
        "",
        "To choose from, settings:",
        "  'With typing' (s-1)",
        "  'Without typing' (s-2)",
        "",
        "To choose from, supported content:",
        "  'Pictures' (c-1)",
    ]
    assert {one.method for one in service.requests} == {"GET"}
    assert all(
        "expand=supportedContent&expand=messagingSetting" in one.target
        for one in service.requests
        if one.path == INTEGRATIONS
    )


def test_what_would_be_changed_is_shown_first(service: Service, platform: Platform) -> None:
    platform.add("facebook/sales", messagingSetting=QUIET)
    platform.add("facebook/help", messagingSetting=TYPING, supportedContent=PICTURES)

    shown = run_program(service, *BOTH)

    assert (shown.returncode, shown.stderr) == (1, "")
    assert "would get   facebook 'Sales' (sales): supportedContent 'Pictures'\n" in shown.stdout
    assert "has it      facebook 'Help' (help)" in shown.stdout
    assert platform.changes == []


@pytest.mark.parametrize(
    "kind", ["apple", "facebook", "instagram", "open", GOOGLE, "twitter", "whatsapp"]
)
def test_every_kind_is_changed_at_its_path(service: Service, platform: Platform, kind: str) -> None:
    platform.add(f"{kind}/sales")

    finished = run_program(service, *BOTH, "--apply")

    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith("has got ")
    name = {"name": "Sales"} if kind == "open" else {}
    body = {"messagingSetting": {"id": "s-1"}, "supportedContent": {"id": "c-1"}, **name}
    assert platform.changes == [(f"{kind}/sales", body)]


def test_a_second_run_changes_nothing(service: Service, platform: Platform) -> None:
    platform.add("open/shop")
    platform.add("facebook/sales", supportedContent={"id": "c-7"})

    first = run_program(service, *BOTH, "--apply")
    second = run_program(service, *BOTH, "--apply")

    assert (first.returncode, second.returncode) == (0, 0)
    assert [line.split("  ")[0] for line in second.stdout.splitlines()] == ["has it", "has it"]
    assert len(platform.changes) == 2
    assert platform.integrations["facebook/sales"]["supportedContent"] == {"id": "c-7"}


def test_another_one_is_replaced_only_if_that_is_said(service: Service, platform: Platform) -> None:
    platform.add("facebook/sales", messagingSetting=QUIET)

    kept = run_program(service, "--setting", "With typing", "--apply")
    replaced = run_program(service, "--setting", "s-1", "--apply", "--replace")

    assert (kept.returncode, replaced.returncode) == (0, 0)
    assert platform.changes == [("facebook/sales", {"messagingSetting": {"id": "s-1"}})]


def test_the_default_is_taken_for_nothing(service: Service, platform: Platform) -> None:
    platform.default = QUIET
    platform.add("facebook/sales", messagingSetting=QUIET)

    default = run_program(service, "--setting", "Without typing", "--apply")
    another = run_program(service, "--setting", "With typing", "--apply")

    assert (default.returncode, another.returncode) == (0, 0)
    assert platform.changes == [("facebook/sales", {"messagingSetting": {"id": "s-1"}})]


def test_only_the_kinds_that_are_named_are_changed(service: Service, platform: Platform) -> None:
    platform.add("facebook/sales")
    platform.add(f"{GOOGLE}/map")
    platform.add("open/shop")

    run_program(service, *BOTH, "--apply", "--kind", "open", "--kind", "facebook")

    assert [path for path, _ in platform.changes] == ["facebook/sales", "open/shop"]


def test_what_cannot_be_changed_here_is_left_alone(service: Service, platform: Platform) -> None:
    platform.add("sms/phones")
    platform.add("open/videos", openExtensionType="YouTube")
    platform.add("whatsapp/old", status="Deleting")

    finished = run_program(service, *BOTH, "--apply")

    assert (finished.returncode, platform.changes) == (0, [])
    assert finished.stdout.count("left alone  ") == 3


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (make_answer(403, {"message": "XIntegration:edit is missing"}), "edit is missing"),
        (make_answer(504, b"gateway"), "perhaps it is done"),
        (make_answer(200, {"id": "first", "messagingSetting": QUIET}), "another messagingSetting"),
    ],
    ids=["refused", "lost", "ignored"],
)
def test_a_failure_is_told_and_does_not_keep_the_others_from_it(
    service: Service, platform: Platform, answer: Answer, why: str
) -> None:
    platform.add("twitter/first")
    platform.add("twitter/second")
    platform.answers["first"] = answer

    finished = run_program(service, "--setting", "With typing", "--apply")

    assert (finished.returncode, finished.stderr) == (1, "")
    failed, got = finished.stdout.splitlines()
    assert failed.startswith("failed      twitter 'First' (first)")
    assert why in failed
    assert got.startswith("has got     twitter 'Second' (second)")
    assert platform.integrations["twitter/second"]["messagingSetting"] == {"id": "s-1"}


def test_without_permission_to_look_it_ends_with_one_line(service: Service) -> None:
    service.answer_always(403, {"message": "messaging:setting:view is missing"})

    stopped = run_program(service)

    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert "messaging:setting:view is missing" in stopped.stderr
    assert len(stopped.stderr.splitlines()) == 1


def test_a_refused_token_ends_it_before_the_others_are_tried(
    service: Service, platform: Platform
) -> None:
    platform.add("facebook/first")
    platform.add("facebook/second")
    platform.answers["first"] = make_answer(401, {"message": "the token has expired"})

    stopped = run_program(service, *BOTH, "--apply")

    assert stopped.returncode == 2
    assert "was answered 401" in stopped.stderr
    assert {path for path, _ in platform.changes} == {"facebook/first"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--setting", "Missing"], "there is no setting 'Missing'; there is 'With typing' (s-1), "),
        (
            ["--supported-content", "s-1"],
            "there is no supported content 's-1'; there is 'Pictures'",
        ),
        (["--setting", "Twin"], "there is more than one setting 'Twin'; there is 'Twin' (s-3), "),
        (["--apply"], "say what to give"),
        (["--kind", "sms"], "invalid choice: 'sms'"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_changed(
    service: Service, platform: Platform, arguments: list[str], complaint: str
) -> None:
    platform.settings += [{"id": "s-3", "name": "Twin"}, {"id": "s-4", "name": "Twin"}]
    platform.add("facebook/sales")

    stopped = run_program(service, *arguments, "--apply")

    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert complaint in stopped.stderr
    assert platform.changes == []


def test_the_integrations_of_a_sandbox_get_what_they_miss(purecloud_sandbox: Sandbox) -> None:
    configuration = Configuration(
        host=purecloud_sandbox.host, access_token=purecloud_sandbox.access_token
    )
    with ApiClient(configuration=configuration) as client:
        api = ConversationsApi(client)
        setting = api.post_conversations_messaging_settings({"name": "With typing"})
        content = api.post_conversations_messaging_supportedcontent({"name": "Pictures"})
        chat = api.post_conversations_messaging_integrations_open(
            {
                "name": "Chat",
                "outboundNotificationWebhookUrl": "https://middleware.example.com/",
                "outboundNotificationWebhookSignatureSecretToken": "a-secret-of-the-test",
                "supportedContent": {"id": content.id},
            }
        )
        page = api.post_conversations_messaging_integrations_facebook(
            {"name": "Page", "pageAccessToken": "a-token-of-the-test"}
        )

        shown, first, second = (
            run_example("messaging_profiles.py", *arguments, sandbox=purecloud_sandbox)
            for arguments in (BOTH, (*BOTH, "--apply"), (*BOTH, "--apply"))
        )

        found: list[OpenIntegration | FacebookIntegration] = [
            api.get_conversations_messaging_integrations_open_integration_id(str(chat.id)),
            api.get_conversations_messaging_integrations_facebook_integration_id(str(page.id)),
        ]
    assert (shown.returncode, first.returncode, second.returncode) == (1, 0, 0)
    assert [one.messaging_setting and one.messaging_setting.id for one in found] == [setting.id] * 2
    assert [one.supported_content and one.supported_content.id for one in found] == [content.id] * 2
    assert [one.status for one in purecloud_sandbox.requests if one.method == "PATCH"] == [200, 200]
