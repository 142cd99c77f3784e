"""The work on one organization: it runs in a thread or on a Dask worker alike."""

from __future__ import annotations

import os
import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from rollout_files import CREDENTIALS, REFERENCES, REQUESTS, UPDATES, Json

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    ConversationsApi,
    paginate,
    wait_until,
)
from PureCloudPlatformClientV2.rest import NotFoundException

SHOWN = {
    "facebook": ("app_id", "page_id", "supported_content", "messaging_setting"),
    "open": (
        "outbound_notification_webhook_url",
        "outbound_notification_webhook_signature_secret_token",
        "webhook_headers",
        "supported_content",
        "messaging_setting",
    ),
}
"""What the service shows of an integration, and what can be compared for this reason."""

LOOKS = 6
"""How often the work on one organization may look at what is there."""

NEVER = datetime.max.replace(tzinfo=timezone.utc)

FOR_A_PERSON = {"differs", "failed"}
"""What steps say that nothing is done about."""


class Undecided(Exception):  # noqa: N818 - nothing went wrong
    """There is something to decide for a person."""


@dataclass(frozen=True)
class Task:
    """The work on one organization. It travels to the worker; the secrets do not."""

    key: str
    organization: Json
    prune: bool
    replace: bool
    dry_run: bool
    settle: float
    rate_limit: float
    not_before: float = 0
    """When all that was done earlier has taken effect and is shown, in seconds since 1970."""
    changes: tuple[str, ...] = ()
    """What earlier attempts are known to have done."""
    run: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True)
class Result:
    """What became of it."""

    key: str
    changes: list[str]
    error: str = ""
    retryable: bool = False
    unsettled: bool = False
    """Whether there were requests which may not be carried out, or not be shown yet."""
    ended: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Step:
    """One difference between what is there and what is wanted."""

    verb: str
    kind: str
    name: str
    id: str = ""
    fields: tuple[str, ...] = ()
    why: str = ""

    def __str__(self) -> str:
        said = " ".join((self.verb, self.kind, repr(self.name), *self.fields))
        return f"{said} ({self.why})" if self.why else said


@dataclass
class Own:
    """What the work on one organization has done itself, which listings may not show yet."""

    created: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    answers: defaultdict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    """The latest that was read of an integration, by kind and id."""


class Operations(NamedTuple):
    """The methods for one kind of integration."""

    get_all: Callable[..., Any]
    get: Callable[..., Any]
    create: Callable[..., Any]
    update: Callable[..., Any]
    delete: Callable[..., None]


def bring_to_state(task: Task) -> Result:
    changes = list(task.changes)
    error, passing = "", False
    try:
        time.sleep(max(0, task.not_before - time.time()))
        with open_client(task) as client:
            reach_state(task, ConversationsApi(client), changes)
    except ApiException as refused:
        error = str(refused)
        passing = not refused.status or refused.status == 429 or refused.status >= 500
    except (Undecided, LookupError, ValueError, OSError) as why:
        error = str(why)
    unsettled = len(changes) > len(task.changes)
    return Result(task.key, changes, error, retryable=passing, unsettled=unsettled)


def open_client(task: Task) -> ApiClient:
    settings = {
        name: resolve(task.organization[name]) for name in CREDENTIALS & task.organization.keys()
    }
    configuration = Configuration(host=task.organization["host"], **settings)
    configuration.rate_limit = task.rate_limit
    client = ApiClient(configuration=configuration)
    client.user_agent = f"{client.user_agent!s} rollout/{os.getpid()}"  # tells who it was, in a log
    return client


def reach_state(task: Task, api: ConversationsApi, changes: list[str]) -> None:
    """Look, do what is missing, and look again, until nothing is."""
    operations = operations_for(api)
    own = Own()
    steps: list[Step] = []
    for _ in range(LOOKS):
        steps = difference(task, look(operations, own), own)
        steps.sort(key=lambda step: step.verb == "await")  # last, when all others have been sent
        due = deque(step for step in steps if step.verb not in FOR_A_PERSON)
        if task.dry_run or not due:
            break
        while due:
            step = due.popleft()
            try:
                due += carry_out(step, task, operations[step.kind], own)
            except ApiException as error:
                missing = bool(step.id) and isinstance(error, NotFoundException)
                if not (error.outcome_unknown or missing):
                    raise
                why = "which was not there" if missing else "of which no answer came"
                changes.append(f"{step}, {why}")
                if missing or step.verb == "create":
                    # Perhaps it is still on its way, or listed although it was deleted: wait until
                    # neither can be, then go by the listing. Other steps do no harm if repeated.
                    time.sleep(task.settle)
                    own.answers.clear()
                break
            if step.verb != "await":
                changes.append(str(step))
    else:
        raise Undecided(f"not as wanted after {LOOKS} looks: {', '.join(map(str, steps))}")
    if task.dry_run:
        changes += map(str, steps)
    elif steps:
        raise Undecided(f"{', '.join(map(str, steps))}: --replace would delete and create")


