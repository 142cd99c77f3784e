"""User name and password of a proxy: where they may stand, which count, and who sees them."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from collections.abc import Callable
from urllib.parse import quote

import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiException, Configuration
from PureCloudPlatformClientV2._transport.proxy import Proxy, proxy_for

from .conftest import NON_ASCII, PASSWORD, USERNAME, MakeApi, by_name
from .forward_proxy import ForwardProxy

pytestmark = pytest.mark.usefixtures("looked_up")

ENCODED = f"{USERNAME}:{quote(PASSWORD, safe='')}"
HOST = "https://api.example.com"


def proxy_of(configuration: Configuration) -> Proxy:
    found = proxy_for(HOST, configuration.snapshot())
    assert found is not None
    return found


def test_the_url_that_code_sets_may_have_them_in_it(
    guarded_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    make_api(target, proxy=guarded_proxy.url_with(ENCODED)).get_messaging_integrations_line()
    assert len(guarded_proxy.passed) == 1


def test_the_url_in_the_file_may_have_them_in_it(
    guarded_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    write_file: Callable[[str], str],
) -> None:
    path = write_file(f"[proxy]\nurl = {guarded_proxy.url_with(ENCODED)}/\n")
    make_api(by_name(target), config_file_path=path).get_messaging_integrations_line()
    assert len(guarded_proxy.passed) == 1


@pytest.mark.parametrize("encoded", [True, False])
def test_they_may_have_any_characters(
    non_ascii_proxy: ForwardProxy, make_api: MakeApi, target: Service, encoded: bool
) -> None:
    credentials = ":".join(quote(one) if encoded else one for one in NON_ASCII)
    url = non_ascii_proxy.url_with(credentials)
    make_api(target, proxy=url).get_messaging_integrations_line()
    assert len(non_ascii_proxy.passed) == 1


def test_a_change_of_the_password_alone_counts_from_the_next_call_on(
    guarded_proxy: ForwardProxy, make_api: MakeApi, target: Service
) -> None:
    api = make_api(target, proxy=guarded_proxy.url_with(f"{USERNAME}:wrong"))
    with pytest.raises(ApiException, match="407"):
        api.get_messaging_integrations_line()
    api.api_client.configuration.proxy = guarded_proxy.url_with(ENCODED)
    api.get_messaging_integrations_line()
    assert len(guarded_proxy.passed) == 1


@pytest.mark.parametrize(
    ("url", "settings", "username", "password"),
    [
        ("http://u:p@proxy:1", {}, "u", "p"),
        ("http://u@proxy:1", {}, "u", None),
        ("http://u:p%40%3A@proxy:1", {}, "u", "p@:"),
        ("http://u:p@ss@proxy:1", {}, "u", "p@ss"),
        ("http://u:p@proxy:1", {"proxy_username": "me"}, "me", None),
        ("http://u:p@proxy:1", {"proxy_password": "secret"}, "u", "secret"),
        ("http://u:p@proxy:1", {"proxy_username": "a", "proxy_password": "b"}, "a", "b"),
        ("http://u:p@proxy:1", {"proxy_username": None}, None, None),
    ],
)
def test_those_that_are_set_go_before_those_in_the_url(
    url: str, settings: dict[str, str | None], username: str | None, password: str | None
) -> None:
    configuration = Configuration()
    configuration.proxy = url
    for name, value in settings.items():
        setattr(configuration, name, value)
    found = proxy_of(configuration)
    assert (found.url, found.username, found.password) == ("http://proxy:1", username, password)


def test_those_of_the_file_are_for_the_proxy_of_the_file_alone(
    write_file: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[proxy]\nurl = http://of-url:1@file:1\nusername = of-file\npassword = its-password\n"
    configuration = Configuration(config_file_path=write_file(text))
    found = proxy_of(configuration)
    assert (found.url, found.username, found.password) == (
        "http://file:1",
        "of-file",
        "its-password",
    )
    monkeypatch.setenv("ALL_PROXY", "http://of-variable:2@environment:2")
    found = proxy_of(configuration)
    assert (found.username, found.password) == ("of-variable", "2")
    configuration.proxy_username = "of-code"
    found = proxy_of(configuration)
    assert (found.username, found.password) == ("of-code", None)
    del configuration.proxy_username
    configuration.proxy = "http://code:3"
    found = proxy_of(configuration)
    assert (found.url, found.username, found.password) == ("http://code:3", None, None)


def test_what_is_read_back_has_no_credentials_and_can_be_set_again() -> None:
    configuration = Configuration()
    configuration.proxy = "http://me:hunter2@proxy.example:3128"
    assert configuration.proxy == "http://proxy.example:3128"
    assert "hunter2" not in f"{configuration.proxy} {configuration.proxy!r} {configuration!r}"
    other = Configuration()
    other.proxy = configuration.proxy
    assert proxy_of(other) == proxy_of(configuration) == proxy_of(copy.copy(configuration))
    other.proxy = str(configuration.proxy)
    assert proxy_of(other) != proxy_of(configuration)


@pytest.mark.parametrize("with_secrets", [True, False])
def test_the_password_is_pickled_only_if_told(with_secrets: bool) -> None:
    configuration = Configuration()
    configuration.proxy = "http://me:hunter2@proxy.example:3128"
    configuration.pickle_access_token = with_secrets
    pickled = pickle.dumps(configuration)
    assert (b"hunter2" in pickled) == with_secrets
    twin = proxy_of(pickle.loads(pickled))
    assert (twin.username, twin.password) == ("me", "hunter2" if with_secrets else None)


def test_no_password_is_shown_in_errors_and_logs(
    guarded_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    caplog: pytest.LogCaptureFixture,
) -> None:
    api = make_api(target, proxy=guarded_proxy.url_with(f"{USERNAME}:hunter2-wrong"))
    with (
        caplog.at_level(logging.DEBUG - 5, "PureCloudPlatformClientV2"),
        pytest.raises(ApiException, match="407") as caught,
    ):
        api.get_messaging_integrations_line()
    error = caught.value
    shown = "".join(traceback.format_exception(error))
    shown += f"{error!r} {error.args} {error.body} {error.headers} {caplog.text}"
    assert caplog.records
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    "url",
    [
        "http://me:1234#hunter2@proxy:3128",
        "http://me:1234/hunter2@proxy:3128",
        "http://me:1234?hunter2@proxy:3128",
        "http://me:hunter2@",
        "http://me:hunter2@proxy:port",
        "http://me:hunter2@pro xy",
        "http://me:%FFhunter2@proxy:3128",
        " http://me:hunter2@proxy:3128",
        "'http://me:hunter2@proxy:3128'",
        "socks5://me:hunter2@proxy:1080",
        "me:hunter2@proxy:3128",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_and_not_shown(
    url: str, write_file: Callable[[str], str]
) -> None:
    configuration = Configuration()
    with pytest.raises(ValueError, match=r"^proxy: ") as in_code:
        configuration.proxy = url
    assert configuration.proxy is None
    assert "hunter2" not in "".join(traceback.format_exception(in_code.value))
    if not url.startswith(" "):  # which INI takes away
        with pytest.raises(ValueError, match=r"section proxy, key url: ") as in_file:
            configuration.config_file_path = write_file(f"[proxy]\nurl = {url}\n")
        assert "hunter2" not in "".join(traceback.format_exception(in_file.value))


@pytest.mark.parametrize("first", ["with", "without"])
def test_taking_them_away_or_adding_them_counts_at_once(
    guarded_proxy: ForwardProxy, make_api: MakeApi, target: Service, first: str
) -> None:
    bare, full = guarded_proxy.url, guarded_proxy.url_with(ENCODED)
    urls = (full, bare) if first == "with" else (bare, full)
    api = make_api(target, proxy=urls[0])
    for url in urls:
        api.api_client.configuration.proxy = url
        if url == full:
            api.get_messaging_integrations_line()
        else:
            with pytest.raises(ApiException, match="407"):
                api.get_messaging_integrations_line()
    assert len(guarded_proxy.passed) == 1


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_proxy_is_none(nothing: str | None) -> None:
    configuration = Configuration()
    configuration.proxy = "http://u:p@proxy.example:3128"
    configuration.proxy = nothing
    assert configuration.proxy is None
    assert proxy_for(HOST, configuration.snapshot()) is None
