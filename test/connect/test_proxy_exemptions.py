"""Which hosts no proxy is asked for: this machine, and those that the user has named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from service import Service, unused_url

from PureCloudPlatformClientV2 import ApiClient, Configuration, MessagingApi
from PureCloudPlatformClientV2._transport.proxy import is_this_machine, proxy_for
from PureCloudPlatformClientV2.sandbox import Sandbox

from .conftest import MakeApi, by_name
from .forward_proxy import ForwardProxy
from .test_proxy_settings import VARIABLES

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("looked_up")


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST", "LocalHost.", "api.localhost", "a.b.localhost."),
        *("127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "2130706433", "0x7f.0.0.1"),
        *("::1", "[::1]", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "[::ffff:7f00:1]"),
        *("0.0.0.0", "::"),  # where a server listens that takes calls from everywhere
    ],
)
def test_this_machine_has_many_names(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost.example", "notlocalhost", "localhost.localhost.com", "example.com", ""),
        *("126.0.0.1", "128.0.0.1", "10.0.0.1", "::2", "[fe80::1]", "::ffff:10.0.0.1", "1.example"),
    ],
)
def test_other_hosts_are_not_this_machine(host: str) -> None:
    assert not is_this_machine(host)


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "127.1"])
def test_this_machine_is_never_reached_through_a_proxy_of_the_environment(
    service: Service, variable: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, unused_url())
    service.answer_always(200, {"access_token": "from-login"})
    configuration = Configuration(host=service.url.replace("127.0.0.1", host))
    with ApiClient(configuration=configuration) as client:
        client.get_client_credentials_token("id", "secret")
        MessagingApi(client).get_messaging_integrations_line()
    assert len(service.requests) == 2


def test_nor_through_that_of_the_file(
    make_api: MakeApi, target: Service, write_file: Callable[[str], str]
) -> None:
    path = write_file(f"[proxy]\nurl = {unused_url()}\n")
    make_api(target, config_file_path=path).get_messaging_integrations_line()
    assert len(target.requests) == 1


def test_a_proxy_that_code_sets_is_asked_for_this_machine_too(
    open_proxy: ForwardProxy, make_api: MakeApi, target: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", unused_url())
    make_api(target, proxy=open_proxy.url).get_messaging_integrations_line()
    assert len(open_proxy.passed) == 1
    make_api(target, proxy=open_proxy.url, no_proxy="127.0.0.1").get_messaging_integrations_line()
    assert len(open_proxy.passed) == 1


def test_the_sandbox_is_reached_where_the_environment_names_a_proxy(
    purecloud_sandbox: Sandbox, sandbox_api: MessagingApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in VARIABLES:
        monkeypatch.setenv(variable, unused_url())
    assert sandbox_api.get_messaging_sticker("line").total == 38
    configuration = Configuration(
        host=purecloud_sandbox.host,
        client_id=purecloud_sandbox.client_id,
        client_secret=purecloud_sandbox.client_secret,
    )
    with ApiClient(configuration=configuration) as client:
        assert MessagingApi(client).get_messaging_integrations_line().total == 0


def test_so_is_that_of_the_readmes_first_command(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.setenv(variable, unused_url())
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    script = ROOT / "docs" / "examples" / "quickstart.py"
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


UNUSABLE = ["socks5h://127.0.0.1:1080", "ftp://me:hunter2@127.0.0.1", "'http://[", "nonsense://"]


@pytest.mark.parametrize("value", UNUSABLE)
@pytest.mark.parametrize("no_proxy", ["*", "example.com, service.test", '"localhost,service.test"'])
@pytest.mark.parametrize("origin", ["no_proxy", "NO_PROXY", "code"])
def test_a_proxy_that_cannot_be_used_is_no_error_where_none_is_asked(
    make_api: MakeApi,
    target: Service,
    value: str,
    no_proxy: str,
    origin: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", value)
    if origin != "code":
        monkeypatch.setenv(origin, no_proxy)
    settings = {"no_proxy": no_proxy} if origin == "code" else {}
    make_api(by_name(target), **settings).get_messaging_integrations_line()
    make_api(by_name(target), proxy=None).get_messaging_integrations_line()
    assert len(target.requests) == 2


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("socks5h://me:hunter2@127.0.0.1:1080", "kind socks5h"),
        ("ftp://me:hunter2@127.0.0.1", "kind ftp"),
        ('"http://me:hunter2@127.0.0.1:3128"', "quotation mark"),
        ("http://me:hunter2@stra\u00dfe.example:3128", "xn--"),
    ],
)
def test_where_it_is_asked_the_error_names_variable_and_reason(
    make_api: MakeApi,
    target: Service,
    value: str,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("all_proxy", value)
    monkeypatch.setenv("NO_PROXY", "localhost")
    with pytest.raises(ValueError, match=rf"^all_proxy: .*{reason}.*NO_PROXY") as caught:
        make_api(by_name(target)).get_messaging_integrations_line()
    assert "hunter2" not in str(caught.value)
    assert target.requests == []


@pytest.mark.parametrize(
    "no_proxy", ["m\u00fcller.example", "xn--mller-kva.example", ".M\u00dcLLER.example"]
)
def test_hosts_beyond_ascii_are_exempt_in_either_form(no_proxy: str) -> None:
    configuration = Configuration(host="https://api.m\u00fcller.example")
    configuration.proxy = "http://pr\u00f6xy.example:3128"
    proxy = proxy_for(configuration.host, configuration.snapshot())
    assert proxy is not None
    assert proxy.url == configuration.proxy == "http://xn--prxy-6qa.example:3128"
    configuration.no_proxy = no_proxy
    assert proxy_for(configuration.host, configuration.snapshot()) is None
