"""Which proxy counts: that of code, of the environment, of the file; and which hosts need none."""

from __future__ import annotations

import ipaddress
import traceback
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from service import Service, unused_url

from PureCloudPlatformClientV2 import Configuration
from PureCloudPlatformClientV2._transport.proxy import is_exempt, proxy_for

from .conftest import NON_ASCII, PASSWORD, USERNAME, MakeApi, by_name
from .forward_proxy import ForwardProxy
from .test_proxy import CREDENTIALS, method_of

pytestmark = pytest.mark.usefixtures("looked_up")

VARIABLES = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable_names_the_proxy_of_its_scheme(
    open_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    variable: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(variable, open_proxy.url)
    make_api(by_name(target)).get_messaging_integrations_line()

    meant = variable.lower().removesuffix("_proxy")
    expected = [method_of(target)] if meant in ("all", target.url.partition(":")[0]) else []
    assert open_proxy.methods == expected
    assert len(target.requests) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{scheme}_proxy", "{SCHEME}_PROXY"),
        ("all_proxy", "ALL_PROXY"),
        ("{scheme}_proxy", "all_proxy"),
        ("{SCHEME}_PROXY", "all_proxy"),
    ],
)
def test_lower_case_goes_before_upper_case_and_the_scheme_before_all(
    open_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    first: str,
    second: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scheme = target.url.partition(":")[0]
    for name, proxy in ((first, open_proxy.url), (second, unused_url())):
        monkeypatch.setenv(name.format(scheme=scheme, SCHEME=scheme.upper()), proxy)
    make_api(by_name(target)).get_messaging_integrations_line()
    assert len(open_proxy.passed) == 1


@pytest.mark.parametrize("empty", ["", "all"])
def test_an_empty_variable_says_nothing(
    open_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    empty: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scheme = target.url.partition(":")[0]
    monkeypatch.setenv(f"{scheme}_proxy", "")
    monkeypatch.setenv("ALL_PROXY", open_proxy.url if empty else "")
    make_api(by_name(target)).get_messaging_integrations_line()
    assert len(open_proxy.passed) == (1 if empty else 0)


@pytest.mark.parametrize("scheme", ["http://", ""], ids=["with scheme", "without scheme"])
def test_credentials_stand_percent_encoded_in_the_url_of_a_variable(
    guarded_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    scheme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    credentials = f"{USERNAME}:{quote(PASSWORD, safe='')}"
    monkeypatch.setenv("ALL_PROXY", f"{scheme}{credentials}@{guarded_proxy.address}")
    make_api(by_name(target)).get_messaging_integrations_line()
    assert len(guarded_proxy.passed) == 1


def test_credentials_in_a_variable_may_have_any_characters(
    non_ascii_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    credentials = ":".join(quote(part) for part in NON_ASCII)
    monkeypatch.setenv("all_proxy", non_ascii_proxy.url_with(credentials))
    make_api(by_name(target)).get_messaging_integrations_line()
    assert len(non_ascii_proxy.passed) == 1


@pytest.mark.parametrize("ending", ["/", "  ", "\n"], ids=["slash", "blanks", "line break"])
def test_what_scripts_leave_at_the_end_of_a_variable_does_no_harm(
    open_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    ending: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("all_proxy", f"{open_proxy.address}{ending}")
    make_api(by_name(target)).get_messaging_integrations_line()
    assert len(open_proxy.passed) == 1


def test_credentials_of_the_configuration_go_with_the_proxy_of_a_variable(
    guarded_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", guarded_proxy.url)
    make_api(by_name(target), **CREDENTIALS).get_messaging_integrations_line()
    assert len(guarded_proxy.passed) == 1


def test_credentials_set_in_code_go_before_those_of_a_variable(
    guarded_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", guarded_proxy.url_with("old:out-of-date"))
    make_api(by_name(target), **CREDENTIALS).get_messaging_integrations_line()
    assert len(guarded_proxy.passed) == 1


def test_in_a_cgi_program_a_header_of_the_client_names_no_proxy(
    open_proxy: ForwardProxy,
    make_api: MakeApi,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service.answer_always(200, {})
    monkeypatch.setenv("HTTP_PROXY", open_proxy.url)
    monkeypatch.setenv("REQUEST_METHOD", "GET")
    make_api(by_name(service)).get_messaging_integrations_line()
    assert open_proxy.passed == []

    monkeypatch.setenv("http_proxy", open_proxy.url)
    make_api(by_name(service)).get_messaging_integrations_line()
    assert len(open_proxy.passed) == 1


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize(
    "value",
    [
        "socks5://me:hunter2@127.0.0.1:1080",
        "socks5h://127.0.0.1:1080",
        "ftp://me:hunter2@127.0.0.1",
        "http://me:hunter2@[::1",
        "http://me:hunter2@127.0.0.1:port",
        "http://me:hunter2@127.0.0.1:99999",
        "http://me:hunter2@",
        "http://me:hunter2@proxy example",
        "http://me:1234#hunter2@127.0.0.1:3128",
        "http://me:1234/hunter2@127.0.0.1:3128",
        "http://me:1234?hunter2@127.0.0.1:3128",
        "me:hunter2@",
        "://me:hunter2@127.0.0.1",
        "http://",
    ],
)
def test_a_value_that_is_no_proxy_is_refused_and_not_shown(
    make_api: MakeApi,
    service: Service,
    secure_service: Service,
    variable: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = service if variable.lower() == "http_proxy" else secure_service
    monkeypatch.setenv(variable, value)

    with pytest.raises(ValueError, match=f"^{variable}: ") as caught:
        make_api(by_name(target)).get_messaging_integrations_line()

    assert target.requests == []
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_no_proxy_in_code_switches_that_of_the_environment_off(
    make_api: MakeApi, target: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", unused_url())
    make_api(by_name(target), proxy=None).get_messaging_integrations_line()
    assert len(target.requests) == 1


def test_taking_back_what_code_has_set_lets_the_environment_count_again(
    open_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", open_proxy.url)
    api = make_api(by_name(target), proxy=None)
    del api.api_client.configuration.proxy
    api.get_messaging_integrations_line()
    assert len(open_proxy.passed) == 1


def test_the_file_names_a_proxy(
    guarded_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    write_file: Callable[[str], str],
) -> None:
    path = write_file(
        f"[proxy]\nurl = {guarded_proxy.url}\nusername = {USERNAME}\npassword = {PASSWORD}\n"
    )
    make_api(by_name(target), config_file_path=path).get_messaging_integrations_line()
    assert len(guarded_proxy.passed) == 1


def test_code_goes_before_the_environment_and_the_environment_before_the_file(
    open_proxy: ForwardProxy,
    guarded_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    write_file: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write_file(f"[proxy]\nurl = {unused_url()}\n")
    monkeypatch.setenv("ALL_PROXY", open_proxy.url)
    make_api(by_name(target), config_file_path=path).get_messaging_integrations_line()
    assert len(open_proxy.passed) == 1

    api = make_api(by_name(target), config_file_path=path, proxy=guarded_proxy.url, **CREDENTIALS)
    api.get_messaging_integrations_line()
    assert (len(open_proxy.passed), len(guarded_proxy.passed)) == (1, 1)


def test_the_environment_is_looked_at_when_a_client_first_calls_a_host(
    open_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = make_api(by_name(target))
    before.get_messaging_integrations_line()
    monkeypatch.setenv("ALL_PROXY", open_proxy.url)
    before.get_messaging_integrations_line()
    assert not open_proxy.passed

    make_api(by_name(target)).get_messaging_integrations_line()
    assert len(open_proxy.passed) == 1

    before.api_client.configuration.no_proxy = "example.com"  # a setting of proxies has changed
    before.get_messaging_integrations_line()
    assert len(open_proxy.passed) == 2


@pytest.mark.parametrize("origin", ["no_proxy", "NO_PROXY", "file", "code"])
@pytest.mark.parametrize("proxy_of", ["environment", "code"])
def test_hosts_without_a_proxy_may_be_named_anywhere(
    make_api: MakeApi,
    target: Service,
    origin: str,
    proxy_of: str,
    write_file: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings: dict[str, object] = {}
    if proxy_of == "environment":
        monkeypatch.setenv("ALL_PROXY", unused_url())
    else:
        settings["proxy"] = unused_url()
    hosts = "example.com, .service.test"
    if origin == "code":
        settings["no_proxy"] = hosts
    elif origin == "file":
        settings["config_file_path"] = write_file(f"[proxy]\nno_proxy = {hosts}\n")
    else:
        monkeypatch.setenv(origin, hosts)

    make_api(by_name(target), **settings).get_messaging_integrations_line()

    assert len(target.requests) == 1


def test_hosts_without_a_proxy_in_code_go_before_the_environment_and_that_before_the_file(
    open_proxy: ForwardProxy,
    make_api: MakeApi,
    target: Service,
    write_file: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = write_file("[proxy]\nno_proxy = *\n")
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("no_proxy", "example.com")  # the lower case goes first here as well
    make_api(
        by_name(target), proxy=open_proxy.url, config_file_path=path
    ).get_messaging_integrations_line()
    assert len(open_proxy.passed) == 1

    monkeypatch.delenv("no_proxy")
    make_api(by_name(target), proxy=open_proxy.url).get_messaging_integrations_line()
    assert len(open_proxy.passed) == 1

    make_api(by_name(target), proxy=open_proxy.url, no_proxy="").get_messaging_integrations_line()
    assert len(open_proxy.passed) == 2


TABLE: list[tuple[str, int, str, bool]] = [
    ("api.example.com", 443, "", False),
    ("api.example.com", 443, "*", True),
    ("api.example.com", 443, "other.org,*", True),
    ("api.example.com", 443, "api.example.com", True),
    ("api.example.com", 443, "API.Example.COM", True),
    ("API.EXAMPLE.COM", 443, "api.example.com", True),
    ("api.example.com.", 443, "api.example.com", True),
    ("api.example.com", 443, "api.example.com.", True),
    ("api.example.com", 443, "example.com", True),
    ("api.example.com", 443, ".example.com", True),
    ("api.example.com", 443, "*.example.com", True),
    ("example.com", 443, "example.com", True),
    ("example.com", 443, ".example.com", True),
    ("badexample.com", 443, "example.com", False),
    ("badexample.com", 443, ".example.com", False),
    ("example.com.evil.org", 443, "example.com", False),
    ("com", 443, "example.com", False),
    ("api.example.com", 443, "other.org, example.com", True),
    ("api.example.com", 443, "other.org example.com", True),
    ("api.example.com", 443, "  example.com\t", True),
    ("api.example.com", 443, ",,", False),
    ("api.example.com", 443, ".", False),
    ("api.example.com", 443, "example.com:443", True),
    ("api.example.com", 8443, "example.com:443", False),
    ("api.example.com", 8443, ".example.com:8443", True),
    ("127.0.0.1", 80, "127.0.0.1", True),
    ("127.0.0.1", 80, "127.0.0.2", False),
    ("127.0.0.1", 8080, "127.0.0.1:8080", True),
    ("127.0.0.1", 8081, "127.0.0.1:8080", False),
    ("10.1.2.3", 80, "10.0.0.0/8", True),
    ("10.1.2.3", 80, "10.1.2.3/8", True),
    ("10.1.2.3", 80, "192.168.0.0/16,10.0.0.0/8", True),
    ("11.1.2.3", 80, "10.0.0.0/8", False),
    ("10.1.2.3", 80, "2.3", False),
    ("::1", 80, "::1", True),
    ("::1", 80, "[::1]", True),
    ("[::1]", 80, "::1", True),
    ("::1", 80, "0:0:0:0:0:0:0:1", True),
    ("::1", 8080, "[::1]:8080", True),
    ("::1", 8081, "[::1]:8080", False),
    ("fd00::5", 443, "fd00::5:443", False),  # an address of its own, without a port
    ("fd00::5", 80, "fd00::/8", True),
    ("fe80::5", 80, "fd00::/8", False),
    ("::1", 80, "0.0.0.0/0", False),
    ("api.example.com", 443, "0.0.0.0/0,::/0", False),
    ("api.example.com", 443, "::1,10.0.0.0/8", False),
    ("localhost", 80, "127.0.0.1", False),
    ("localhost", 80, "localhost", True),
]


@pytest.mark.parametrize(("host", "port", "no_proxy", "exempt"), TABLE)
def test_hosts_without_a_proxy(host: str, port: int, no_proxy: str, exempt: bool) -> None:
    assert is_exempt(host, port, no_proxy) is exempt


@pytest.mark.parametrize(
    ("url", "no_proxy", "exempt"),
    [
        ("https://api.example.com/x", "example.com:443", True),
        ("https://api.example.com:443/x", "example.com:443", True),
        ("http://api.example.com/x", "example.com:80", True),
        ("https://api.example.com/x", "example.com:80", False),
        ("https://api.example.com:8443/x", "example.com:443", False),
        ("https://[::1]/x", "[::1]:443", True),
        ("https://127.0.0.1/x", "127.0.0.1:443", True),
    ],
)
def test_the_port_of_the_scheme_counts_where_a_url_names_none(
    url: str, no_proxy: str, exempt: bool
) -> None:
    configuration = Configuration()
    configuration.proxy = "http://proxy.example:3128"
    configuration.no_proxy = no_proxy
    assert (proxy_for(url, configuration.snapshot()) is None) is exempt


def test_the_repr_of_a_proxy_shows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://me:hunter2@proxy.example:3128")
    proxy = proxy_for("https://api.example.com", Configuration().snapshot())
    assert proxy is not None
    assert proxy.password == "hunter2"
    assert "hunter2" not in f"{proxy!r} {proxy}"


_LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8).map("n{}".format)
NAMES = st.lists(_LABELS, min_size=2, max_size=4).map(".".join)
ADDRESSES = st.ip_addresses()
PORTS = st.integers(1, 65535)
NOISE = st.lists(st.one_of(NAMES.map("z{}".format), st.just("")), max_size=3)
SEPARATORS = st.sampled_from([",", ", ", " ", " ,"])


def written(entry: str, noise: list[str], separator: str) -> str:
    """An entry among others that concern nobody."""
    return separator.join([*noise, entry, *noise])


@given(NAMES, _LABELS, PORTS, NOISE, SEPARATORS, st.sampled_from(["", ".", "*."]))
def test_a_domain_stands_for_itself_and_all_below_it_and_for_nothing_else(
    domain: str, label: str, port: int, noise: list[str], separator: str, before: str
) -> None:
    no_proxy = written(before + domain, noise, separator)
    assert is_exempt(domain, port, no_proxy)
    assert is_exempt(f"{label}.{domain}".upper(), port, no_proxy)
    assert not is_exempt(f"{label}{domain}", port, no_proxy)
    assert not is_exempt(f"{domain}.z{label}", port, no_proxy)


@given(NAMES, st.integers(1, 65535), st.integers(1, 65535), NOISE, SEPARATORS)
def test_a_domain_with_a_port_stands_for_that_port_alone(
    domain: str, port: int, other: int, noise: list[str], separator: str
) -> None:
    no_proxy = written(f"{domain}:{port}", noise, separator)
    assert is_exempt(domain, port, no_proxy)
    assert is_exempt(domain, other, no_proxy) is (port == other)


@given(ADDRESSES, ADDRESSES, PORTS, NOISE, SEPARATORS, st.booleans())
def test_an_address_stands_for_itself_however_it_is_written(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    other: ipaddress.IPv4Address | ipaddress.IPv6Address,
    port: int,
    noise: list[str],
    separator: str,
    exploded: bool,
) -> None:
    text = address.exploded if exploded else str(address)
    no_proxy = written(f"[{text}]" if address.version == 6 else text, noise, separator)
    assert is_exempt(str(address), port, no_proxy)
    assert is_exempt(str(other), port, no_proxy) is (address == other)


@given(st.data(), ADDRESSES, ADDRESSES, PORTS)
def test_a_network_holds_just_its_addresses(
    data: st.DataObject,
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    other: ipaddress.IPv4Address | ipaddress.IPv6Address,
    port: int,
) -> None:
    bits = data.draw(st.integers(0, address.max_prefixlen))
    network = ipaddress.ip_network(f"{address}/{bits}", strict=False)
    assert is_exempt(str(address), port, f"{address}/{bits}")
    assert is_exempt(str(other), port, str(network)) is (other in network)
    assert not is_exempt(f"n{port}.example.com", port, str(network))


@given(st.one_of(NAMES, ADDRESSES.map(str)), PORTS, NOISE, SEPARATORS)
def test_a_star_stands_for_all_and_nothing_for_none(
    host: str, port: int, noise: list[str], separator: str
) -> None:
    assert is_exempt(host, port, written("*", noise, separator))
    assert not is_exempt(host, port, written("", noise, separator))


@given(st.text(max_size=30), PORTS, st.text(max_size=60))
@example("", 80, ":")
@example("[::1", 80, "[::1,1.2.3.4/99,/,:,[]:,%")
def test_nothing_that_people_write_is_an_error(host: str, port: int, no_proxy: str) -> None:
    assert is_exempt(host, port, no_proxy) in (True, False)


@pytest.mark.parametrize("origin", ["file", "environment", "code"])
def test_credentials_of_the_file_are_for_the_proxy_of_the_file(
    origin: str, write_file: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_file("[proxy]\nurl = http://corp:1\nusername = me\npassword = canary\n")
    configuration = Configuration(config_file_path=path)
    if origin == "environment":
        monkeypatch.setenv("ALL_PROXY", "http://other:1")
    elif origin == "code":
        configuration.proxy = "http://other:1"
    found = proxy_for("http://api.example.com", configuration.snapshot())
    assert found is not None
    assert found.password == ("canary" if origin == "file" else None)
