"""The configuration file: INI or JSON, what it may say, and what becomes of it when it changes."""

from __future__ import annotations

import base64
import copy
import itertools
import json
import os
import pickle
import re
import ssl
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from service import Answer, Behaviour, RawServer, Request, Service, hanging, make_answer
from urllib3.exceptions import InsecureRequestWarning

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    GatewayConfiguration,
    MessagingApi,
)
from PureCloudPlatformClientV2.configuration import file_settings
from PureCloudPlatformClientV2.logger import LogFormat, LogLevel
from PureCloudPlatformClientV2.rest import (
    ApiTimeoutException,
    ServiceException,
    UnauthorizedException,
)
from PureCloudPlatformClientV2.settings import Origin

LINE = "/api/v2/messaging/integrations/line"
CANARY = "hunter2-canary"

Sections = Mapping[str, Mapping[str, Any]]
Form = Callable[[Sections], str]


def as_ini(sections: Sections) -> str:
    lines: list[str] = []
    for section, values in sections.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {_in_ini(value)}" for key, value in values.items()]
    return "\n".join([*lines, ""])


def _in_ini(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_in_ini, value))
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


def as_json(sections: Sections) -> str:
    return json.dumps(sections, indent=4)


every_form = pytest.mark.parametrize("form", [as_ini, as_json], ids=["ini", "json"])


def write(path: Path, content: str | bytes) -> Path:
    """Put a file into its place whole, so that nobody reads one half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(content if isinstance(content, bytes) else content.encode())
    fresh.replace(path)
    return path


def until(condition: Callable[[], bool]) -> None:
    """Ask again and again for what a look at the file brings about, at most once a second."""
    give_up = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < give_up, "the change has not been seen"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory without a configuration file."""
    path = tmp_path / "home"
    path.mkdir()
    monkeypatch.setenv("HOME", str(path))
    return path


@pytest.fixture
def default_file(home: Path) -> Path:
    """Where the configuration file lies if nobody says anything else; it is not there yet."""
    return home / ".genesyscloudpython" / "config"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a configuration file may be put."""
    return tmp_path / "own.config"


@pytest.fixture
def open_api() -> Iterator[Callable[[Configuration], MessagingApi]]:
    """Makes APIs, whose connections are closed at the end."""
    with ExitStack() as stack:
        yield lambda configuration: MessagingApi(
            stack.enter_context(ApiClient(configuration=configuration))
        )


Start = Callable[..., MessagingApi]


@pytest.fixture
def start(
    path: Path, service: Service, ca_file: str, open_api: Callable[[Configuration], MessagingApi]
) -> Start:
    """Writes a configuration file about ``service``, and gives an API that has nothing else."""

    def start(form: Form, sections: Sections) -> MessagingApi:
        everything: dict[str, dict[str, Any]] = {
            "general": {"host": service.url, "access_token": "the-token", "retries": 0},
            # certifi's hundred authorities would take more time to read than most tests need.
            "tls": {"ssl_ca_cert": ca_file},
        }
        for section, values in sections.items():
            everything[section] = {**everything.get(section, {}), **values}
        write(path, form(everything))
        return open_api(Configuration(config_file_path=str(path)))

    return start


OF_THE_VENDORS_README: Sections = {
    "logging": {
        "log_level": "trace",
        "log_format": "text",
        "log_to_console": False,
        "log_file_path": "/var/log/pythonsdk.log",
        "log_response_body": False,
        "log_request_body": False,
    },
    "reauthentication": {"refresh_access_token": True, "refresh_token_wait_max": 10},
    "general": {"live_reload_config": True, "host": "https://api.mypurecloud.com"},
    "gateway": {
        "host": "mygateway.mydomain.myextension",
        "protocol": "https",
        "port": 1443,
        "path_params_login": "myadditionalpathforlogin",
        "path_params_api": "myadditionalpathforapi",
        "username": "username",
        "password": "password",
    },
}

VALUES: list[tuple[str, Any, str, Any]] = [
    ("logging.log_level", "Trace", "logger.log_level", LogLevel.LTrace),
    ("logging.log_format", "JSON", "logger.log_format", LogFormat.JSON),
    ("logging.log_to_console", False, "logger.log_to_console", False),
    ("logging.log_file_path", "client.log", "logger.log_file_path", "client.log"),
    ("logging.log_request_body", True, "logger.log_request_body", True),
    ("logging.log_response_body", True, "logger.log_response_body", True),
    ("reauthentication.refresh_access_token", False, "should_refresh_access_token", False),
    ("reauthentication.refresh_token_wait_max", 2.5, "refresh_token_wait_time", 2.5),
    ("general.host", "eu-west-1", "host", "https://api.mypurecloud.ie"),
    ("general.access_token", "100%-s %(token)s", "access_token", "100%-s %(token)s"),
    ("general.client_id", "id", "client_id", "id"),
    ("general.client_secret", "%se=cr;e#t:", "client_secret", "%se=cr;e#t:"),
    ("general.request_timeout", [5, 0.5], "request_timeout", (5, 0.5)),
    ("general.deadline", None, "deadline", None),
    ("general.retries", 0, "retries", 0),
    ("general.retry_after_max", 0, "retry_after_max", 0),
    ("general.rate_limit", 300, "rate_limit", 300),
    ("general.connection_pool_maxsize", 4, "connection_pool_maxsize", 4),
    ("general.max_response_bytes", 1000, "max_response_bytes", 1000),
    ("general.temp_folder_path", "/var/tmp", "temp_folder_path", "/var/tmp"),
    ("general.live_reload_config", False, "live_reload_config", False),
    ("tls.verify_ssl", False, "verify_ssl", False),
    ("tls.ssl_ca_cert", "ca.pem", "ssl_ca_cert", "ca.pem"),
    ("tls.cert_file", "cert.pem", "cert_file", "cert.pem"),
    ("tls.key_file", "key.pem", "key_file", "key.pem"),
    ("proxy.url", "http://proxy.example:3128", "proxy", "http://proxy.example:3128"),
    ("proxy.username", "me", "proxy_username", "me"),
    ("proxy.password", "p%40ss", "proxy_password", "p%40ss"),
    ("proxy.no_proxy", "localhost,10.0.0.0/8", "no_proxy", "localhost,10.0.0.0/8"),
    ("gateway.host", "gw.example", "gateway_configuration.host", "gw.example"),
    ("gateway.protocol", "http", "gateway_configuration.protocol", "http"),
    ("gateway.port", 1443, "gateway_configuration.port", 1443),
    ("gateway.path_params_login", "in", "gateway_configuration.path_params_login", "in"),
    ("gateway.path_params_api", "api", "gateway_configuration.path_params_api", "api"),
    ("gateway.username", "me", "gateway_configuration.username", "me"),
    ("gateway.password", "secret", "gateway_configuration.password", "secret"),
]
"""Key, value, attribute and what it is then."""


def nested(pairs: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Make sections of keys that have their section before a dot."""
    sections: dict[str, dict[str, Any]] = {}
    for place, value in pairs.items():
        section, _, key = place.partition(".")
        sections.setdefault(section, {})[key] = value
    return sections


