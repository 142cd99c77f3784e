"""What becomes of a configuration file that changes while the program runs."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from PureCloudPlatformClientV2 import (
    Configuration,
    MessagingApi,
)
from PureCloudPlatformClientV2.logger import LogLevel
from PureCloudPlatformClientV2.rest import (
    UnauthorizedException,
)

from .forms import CANARY, LINE, Form, Tenants, every_form, tenant_of_call, until, write


def test_a_change_counts_while_the_program_runs(
    path: Path, tenants: Tenants, open_api: Callable[[Configuration], MessagingApi]
) -> None:
    write(path, tenants.file("a"))
    api = open_api(Configuration(config_file_path=str(path)))
    assert tenant_of_call(api) == "a"
    write(path, tenants.file("bb"))
    until(lambda: tenant_of_call(api) == "bb")


def test_a_change_in_place_counts_too(
    path: Path, tenants: Tenants, open_api: Callable[[Configuration], MessagingApi]
) -> None:
    write(path, tenants.file("a"))
    api = open_api(Configuration(config_file_path=str(path)))
    assert tenant_of_call(api) == "a"
    with path.open("a") as file:
        file.write("[logging]\nlog_request_body = true\n")
    until(
        lambda: tenant_of_call(api) == "a" and api.api_client.configuration.logger.log_request_body
    )


def test_the_log_follows_a_change(
    path: Path,
    tmp_path: Path,
    tenants: Tenants,
    open_api: Callable[[Configuration], MessagingApi],
) -> None:
    first, second = tmp_path / "first.log", tmp_path / "second.log"
    logging = "[logging]\nlog_level = debug\nlog_to_console = false\nlog_file_path = "
    write(path, f"{tenants.file('a')}{logging}{first}\n")
    api = open_api(Configuration(config_file_path=str(path)))
    tenant_of_call(api)
    assert len(first.read_text().splitlines()) == 1
    write(path, f"{tenants.file('a')}{logging}{second}\n")
    until(lambda: tenant_of_call(api) == "a" and second.exists())
    lines = len(first.read_text().splitlines())
    tenant_of_call(api)
    assert len(first.read_text().splitlines()) == lines


def test_a_file_may_appear_later(
    default_file: Path, tenants: Tenants, open_api: Callable[[Configuration], MessagingApi]
) -> None:
    api = open_api(Configuration())
    assert api.api_client.configuration.access_token == ""
    api.api_client.configuration.host = f"{tenants.service.url}/a"
    with pytest.raises(UnauthorizedException):
        tenant_of_call(api)
    write(default_file, "[general]\naccess_token = a\n")

    def is_welcome() -> bool:
        try:
            return tenant_of_call(api) == "a"
        except UnauthorizedException:
            return False

    until(is_welcome)


@pytest.mark.parametrize("way", ["deleted", "emptied"])
def test_a_file_that_is_gone_goes_on_counting_with_a_warning(
    path: Path, tenants: Tenants, open_api: Callable[[Configuration], MessagingApi], way: str
) -> None:
    write(path, tenants.file("a", retry_after_max=7))
    configuration = Configuration(config_file_path=str(path))
    api = open_api(configuration)
    assert tenant_of_call(api) == "a"
    if way == "deleted":
        path.unlink()
    else:
        path.write_bytes(b"")
    warned: list[str] = []

    def call() -> bool:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert tenant_of_call(api) == "a"
        warned.extend(str(one.message) for one in caught)
        return bool(warned)

    until(call)
    assert "there is nothing in it any more" in warned[0]
    assert configuration.retry_after_max == 7
    write(path, tenants.file("b"))
    until(lambda: tenant_of_call(api) == "b" and configuration.retry_after_max == 60)


@every_form
def test_what_code_has_set_stays_when_the_file_changes(
    path: Path,
    form: Form,
    tenants: Tenants,
    open_api: Callable[[Configuration], MessagingApi],
) -> None:
    write(path, form({"general": {"retries": 1}}))
    configuration = Configuration(
        host=f"{tenants.service.url}/a", access_token="a", config_file_path=str(path)
    )
    configuration.deadline = 20
    configuration.logger.log_level = LogLevel.LError
    configuration.logger.log_to_console = False
    configuration.gateway_configuration = None
    api = open_api(configuration)
    write(
        path,
        form(
            {
                "general": {
                    "host": "us-west-2",
                    "access_token": "other",
                    "deadline": 1,
                    "retries": 2,
                },
                "logging": {"log_level": "trace", "log_to_console": True},
                "gateway": {"host": "gw.invalid"},
            }
        ),
    )
    until(lambda: tenant_of_call(api) == "a" and configuration.retries == 2)
    assert configuration.deadline == 20
    assert configuration.logger.log_level == LogLevel.LError
    assert not configuration.logger.log_to_console


@pytest.mark.parametrize("where", ["file", "code"])
def test_changes_do_not_count_if_that_is_switched_off(
    path: Path,
    tenants: Tenants,
    open_api: Callable[[Configuration], MessagingApi],
    where: str,
) -> None:
    write(path, tenants.file("a", **({"live_reload_config": False} if where == "file" else {})))
    settled = Configuration(config_file_path=str(path))
    following = Configuration(config_file_path=str(path))
    following.live_reload_config = True
    if where == "code":
        settled.live_reload_config = False
    api, control = open_api(settled), open_api(following)
    assert tenant_of_call(api) == "a"
    write(path, tenants.file("bb"))
    # It was to look before the other one, which has seen the change.
    until(lambda: tenant_of_call(control) == "bb")
    assert tenant_of_call(api) == "a"
    settled.live_reload_config = True
    until(lambda: tenant_of_call(api) == "bb")


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        f"[general]\nretries = 1\naccess_token = Bearer {CANARY}\n",
        f"[general]\nretires = 1\nclient_secret = {CANARY}\n",
        f"[general]\nclient_secret = {CANARY}\n[gateway]\nhost = gw\nport = many\n",
        f"[general]\nclient_secret = {CANARY}\n[logging]\nlog_level = loud\nlog_to_console = no\n",
        b"\xff\xfe[",
    ],
    ids=["json", "value", "key", "gateway", "logging", "encoding"],
)
def test_a_change_that_cannot_be_used_is_warned_of_and_the_rest_goes_on(
    path: Path,
    tenants: Tenants,
    open_api: Callable[[Configuration], MessagingApi],
    broken: str | bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write(path, tenants.file("a"))
    configuration = Configuration(config_file_path=str(path))
    api = open_api(configuration)
    caplog.set_level("ERROR", "PureCloudPlatformClientV2")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        write(path, broken)
        until(lambda: tenant_of_call(api) == "a" and bool(caught))
        assert tenant_of_call(api) == "a"
    assert [one.category for one in caught] == [RuntimeWarning]
    for text in (str(caught[0].message), caplog.text):
        assert str(path) in text
        assert CANARY not in text
    assert (configuration.retries, configuration.logger.log_to_console) == (0, True)
    assert configuration.gateway_configuration is None


def test_a_change_that_cannot_be_used_is_warned_of_once(
    path: Path,
    tmp_path: Path,
    tenants: Tenants,
    open_api: Callable[[Configuration], MessagingApi],
) -> None:
    write(path, tenants.file("a"))
    api = open_api(Configuration(config_file_path=str(path)))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        write(path, "{")
        until(lambda: tenant_of_call(api) == "a" and len(caught) == 1)
        # Another one, which is to look later than the first, tells when that would have looked.
        other = tmp_path / "other.config"
        write(other, tenants.file("a"))
        control = open_api(Configuration(config_file_path=str(other)))
        write(other, tenants.file("bb"))
        until(lambda: tenant_of_call(control) == "bb")
        assert tenant_of_call(api) == "a"
        assert len(caught) == 1
        write(path, "{,}")
        until(lambda: tenant_of_call(api) == "a" and len(caught) == 2)
        write(path, tenants.file("ccc"))
        until(lambda: tenant_of_call(api) == "ccc")
        assert len(caught) == 2


class _SlowQuery(Mapping[str, str]):
    """Query parameters that take their time, in the middle of a call."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self._meanwhile = meanwhile

    def __getitem__(self, name: str) -> str:
        return "1"

    def __iter__(self) -> Iterator[str]:
        self._meanwhile()
        return iter(["pageSize"])

    def __len__(self) -> int:
        return 1