def operations_for(api: ConversationsApi) -> dict[str, Operations]:
    return {
        "facebook": Operations(
            api.get_conversations_messaging_integrations_facebook,
            api.get_conversations_messaging_integrations_facebook_integration_id,
            api.post_conversations_messaging_integrations_facebook,
            api.patch_conversations_messaging_integrations_facebook_integration_id,
            api.delete_conversations_messaging_integrations_facebook_integration_id,
        ),
        "open": Operations(
            api.get_conversations_messaging_integrations_open,
            api.get_conversations_messaging_integrations_open_integration_id,
            api.post_conversations_messaging_integrations_open,
            api.patch_conversations_messaging_integrations_open_integration_id,
            api.delete_conversations_messaging_integrations_open_integration_id,
        ),
    }


def look(operations: dict[str, Operations], own: Own) -> dict[str, list[Any]]:
    """Read what is there; what this work has done counts even if it is not listed yet."""
    found: dict[str, list[Any]] = {}
    for kind, methods in operations.items():
        listed = {one.id: one for one in paginate(methods.get_all, page_size=100)}
        there = {**listed, **own.answers[kind]}
        found[kind] = [one for id_, one in there.items() if id_ not in own.deleted]
    return found


def difference(task: Task, found: dict[str, list[Any]], own: Own) -> list[Step]:
    steps: list[Step] = []
    for kind, integrations in found.items():
        by_name: dict[str, list[Any]] = defaultdict(list)
        for one in integrations:
            by_name[one.name].append(one)
        for wanted in task.organization["integrations"].get(kind, ()):
            steps += steps_for(task, kind, wanted, by_name.pop(wanted["name"], []), own)
        if task.prune:
            unwanted = [one for group in by_name.values() for one in group]
            steps += [Step("delete", kind, one.name, one.id) for one in unwanted]
    return steps


def steps_for(task: Task, kind: str, wanted: Json, there: list[Any], own: Own) -> list[Step]:
    name = wanted["name"]
    if not there:
        return [Step("create", kind, name)]
    if len(there) > 1:
        # A request of an earlier attempt has come after all: take back what this one created.
        surplus = [one for one in there if one.id in own.created][: len(there) - 1]
        if task.prune and not surplus:
            surplus = sorted(there, key=lambda one: one.date_created or NEVER)[1:]
        if not surplus:
            raise Undecided(f"there are {len(there)} {kind} integrations called {name!r}")
        return [Step("delete", kind, name, one.id) for one in surplus]
    (one,) = there
    if one.create_status == "Initiated":
        return [Step("await", kind, name, one.id)]
    if one.create_status == "Error":
        why = one.create_error and one.create_error.message
        step = Step("failed", kind, name, one.id, why=why or "without a reason")
    else:
        fields = tuple(
            shown
            for shown in SHOWN[kind]
            if shown in wanted and value_shown(one, shown) != (resolve(wanted[shown]) or None)
        )
        if not fields:
            return []
        if UPDATES[kind].swagger_types.keys() >= set(fields):
            return [Step("update", kind, name, one.id, fields)]
        step = Step("differs", kind, name, one.id, fields)
    if task.replace and one.id not in own.created:  # else the next would be no better
        return [Step("delete", kind, name, one.id), Step("create", kind, name)]
    return [step]


def value_shown(one: Any, name: str) -> Any:
    """Give what the service shows of a field; of something that it refers to, the id."""
    value = getattr(one, name)
    return getattr(value, "id", value) or None


def carry_out(step: Step, task: Task, methods: Operations, own: Own) -> list[Step]:
    """Send a request, and say what remains to be done once all others are sent."""
    answers = own.answers[step.kind]
    if step.verb == "delete":
        with suppress(NotFoundException):  # an earlier try, whose answer was lost, was carried out
            methods.delete(step.id)
        own.deleted.add(step.id)
    elif step.verb == "await":
        get = partial(methods.get, step.id)
        answers[step.id] = wait_until(get, lambda one: one.create_status != "Initiated")
    elif step.verb == "update":
        body = request_body(UPDATES[step.kind], task, step, ("name", *step.fields))
        answers[step.id] = methods.update(step.id, body)
    else:
        created = methods.create(request_body(REQUESTS[step.kind], task, step))
        own.created.add(created.id)
        answers[created.id] = created
        if created.create_status == "Initiated":
            return [Step("await", step.kind, step.name, created.id)]
    return []


def request_body(model: Any, task: Task, step: Step, names: Collection[str] = ()) -> Any:
    all_wanted = task.organization["integrations"][step.kind]
    wanted = next(one for one in all_wanted if one["name"] == step.name)
    body = {name: resolve(wanted[name]) for name in names or wanted}
    for name in REFERENCES & body.keys():
        body[name] = {"id": body[name]}
    return model(**body)


def resolve(value: Any) -> Any:
    """Give a value of the file; where it is a reference, by reading it on this machine."""
    match value:
        case str():
            return value
        case {"file": str(path), **more} if not more:
            return Path(path).read_text(encoding="utf-8").rstrip("\n")
        case {"env": str(name), **more} if not more:
            if name not in os.environ:
                raise LookupError(f"there is no environment variable {name}")
            return os.environ[name]
        case _:  # headers, whose values are references
            return {header: resolve(one) for header, one in value.items()}
