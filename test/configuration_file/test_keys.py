"""Every key of the configuration file, shown at work."""

from __future__ import annotations

import base64
import copy
import json
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from service import Answer, Behaviour, RawServer, Request, Service, hanging, make_answer
from urllib3.exceptions import InsecureRequestWarning

from PureCloudPlatformClientV2 import (
    ApiException,
    Configuration,
    MessagingApi,
)
from PureCloudPlatformClientV2.configuration import file_settings
from PureCloudPlatformClientV2.logger import LogLevel
from PureCloudPlatformClientV2.rest import (
    ApiTimeoutException,
    ServiceException,
    UnauthorizedException,
)

from .forms import (
    CANARY,
    LINE,
    VALUES,
    Form,
    Sections,
    Start,
    as_ini,
    as_json,
    attribute,
    every_form,
    nested,
    write,
)

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
        found.append(dict(Configuration(config_file_path=str(path)).file_values()))
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
    assert configuration.file_values() == {}
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