def attribute(configuration: Configuration, name: str) -> Any:
    value: Any = configuration
    for part in name.split("."):
        value = getattr(value, part)
    return value


@every_form
@pytest.mark.parametrize(("place", "value", "name", "expected"), VALUES)
def test_every_key_sets_its_attribute(
    path: Path, form: Form, place: str, value: Any, name: str, expected: Any
) -> None:
    gateway = {"gateway.host": "gw.example"} if place.startswith("gateway.") else {}
    write(path, form(nested({**gateway, place: value})))
    configuration = Configuration(config_file_path=str(path))
    found = attribute(configuration, name)
    assert found == expected
    assert type(found) is type(expected)


def test_the_table_of_keys_is_complete() -> None:
    keys = {f"{one.section}.{one.key}" for one in file_settings()}
    assert keys == {place for place, *_ in VALUES}
    assert keys >= {f"{s}.{key}" for s, values in OF_THE_VENDORS_README.items() for key in values}


@every_form
def test_a_file_as_in_the_vendors_readme_works(
    path: Path, tmp_path: Path, form: Form, service: Service, start: Start
) -> None:
    host, port = service.url.removeprefix("http://").split(":")
    log = tmp_path / "pythonsdk.log"
    sections = copy.deepcopy({name: dict(values) for name, values in OF_THE_VENDORS_README.items()})
    sections["logging"]["log_file_path"] = str(log)
    sections["gateway"].update(host=host, protocol="http", port=int(port))
    api = start(form, sections)
    service.answer(200, {"total": 7})

    assert api.get_messaging_integrations_line().total == 7

    assert service.requests[-1].path == f"/myadditionalpathforapi{LINE}"
    assert f"GET {service.url}/myadditionalpathforapi{LINE}: 200" in log.read_text()


def test_the_examples_of_the_vendors_readme_lead_to_its_gateway(path: Path) -> None:
    write(path, as_json(OF_THE_VENDORS_README))
    gateway = Configuration(config_file_path=str(path)).gateway_configuration
    assert gateway is not None
    base = "https://mygateway.mydomain.myextension:1443"
    assert gateway.api_url() == f"{base}/myadditionalpathforapi"
    assert gateway.login_url() == f"{base}/myadditionalpathforlogin"


finite = st.floats(min_value=0.001, max_value=1e6, allow_nan=False).map(lambda one: round(one, 3))
words = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x17F, categories=["L", "N", "P"]))
printable = words.filter(lambda text: bool(text) and text.isprintable())


@given(
    sections=st.fixed_dictionaries(
        {},
        optional={
            "general": st.fixed_dictionaries(
                {},
                optional={
                    "client_secret": printable,
                    "request_timeout": finite | st.lists(finite, min_size=2, max_size=2),
                    "deadline": st.none() | finite,
                    "retries": st.integers(0, 10**6),
                    "rate_limit": st.none() | finite,
                },
            ),
            "tls": st.fixed_dictionaries({}, optional={"verify_ssl": st.booleans()}),
            "proxy": st.fixed_dictionaries({}, optional={"password": printable}),
        },
    )
)
def test_both_forms_say_the_same(path: Path, sections: Sections) -> None:
    found: list[dict[str, Any]] = []
    for form in (as_ini, as_json):
        write(path, form(sections))
        found.append(dict(Configuration(config_file_path=str(path)).values_of_file()))
    assert found[0] == found[1]
    assert len(found[0]) == sum(map(len, sections.values()))


@pytest.mark.parametrize(
    "content",
    [
        b"[general]\r\nretries = 7\r\n\r\n[tls]\r\nverify_ssl = false\r\n",
        b'{"general": {"retries": 7},\r\n"tls": {"verify_ssl": false}}\r\n',
        b"\xef\xbb\xbf[general]\nretries = 7\n[tls]\nverify_ssl = no\n",
        b'\xef\xbb\xbf{"general": {"retries": 7}, "tls": {"verify_ssl": false}}',
        b"# a comment\n\n; another\n[general]\nRetries: 7\n[tls]\n  verify_ssl=OFF\n",
        b'\n\n  {"general": {"retries": "7"}, "tls": {"verify_ssl": 0}}',
    ],
)
def test_line_ends_marks_comments_and_cases_are_as_usual(path: Path, content: bytes) -> None:
    configuration = Configuration(config_file_path=str(write(path, content)))
    assert (configuration.retries, configuration.verify_ssl) == (7, False)