def test_a_call_has_host_and_token_of_the_same_file(
    path: Path, tenants: Tenants, open_api: Callable[[Configuration], MessagingApi]
) -> None:
    write(path, tenants.file("a"))
    api = open_api(Configuration(config_file_path=str(path)))
    assert tenant_of_call(api) == "a"

    def another_thread_sees_a_change() -> None:
        write(path, tenants.file("bb"))
        with ThreadPoolExecutor(1) as pool:
            until(lambda: pool.submit(tenant_of_call, api).result() == "bb")

    tenants.service.requests.clear()
    api.api_client.call_api(LINE, "GET", query_params=_SlowQuery(another_thread_sees_a_change))
    call = next(request for request in tenants.service.requests if request.query)
    token = call.headers["Authorization"].removeprefix("Bearer ")
    assert call.path == f"/{token}{LINE}"


def test_threads_go_on_while_the_file_changes(
    path: Path, tenants: Tenants, open_api: Callable[[Configuration], MessagingApi]
) -> None:
    names = ["a", "bb", "ccc"]
    write(path, tenants.file(names[0]))
    api = open_api(Configuration(config_file_path=str(path)))
    seen: set[str | None] = set()
    finished = threading.Event()

    def work() -> int:
        calls = 0
        while not finished.is_set():
            seen.add(tenant_of_call(api))
            calls += 1
        return calls

    def is_seen(name: str) -> bool:
        return name in seen or any(worker.done() for worker in workers)

    with ThreadPoolExecutor(4) as pool:
        workers = [pool.submit(work) for _ in range(4)]
        try:
            for name in names:
                write(path, tenants.file(name))
                until(partial(is_seen, name))
        finally:
            finished.set()
        assert all(worker.result() for worker in workers)
    assert seen == set(names)