@pytest.mark.parametrize("content", ["", "\n", "{}", '{"general": {}}', "[general]", "# nothing"])
def test_a_file_may_say_nothing(path: Path, content: str) -> None:
    configuration = Configuration(config_file_path=str(write(path, content)))
    assert configuration.values_of_file() == {}
    assert configuration.retries == 3


@every_form
def test_sections_of_other_programs_are_left_alone(path: Path, form: Form) -> None:
    write(path, form({"profiles": {"anything": "at all"}, "general": {"retries": 7}}))
    assert Configuration(config_file_path=str(path)).retries == 7


@every_form
def test_host_and_token_come_from_the_file(form: Form, start: Start, service: Service) -> None:
    api = start(form, {"general": {"host": f"{service.url}/base", "access_token": "100%"}})
    service.answer(200, {})
    api.get_messaging_integrations_line()
    request = service.requests[-1]
    assert (request.path, request.headers["Authorization"]) == (f"/base{LINE}", "Bearer 100%")


@every_form
def test_the_client_signs_in_with_the_credentials_of_the_file(
    form: Form, start: Start, service: Service
) -> None:
    api = start(form, {"general": {"access_token": "", "client_id": "id", "client_secret": "s%c"}})
    service.answer(200, {"access_token": "issued", "expires_in": 86400})
    service.answer(200, {})
    api.get_messaging_integrations_line()
    sign_in, call = service.requests
    assert base64.b64decode(sign_in.headers["Authorization"].removeprefix("Basic ")) == b"id:s%c"
    assert call.headers["Authorization"] == "Bearer issued"


@pytest.mark.parametrize(("refresh", "sign_ins"), [(True, 2), (False, 1)])
@every_form
def test_tokens_are_renewed_unless_the_file_forbids_it(
    form: Form, start: Start, service: Service, refresh: bool, sign_ins: int
) -> None:
    api = start(
        form,
        {
            "general": {"access_token": "", "client_id": "id", "client_secret": "secret"},
            "reauthentication": {"refresh_access_token": refresh},
        },
    )
    service.answer(200, {"access_token": "first", "expires_in": 86400})
    service.answer(200, {})
    api.get_messaging_integrations_line()
    service.answer(401, {})
    service.answer(200, {"access_token": "second", "expires_in": 86400})
    service.answer(200, {})
    if refresh:
        api.get_messaging_integrations_line()
    else:
        with pytest.raises(UnauthorizedException):
            api.get_messaging_integrations_line()
    assert [request.path for request in service.requests].count("/oauth/token") == sign_ins


@every_form
def test_the_wait_for_another_thread_that_signs_in_is_that_of_the_file(
    form: Form, start: Start, service: Service
) -> None:
    api = start(
        form,
        {
            "general": {"access_token": "", "client_id": "id", "client_secret": "secret"},
            "reauthentication": {"refresh_token_wait_max": 0},
        },
    )
    asked, finish = threading.Event(), threading.Event()

    def respond(request: Request) -> Answer:
        if request.path == "/oauth/token":
            asked.set()
            finish.wait(30)
            return make_answer(200, {"access_token": "issued"})
        return make_answer(200, {})

    service.answer_by(respond)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(api.get_messaging_integrations_line)
        assert asked.wait(30)
        try:
            with pytest.raises(ApiTimeoutException, match="another thread"):
                api.get_messaging_integrations_line()
        finally:
            finish.set()
        first.result()


@pytest.mark.parametrize(
    "limit", [{"request_timeout": 0.2}, {"request_timeout": [5, 0.2]}, {"deadline": 0.2}]
)
@every_form
def test_time_limits_come_from_the_file(
    form: Form,
    start: Start,
    raw_server: Callable[[Behaviour], RawServer],
    limit: dict[str, Any],
) -> None:
    api = start(form, {"general": {"host": raw_server(hanging).url, **limit}})
    with pytest.raises(ApiTimeoutException):
        api.get_messaging_integrations_line()


@every_form
def test_retries_come_from_the_file(form: Form, start: Start, service: Service) -> None:
    api = start(form, {"general": {"retries": 2}})
    service.answer_always(503, {}, headers={"Retry-After": "0"})
    with pytest.raises(ServiceException):
        api.get_messaging_integrations_line()
    assert len(service.requests) == 3


@every_form
def test_the_longest_retry_after_comes_from_the_file(
    form: Form, start: Start, service: Service
) -> None:
    api = start(form, {"general": {"retries": 3, "retry_after_max": 5}})
    service.answer_always(503, {}, headers={"Retry-After": "6"})
    with pytest.raises(ServiceException):
        api.get_messaging_integrations_line()
    assert len(service.requests) == 1


@every_form
def test_the_rate_limit_comes_from_the_file(form: Form, start: Start, service: Service) -> None:
    api = start(form, {"general": {"rate_limit": 1, "deadline": 5}})
    service.answer_always(200, {})
    api.get_messaging_integrations_line()
    with pytest.raises(ApiTimeoutException, match="rate_limit"):
        api.get_messaging_integrations_line()
    assert len(service.requests) == 1


@every_form
def test_the_size_of_the_pool_comes_from_the_file(
    form: Form, start: Start, service: Service
) -> None:
    api = start(form, {"general": {"connection_pool_maxsize": 1}})
    arrived, finish = threading.Event(), threading.Event()

    def respond(_: Request) -> Answer:
        arrived.set()
        finish.wait(30)
        return make_answer(200, {})

    service.answer_by(respond)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(api.get_messaging_integrations_line)
        assert arrived.wait(30)
        try:
            with pytest.raises(ApiTimeoutException):
                api.get_messaging_integrations_line(_deadline=0.2)
            assert len(service.requests) == 1
        finally:
            finish.set()
        first.result()


@every_form
def test_the_largest_response_comes_from_the_file(
    form: Form, start: Start, service: Service
) -> None:
    api = start(form, {"general": {"max_response_bytes": 10}})
    service.answer(200, {"total": 12345678})
    with pytest.raises(ApiException, match="max_response_bytes, 10"):
        api.get_messaging_integrations_line()


@every_form
def test_the_folder_for_downloads_comes_from_the_file(
    form: Form, start: Start, service: Service, tmp_path: Path
) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    api = start(form, {"general": {"temp_folder_path": str(folder)}})
    service.answer(200, b"content")
    saved = Path(api.api_client.call_api("/api/v2/x", "GET", response_type="file"))
    assert folder in saved.parents
    assert saved.read_bytes() == b"content"


def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@every_form
def test_the_authorities_come_from_the_file(
    form: Form, start: Start, authority: trustme.CA, ca_file: str
) -> None:
    with Service(tls=server_context(authority)) as service:
        service.answer_always(200, {"total": 7})
        api = start(form, {"general": {"host": service.url}, "tls": {"ssl_ca_cert": ca_file}})
        assert api.get_messaging_integrations_line().total == 7


@every_form
def test_verification_can_be_switched_off_in_the_file(
    form: Form, start: Start, authority: trustme.CA, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    with Service(tls=server_context(authority)) as service:
        service.answer_always(200, {"total": 7})
        tls = {"ssl_ca_cert": str(other)}
        api = start(form, {"general": {"host": service.url}, "tls": tls})
        with pytest.raises(ApiException, match=r"(?i)certificate"):
            api.get_messaging_integrations_line()
        api = start(form, {"general": {"host": service.url}, "tls": {**tls, "verify_ssl": False}})
        with pytest.warns(InsecureRequestWarning):
            assert api.get_messaging_integrations_line().total == 7


@every_form
def test_the_client_certificate_comes_from_the_file(
    form: Form, start: Start, authority: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    identity = authority.issue_cert("me.example")
    files = {"cert_file": str(tmp_path / "cert.pem"), "key_file": str(tmp_path / "key.pem")}
    identity.cert_chain_pems[0].write_to_path(files["cert_file"])
    identity.private_key_pem.write_to_path(files["key_file"])
    context = server_context(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    with Service(tls=context) as service:
        service.answer_always(200, {"total": 7})
        tls = {"ssl_ca_cert": ca_file}
        api = start(form, {"general": {"host": service.url}, "tls": tls})
        with pytest.raises(ApiException):
            api.get_messaging_integrations_line()
        api = start(form, {"general": {"host": service.url}, "tls": {**tls, **files}})
        assert api.get_messaging_integrations_line().total == 7


@every_form
def test_the_proxy_comes_from_the_file(form: Form, start: Start, service: Service) -> None:
    proxy = {"url": service.url, "username": "me", "password": "p%40:;#"}
    api = start(form, {"general": {"host": "http://api.example"}, "proxy": proxy})
    service.answer(200, {})
    api.get_messaging_integrations_line()
    request = service.requests[-1]
    assert request.target.startswith("http://api.example/")
    credentials = request.headers["Proxy-Authorization"].removeprefix("Basic ")
    assert base64.b64decode(credentials) == b"me:p%40:;#"


@every_form
def test_hosts_without_proxy_come_from_the_file(form: Form, start: Start, service: Service) -> None:
    proxy = {"url": "http://127.0.0.1:9", "no_proxy": "example.com, 127.0.0.0/8"}
    api = start(form, {"proxy": proxy})
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert service.requests[-1].target.startswith("/")


@every_form
def test_the_gateway_comes_from_the_file_and_its_credentials_stay_at_home(
    form: Form, start: Start, service: Service
) -> None:
    host, port = service.url.removeprefix("http://").split(":")
    api = start(
        form,
        {
            "general": {"access_token": "", "client_id": "id", "client_secret": "secret"},
            "gateway": {
                "host": host,
                "protocol": "http",
                "port": port,
                "path_params_login": "/sign-in/",
                "path_params_api": "platform",
                "username": CANARY,
                "password": CANARY,
            },
        },
    )
    service.answer(200, {"access_token": "issued"})
    service.answer(200, {})
    api.get_messaging_integrations_line()
    sign_in, call = service.requests
    assert (sign_in.path, call.path) == ("/sign-in/oauth/token", f"/platform{LINE}")
    for request in (sign_in, call):
        assert CANARY not in str(request.headers)
        assert base64.b64encode(CANARY.encode()).decode() not in str(request.headers)


@every_form
def test_a_gateway_without_host_is_none(form: Form, start: Start, service: Service) -> None:
    api = start(form, {"gateway": {"host": "", "protocol": "", "port": -1}})
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert service.requests[-1].path == LINE


def one_exchange(api: MessagingApi, service: Service) -> None:
    service.answer(200, {"name": "received"})
    api.post_messaging_integrations_line({"name": "sent", "channelSecret": CANARY})


@every_form
def test_the_log_file_comes_from_the_file(
    form: Form,
    start: Start,
    service: Service,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = tmp_path / "100%.log"
    logging = {"log_level": "debug", "log_to_console": False, "log_file_path": str(log)}
    one_exchange(start(form, {"logging": logging}), service)
    (line,) = log.read_text().splitlines()
    assert f" DEBUG POST {service.url}{LINE}: 200 in " in line
    assert "Body" not in line
    assert "Headers" not in line
    assert capsys.readouterr() == ("", "")


@every_form
def test_bodies_and_headers_are_logged_if_the_file_says_so(
    form: Form, start: Start, service: Service, tmp_path: Path
) -> None:
    log = tmp_path / "client.log"
    logging = {
        "log_level": "trace",
        "log_format": "json",
        "log_to_console": False,
        "log_file_path": str(log),
        "log_request_body": True,
        "log_response_body": True,
    }
    one_exchange(start(form, {"logging": logging}), service)
    line = json.loads(log.read_text())
    assert json.loads(line["requestBody"]) == {"name": "sent", "channelSecret": "***"}
    assert json.loads(line["responseBody"]) == {"name": "received"}
    assert json.loads(line["requestHeaders"])["Authorization"] == "***"
    assert CANARY not in log.read_text()


@pytest.mark.parametrize(("level", "lines"), [("error", 0), ("none", 0), ("debug", 1)])
@every_form
def test_level_and_console_come_from_the_file(
    form: Form,
    start: Start,
    service: Service,
    capsys: pytest.CaptureFixture[str],
    level: str,
    lines: int,
) -> None:
    one_exchange(
        start(form, {"logging": {"log_level": level, "log_to_console": True}}),
        service,
    )
    assert len(capsys.readouterr().err.splitlines()) == lines


@every_form
def test_the_logger_knows_what_the_file_says_before_the_first_call(
    default_file: Path, form: Form
) -> None:
    write(default_file, form({"logging": {"log_level": "debug", "log_to_console": False}}))
    configuration = Configuration()
    assert configuration.debug
    assert configuration.logger.log_level == LogLevel.LDebug
    assert configuration.logger.log_to_console is False


@every_form
def test_the_default_place_is_in_the_home_directory(default_file: Path, form: Form) -> None:
    write(default_file, form({"general": {"retries": 7}}))
    configuration = Configuration()
    assert configuration.retries == 7
    assert configuration.config_file_path == str(default_file)
    assert PureCloudPlatformClientV2.configuration.retries == 7


def test_a_home_directory_set_before_first_use_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = Configuration()
    write(tmp_path / "later" / ".genesyscloudpython" / "config", "[general]\nretries = 7\n")
    monkeypatch.setenv("HOME", str(tmp_path / "later"))
    assert configuration.retries == 7


@pytest.mark.parametrize("kind", [str, Path])
def test_the_place_may_be_given(
    path: Path, default_file: Path, kind: Callable[[Path], Any]
) -> None:
    write(default_file, "[general]\nretries = 1\ndeadline = 1\n")
    write(path, "[general]\nretries = 7\n")
    by_argument = Configuration(config_file_path=kind(path))
    by_attribute = Configuration()
    assert by_attribute.retries == 1
    by_attribute.config_file_path = kind(path)
    for configuration in (by_argument, by_attribute):
        assert configuration.config_file_path == str(path)
        assert (configuration.retries, configuration.deadline) == (7, 90.0)


def test_without_a_file_the_defaults_count(tmp_path: Path) -> None:
    for configuration in (
        Configuration(),
        Configuration(config_file_path=str(tmp_path / "missing" / "config")),
    ):
        assert configuration.host == "https://api.mypurecloud.com"
        assert configuration.values_of_file() == {}


@pytest.mark.parametrize("home", ["/dev/null", "/nonexistent", ""])
def test_a_home_directory_that_is_none_is_as_good_as_one_without_a_file(
    monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    if not home:
        monkeypatch.setenv("USERPROFILE", "/nonexistent")
    monkeypatch.setenv("HOME", home)
    assert Configuration().retries == 3


NAMELESS = 54321
"""A user without a name and a home, as containers like them."""

as_another_user = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only the superuser can become somebody else",
)


def run_as_nameless(script: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Run a script, without rights from the second line on; give what it prints."""
    become = f"os.setgroups([]); os.setgid({NAMELESS}); os.setuid({NAMELESS})"
    run = subprocess.run(
        [sys.executable, "-c", f"import os, PureCloudPlatformClientV2 as p; {become}\n{script}"],
        check=False,
        capture_output=True,
        text=True,
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return run.stdout, run.stderr


@as_another_user
@pytest.mark.parametrize("has_home", [True, False])
def test_a_user_without_home_directory_can_use_the_package(
    default_file: Path, has_home: bool
) -> None:
    write(default_file, "[general]\nretries = 7\n")  # that of somebody else
    default_file.parent.chmod(0o700)
    environment = {"HOME": str(default_file.parents[1])} if has_home else {}
    printed = run_as_nameless("print(p.Configuration().retries)", environment)
    assert printed == ("3\n", "")


SOURCES = [
    ("host", "GENESYSCLOUD_REGION", "general.host", "http://{}.example", "default"),
    ("access_token", "GENESYSCLOUD_ACCESS_TOKEN", "general.access_token", "{}", ""),
    ("client_id", "GENESYSCLOUD_OAUTHCLIENT_ID", "general.client_id", "{}", ""),
    ("client_secret", "GENESYSCLOUD_OAUTHCLIENT_SECRET", "general.client_secret", "{}", ""),
    ("no_proxy", "NO_PROXY", "proxy.no_proxy", "{}.example", None),
    ("no_proxy", "no_proxy", "proxy.no_proxy", "{}.example", None),
]


@pytest.mark.parametrize(("name", "variable", "place", "pattern", "default"), SOURCES)
def test_argument_attribute_environment_file_default(
    monkeypatch: pytest.MonkeyPatch,
    default_file: Path,
    name: str,
    variable: str,
    place: str,
    pattern: str,
    default: str | None,
) -> None:
    if default == "default":
        default = "https://api.mypurecloud.com"
    write(default_file, as_json(nested({place: pattern.format("file")})))
    monkeypatch.setenv(variable, pattern.format("environment"))
    configuration = Configuration()
    setattr(configuration, name, pattern.format("attribute"))
    if name != "no_proxy":  # the only one of these that is no argument
        arguments = {name: pattern.format("argument")}
        by_argument = Configuration(**arguments)
        assert getattr(by_argument, name) == pattern.format("argument")
        assert by_argument.origin(name) is Origin.CODE

    assert getattr(configuration, name) == pattern.format("attribute")
    configuration = Configuration()
    assert getattr(configuration, name) == pattern.format("environment")
    assert configuration.origin(name) is Origin.ENVIRONMENT
    for empty in ("", None):
        if empty is None:
            monkeypatch.delenv(variable)
        else:
            monkeypatch.setenv(variable, empty)
        assert getattr(configuration, name) == pattern.format("file")
        assert configuration.origin(name) is Origin.FILE
    default_file.unlink()
    configuration.forget_file()
    assert getattr(configuration, name) == default
    assert configuration.origin(name) is Origin.DEFAULT


def test_a_proxy_set_in_code_goes_before_that_of_the_environment_and_that_before_the_files(
    monkeypatch: pytest.MonkeyPatch, start: Start, service: Service
) -> None:
    with Service() as of_environment, Service() as of_code:
        proxies = {"file": service, "environment": of_environment, "code": of_code}
        paths: list[str] = []
        for proxy in proxies.values():
            proxy.answer_always(200, {})
        sections = {"general": {"host": "http://api.example"}, "proxy": {"url": service.url}}

        def asked(**settings: str | None) -> list[str]:
            api = start(as_ini, sections)
            for name, value in settings.items():
                setattr(api.api_client.configuration, name, value)
            api.get_messaging_integrations_line()
            found = [name for name, proxy in proxies.items() if proxy.requests]
            paths[:] = [request.target for proxy in proxies.values() for request in proxy.requests]
            for proxy in proxies.values():
                proxy.requests.clear()
            return found

        assert asked() == ["file"]
        monkeypatch.setenv("http_proxy", of_environment.url)
        assert asked() == ["environment"]
        assert asked(proxy=of_code.url) == ["code"]
        # Without any, the host itself is asked.
        assert asked(proxy=None, host=f"{of_code.url}/itself") == ["code"]
        assert paths == [f"/itself{LINE}"]


@every_form
def test_every_attribute_set_in_code_goes_before_the_file(path: Path, form: Form) -> None:
    write(path, form(nested({place: value for place, value, *_ in VALUES})))
    configuration = Configuration()
    before: dict[str, Any] = {}
    for _, _, name, _ in VALUES:
        if not name.startswith("gateway_configuration"):
            before[name] = attribute(configuration, name)
            holder = configuration.logger if name.startswith("logger.") else configuration
            setattr(holder, name.removeprefix("logger."), before[name])
    configuration.gateway_configuration = None
    for name in ("access_token", "client_id", "client_secret"):
        setattr(configuration, name, "")

    configuration.config_file_path = str(path)

    assert {name: attribute(configuration, name) for name in before} == before
    assert configuration.gateway_configuration is None


class Tenants:
    """Plays several hosts at once, each of which accepts but the token of its name."""

    def __init__(self, service: Service) -> None:
        self.service = service
        service.answer_by(self.respond)

    def respond(self, request: Request) -> Answer:
        token = (request.headers["Authorization"] or "").removeprefix("Bearer ")
        welcome = request.path == f"/{token}{LINE}"
        return make_answer(200 if welcome else 401, {"selfUri": token})

    def file(self, name: str, **general: Any) -> str:
        host = f"{self.service.url}/{name}"
        return as_ini({"general": {"host": host, "access_token": name, "retries": 0, **general}})


@pytest.fixture
def tenants(service: Service) -> Tenants:
    """The first tenant is a, the next bb, and so on: files of different length."""
    return Tenants(service)


def tenant_of_call(api: MessagingApi) -> str | None:
    return api.get_messaging_integrations_line().self_uri


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


def problem_with(path: Path, content: str | bytes) -> str:
    """Give the message of what is raised, once it is sure that no secret shows."""
    write(path, content)
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}") as caught:
        Configuration(config_file_path=str(path))
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    return str(caught.value).removeprefix(str(path))


SECRETS: Sections = {
    "general": {"access_token": CANARY, "client_secret": CANARY},
    "proxy": {"password": CANARY},
    "gateway": {"host": "gw", "password": CANARY},
}
SECRET_LINE = f"client_secret = {CANARY}"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (f'{{"general": {{"client_secret": "{CANARY}"', ": not JSON at line 1, column"),
        (f'{{"general":\n{{"client_secret": "{CANARY}",}}}}', ": not JSON at line 2, column"),
        (f'{{"general": {{"client_secret": "{CANARY}\\hunter2"}}}}', ": not JSON at line 1, colu"),
        (f'{{"general": {{}}}} "{CANARY}"', ": not JSON at line 1, column"),
        (f'[{{"general": {{"client_secret": "{CANARY}"}}}}]', ": "),
        (f'[\n{{"general": {{"client_secret": "{CANARY}"}}}}\n]', ": "),
        (f'["general", "{CANARY}"]', ": "),
        (f'{{"general": "{CANARY}"}}', ", section general: give a JSON object"),
        (f'{{"general": [["client_secret", "{CANARY}"]]}}', ", section general: give a JSON obj"),
        ('{"general": null}', ", section general: give a JSON object"),
        (f'{{"general": {{"retries": {"9" * 5000}}}}}', ""),
        ('{"general":' * 100_000, ": the JSON is nested too deeply"),
        (
            f'{{"general": {{"client_secret": "{CANARY}", "client_secret": "b"}}}}',
            ", section general, key client_secret: given twice",
        ),
        ('{"general": {"retries": 1}, "general": {}}', ", section general: given twice"),
        (SECRET_LINE, ": neither JSON nor INI: line 1 stands before any [section]"),
        (f"\n\n{SECRET_LINE}", ": neither JSON nor INI: line 3 stands before any [section]"),
        (f'"{CANARY}"', ": neither JSON nor INI: line 1"),
        (f"[general]\n{CANARY}\n", ": line 2: neither a [section] nor key = value"),
        (f"[general]\nretries = 1\n= {CANARY}\n", ": line 3: neither a [section] nor key = value"),
        (f"[general\n{SECRET_LINE}", ": "),
        (
            f"[general]\n{SECRET_LINE}\n{SECRET_LINE}\n",
            ", section general, key client_secret: given twice, again at line 3",
        ),
        (
            f"[general]\n{SECRET_LINE}\n[tls]\n[general]\n",
            ", section general: given twice, again at line 4",
        ),
        (
            f"[general]\n{SECRET_LINE}\nretires = {CANARY}\n",
            ", section general, key retires: there is no such key; choose one of host, ",
        ),
        (
            as_json({**SECRETS, "tls": {"verify": CANARY}}),
            ", section tls, key verify: there is no such key; choose one of verify_ssl, ",
        ),
        (f"[general]\n{SECRET_LINE}ä".encode("latin-1"), ": not text in UTF-8"),
        (f"[general]\n{SECRET_LINE}\n".encode("utf-16"), ": not text in UTF-8"),
        # A line that is indented goes on with the value before it.
        (f"[general]\nretries = 1\n  {SECRET_LINE}\n", ", section general, key retries: "),
        (f"[general]\nhost = us-east-1\n\t{SECRET_LINE}\n", ", section general, key host: "),
        (f"[logging]\nlog_level = debug\n {SECRET_LINE}\n", ", section logging, key log_level: "),
    ],
    ids=itertools.count(),
)
def test_a_file_that_is_neither_form_is_refused(
    path: Path, content: str | bytes, problem: str
) -> None:
    assert problem_with(path, content).startswith(problem)


BAD_VALUES: dict[str, list[Any]] = {
    "logging.log_level": ["loud", 1.5, True],
    "logging.log_format": ["xml", 3, None],
    "logging.log_to_console": ["perhaps", 2, 0.5, None],
    "logging.log_request_body": ["perhaps", 2],
    "logging.log_response_body": ["perhaps", 2],
    "reauthentication.refresh_access_token": ["perhaps", None],
    "reauthentication.refresh_token_wait_max": ["ten", -1, True, None, [1, 2]],
    "general.host": ["mars-1", "ftp://h", f"https://me:{CANARY}@api.example", ""],
    "general.access_token": [f"Bearer {CANARY}", f"{CANARY}\x00", f"{CANARY}€"],
    "general.client_id": ["i\x7fd"],
    "general.client_secret": [f"{CANARY}\x1b"],
    "general.request_timeout": ["ten", 0, -1, [1, 0], [1, 2, 3], [1], None, True, "nan"],
    "general.deadline": ["never", 0, -1, "inf", "nan", "1e300"],
    "general.retries": ["many", -1, 1.5, True, None],
    "general.retry_after_max": ["long", -1, "nan", None],
    "general.rate_limit": ["slow", 0, -5, "inf", "nan", True],
    "general.connection_pool_maxsize": ["big", 0, 1.5, None],
    "general.max_response_bytes": ["big", 0, None],
    "general.live_reload_config": ["perhaps", 7],
    "tls.verify_ssl": ["perhaps", None, 3],
    "proxy.url": ["proxy", "socks5://h:1", f"http://me:{CANARY}@proxy.example:3128"],
    "proxy.username": ["m\x7fe"],
    "proxy.password": [f"{CANARY}\x1b"],
    "gateway.host": ["https://gw", "gw/path", "g w", f"me:{CANARY}@gw"],
    "gateway.protocol": ["ftp"],
    "gateway.port": ["many", 65536, 80.5],
}
"""By key; of the others, any text will do."""

SECRET_KEYS = {f"{section}.{key}" for section, values in SECRETS.items() for key in values}


def bad_values() -> list[Any]:
    cases: list[tuple[Form, str, Any]] = []
    for place, values in BAD_VALUES.items():
        cases += [(form, place, value) for value in values for form in (as_json, as_ini)]
    for one in file_settings():
        if isinstance(one.default, str):
            place = f"{one.section}.{one.key}"
            text = CANARY if place in SECRET_KEYS else "a"
            cases += [(as_json, place, value) for value in (True, [text], {"a": text})]
    return [
        pytest.param(form, place, value, id=f"{form.__name__}-{place}-{index}")
        for index, (form, place, value) in enumerate(cases)
        if not (form is as_ini and value in NOT_IN_INI)
    ]


NOT_IN_INI: list[Any] = ["", [1]]
"""Bad in JSON, but in INI a list of one is that one, and a text that is empty is none."""


@pytest.mark.parametrize(("form", "place", "value"), bad_values())
def test_a_value_that_cannot_be_used_is_named_with_file_section_and_key(
    path: Path, form: Form, place: str, value: Any
) -> None:
    section, _, key = place.partition(".")
    sections = {name: dict(values) for name, values in SECRETS.items()}
    sections.setdefault(section, {})[key] = value
    content = form(sections)
    assert problem_with(path, content).startswith(f", section {section}, key {key}: ")


LINES = [
    "[general]",
    "[proxy]",
    "[other]",
    "  [general]",
    SECRET_LINE,
    f"  {SECRET_LINE}",
    f"access_token: {CANARY}",
    f"password = {CANARY}",
    f"\tpassword = {CANARY}",
    CANARY,
    "retries = 1",
    "deadline=soon",
    "host =",
    "url",
    "# comment",
    "",
    "{",
    "}",
    '{"general": {"client_id": "a"}}',
    f'"client_secret": "{CANARY}",',
    '"general": {',
]


@given(st.lists(st.sampled_from(LINES), max_size=6).map("\n".join).map(str.encode) | st.binary())
def test_whatever_the_file_contains_it_is_used_or_refused(path: Path, content: bytes) -> None:
    write(path, content)
    try:
        Configuration(config_file_path=str(path))
    except ValueError as error:
        assert str(error).startswith(str(path))  # noqa: PT017 - some contents are all right
        assert CANARY not in "".join(traceback.format_exception(error))  # noqa: PT017 - as above


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"^{tmp_path}: cannot be read: "):
        Configuration(config_file_path=str(tmp_path))


def test_a_file_that_cannot_be_opened_is_refused(path: Path) -> None:
    path.symlink_to(path)
    with pytest.raises(ValueError, match=rf"^{path}: cannot be read: "):
        Configuration(config_file_path=str(path))


@as_another_user
def test_a_file_that_one_may_not_read_is_refused(path: Path) -> None:
    write(path, SECRET_LINE).chmod(0o600)
    _, problem = run_as_nameless(f"p.Configuration(config_file_path={str(path)!r})", {})
    assert f"ValueError: {path}: cannot be read: Permission denied" in problem


def test_a_path_must_be_text() -> None:
    with pytest.raises(TypeError, match="text"):
        Configuration().config_file_path = None  # type: ignore[assignment]  # pyright: ignore


def test_the_default_file_is_refused_at_first_use_and_read_again_once_it_is_mended(
    default_file: Path,
    service: Service,
    open_api: Callable[[Configuration], MessagingApi],
) -> None:
    write(default_file, "[general]\nretries = many\n")
    configuration = Configuration(host=service.url, access_token="the-token")
    api = open_api(configuration)
    for _ in range(2):
        with pytest.raises(ValueError, match="section general, key retries"):
            api.get_messaging_integrations_line()
    assert service.requests == []
    write(default_file, "[general]\nretries = 1\n")
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert configuration.retries == 1


def pickled(configuration: Configuration) -> Configuration:
    twin: Configuration = pickle.loads(pickle.dumps(configuration))
    return twin


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickled])
def test_a_copy_has_the_same_file_and_follows_it_too(
    path: Path,
    tenants: Tenants,
    open_api: Callable[[Configuration], MessagingApi],
    duplicate: Callable[[Configuration], Configuration],
) -> None:
    write(path, tenants.file("a"))
    original = Configuration(config_file_path=str(path))
    original.deadline = 20
    twin = duplicate(original)
    api = open_api(twin)
    assert tenant_of_call(api) == "a"
    assert (twin.config_file_path, twin.deadline) == (str(path), 20)
    write(path, tenants.file("bb"))
    until(lambda: tenant_of_call(api) == "bb")
    assert original.access_token == "a"  # it makes no call, so it does not look


def test_a_copy_may_be_given_another_file(path: Path, tmp_path: Path) -> None:
    write(path, "[general]\nretries = 1\n[logging]\nlog_request_body = true\n")
    other = write(tmp_path / "other.config", "[general]\nretries = 2\n")
    original = Configuration(config_file_path=str(path))
    twin = copy.deepcopy(original)
    twin.config_file_path = str(other)
    assert (original.retries, twin.retries) == (1, 2)
    assert original.logger.log_request_body
    assert not twin.logger.log_request_body


def test_secrets_of_the_file_are_not_pickled(path: Path) -> None:
    write(path, as_json(SECRETS))
    configuration = Configuration(config_file_path=str(path))
    assert configuration.client_secret == CANARY
    assert CANARY.encode() not in pickle.dumps(configuration)


def test_an_unpickled_configuration_reads_the_file_of_its_own_home(
    default_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(default_file, "[general]\nretries = 1\n")
    configuration = Configuration()
    assert configuration.retries == 1
    pickled = pickle.dumps(configuration)
    write(tmp_path / "elsewhere" / ".genesyscloudpython" / "config", "[general]\nretries = 2\n")
    monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
    assert pickle.loads(pickled).retries == 2


def test_a_gateway_of_the_file_is_none_of_codes(path: Path) -> None:
    write(path, "[gateway]\nhost = of-file\n")
    configuration = Configuration(config_file_path=str(path))
    assert configuration.gateway_configuration is not None
    configuration.gateway_configuration = GatewayConfiguration(host="of-code")
    configuration.forget_file()
    assert configuration.gateway_configuration.host == "of-code"


def test_the_debug_report_names_the_file_and_no_secret(path: Path, tmp_path: Path) -> None:
    write(path, as_json(SECRETS))
    report = Configuration(config_file_path=str(path)).to_debug_report()
    assert f"Configuration file: {path}\n" in report
    assert "Gateway: GatewayConfiguration(api='https://gw'" in report
    assert CANARY not in report
    missing = Configuration(config_file_path=str(tmp_path / "missing"))
    assert "Configuration file: none\n" in missing.to_debug_report()


def test_the_debug_report_looks_for_the_file_first(default_file: Path) -> None:
    write(default_file, "[general]\nretries = 1\n")
    configuration = Configuration(host="us-east-1")
    configuration.gateway_configuration = GatewayConfiguration(host="gw.example")
    assert f"Configuration file: {default_file}\n" in configuration.to_debug_report()
