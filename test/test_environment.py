from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiClient, Configuration, MessagingApi

CANARY = "hunter2-canary"


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "https://api.mypurecloud.com"),
        ("mypurecloud.ie", "https://api.mypurecloud.ie"),
        ("http://127.0.0.1:8090/", "http://127.0.0.1:8090"),
        ("", "https://api.mypurecloud.com"),
    ],
)
def test_the_environment_names_the_region(
    monkeypatch: pytest.MonkeyPatch, region: str, host: str
) -> None:
    configuration = Configuration()
    monkeypatch.setenv("GENESYSCLOUD_REGION", region)
    assert configuration.host == host
    with ApiClient(configuration=configuration) as client:
        assert client.host == host


def test_the_environment_gives_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = Configuration()
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "from-environment")
    assert configuration.access_token == "from-environment"


def test_code_outweighs_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYSCLOUD_REGION", "nonsense, and not even read")
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "from-environment")

    by_argument = Configuration(host="http://argument.example", access_token="argument")
    by_attribute = Configuration()
    by_attribute.host = "http://attribute.example"
    by_attribute.access_token = ""

    assert (by_argument.host, by_argument.access_token) == ("http://argument.example", "argument")
    assert (by_attribute.host, by_attribute.access_token) == ("http://attribute.example", "")


def test_a_token_of_none_gives_the_environment_its_say(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = Configuration(access_token="argument")
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "from-environment")
    configuration.access_token = None
    assert configuration.access_token == "from-environment"


def write_file(path: Path, **general: str) -> str:
    lines = [f"{name} = {value}" for name, value in general.items()]
    path.write_text("\n".join(["[general]", *lines, ""]))
    return str(path)


@pytest.mark.parametrize("source", ["argument", "attribute", "environment", "file"])
def test_a_client_without_token_signs_in_with_the_credentials_of_the_configuration(
    service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str
) -> None:
    configuration = Configuration(host=service.url)
    if source == "argument":
        configuration = Configuration(host=service.url, client_id="id", client_secret="the-secret")
    elif source == "attribute":
        configuration.client_id, configuration.client_secret = "id", "the-secret"
    elif source == "environment":
        monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_ID", "id")
        monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", "the-secret")
    else:
        path = write_file(tmp_path / "config", client_id="id", client_secret="the-secret")
        configuration.config_file_path = path
    service.answer(200, {"access_token": "issued", "expires_in": 86400})
    service.answer_always(200, {})

    with ApiClient(configuration=configuration) as client:
        for _ in range(2):
            MessagingApi(client).get_messaging_integrations_line()

    sign_in, *calls = service.requests
    assert (sign_in.path, sign_in.form) == ("/oauth/token", {"grant_type": "client_credentials"})
    scheme, _, credentials = sign_in.headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(credentials)) == ("Basic", b"id:the-secret")
    assert [call.headers["Authorization"] for call in calls] == ["Bearer issued"] * 2


def place(
    configuration: Configuration,
    monkeypatch: pytest.MonkeyPatch,
    origins: dict[str, str | None],
    path: Path,
) -> None:
    """Have each setting come from where it is told to, with that as its value."""
    variables = {
        "access_token": "GENESYSCLOUD_ACCESS_TOKEN",
        "client_id": "GENESYSCLOUD_OAUTHCLIENT_ID",
        "client_secret": "GENESYSCLOUD_OAUTHCLIENT_SECRET",
    }
    for name, origin in origins.items():
        if origin == "code":
            setattr(configuration, name, "code")
        elif origin == "environment":
            monkeypatch.setenv(variables[name], "environment")
    in_file = {name: "file" for name, origin in origins.items() if origin == "file"}
    configuration.config_file_path = write_file(path, **in_file)


@pytest.mark.parametrize(
    ("token", "client_id", "client_secret", "signs_in"),
    [
        (None, "code", "code", True),
        (None, "environment", "environment", True),
        (None, "file", "file", True),
        (None, "code", "file", True),
        (None, "code", None, False),
        (None, None, "code", False),
        (None, None, None, False),
        ("code", None, None, False),
        # What is nearer to the code counts, and of two equally near the token.
        ("code", "code", "code", False),
        ("code", "environment", "environment", False),
        ("environment", "code", "code", True),
        ("environment", "environment", "environment", False),
        ("environment", "file", "file", False),
        ("file", "code", "code", True),
        ("file", "environment", "environment", True),
        ("file", "file", "file", False),
        # A pair is as near as the farther one of both.
        ("environment", "code", "file", False),
        ("file", "environment", "code", True),
        ("file", "code", "file", False),
        ("file", "code", None, False),
    ],
)
def test_token_or_credentials_the_nearer_to_the_code_count(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    token: str | None,
    client_id: str | None,
    client_secret: str | None,
    signs_in: bool,
) -> None:
    configuration = Configuration()
    origins = {"access_token": token, "client_id": client_id, "client_secret": client_secret}
    place(configuration, monkeypatch, origins, tmp_path / "config")
    expected = (client_id, client_secret) if signs_in else None
    assert configuration.client_credentials() == expected


def test_an_empty_token_in_code_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "from-environment")
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_ID", "id")
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", "secret")
    configuration = Configuration(access_token="")
    assert configuration.client_credentials() == ("id", "secret")


def test_empty_credentials_in_code_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_ID", "id")
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", "secret")
    assert Configuration(client_id="").client_credentials() is None
    assert Configuration(client_secret="").client_credentials() is None


@pytest.mark.parametrize(
    "variable", ["GENESYSCLOUD_OAUTHCLIENT_SECRET", "GENESYSCLOUD_ACCESS_TOKEN"]
)
def test_a_secret_of_the_environment_that_cannot_be_sent_is_refused_and_not_shown(
    api: MessagingApi,
    configuration: Configuration,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    configuration.access_token = None
    configuration.client_id = "id"
    monkeypatch.setenv(variable, f"{CANARY}\n")
    with pytest.raises(ValueError, match=rf"^{variable}: ") as caught:
        api.get_messaging_integrations_line()
    assert CANARY not in str(caught.value)
    assert service.requests == []


def test_repr_of_a_configuration_with_a_bad_environment_is_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "Bearer canary")
    assert repr(Configuration()) == "Configuration(...)"


VARIABLES = [
    ("GENESYSCLOUD_REGION", "host", "http://127.0.0.1:8090"),
    ("GENESYSCLOUD_ACCESS_TOKEN", "access_token", CANARY),
    ("GENESYSCLOUD_OAUTHCLIENT_ID", "client_id", CANARY),
    ("GENESYSCLOUD_OAUTHCLIENT_SECRET", "client_secret", CANARY),
]

LEFT_AROUND = [
    '"{}"',
    "'{}'",
    "`{}`",
    "\u201c{}\u201d",
    '"{}',
    "{}'",
    " {}",
    "{} ",
    "\t{}\t",
    "{}\r",
    "{}\r\n",
    "{}\xa0",
    '" {} "',
]
"""What an env file, a shell, or a paste from a page leaves around a value."""


@pytest.mark.parametrize("around", LEFT_AROUND)
@pytest.mark.parametrize(("variable", "setting", "value"), VARIABLES)
def test_what_is_left_around_a_value_is_refused_by_the_name_of_the_variable(
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    setting: str,
    value: str,
    around: str,
) -> None:
    configuration = Configuration(host=None if setting == "host" else service.url)
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", "secret")
    monkeypatch.setenv(variable, around.format(value))
    with (
        ApiClient(configuration=configuration) as client,
        pytest.raises(ValueError, match=rf"^{variable}: .*(quot|blank|line break|control)") as got,
    ):
        MessagingApi(client).get_messaging_integrations_line()
    assert CANARY not in str(got.value)
    assert service.requests == []


@pytest.mark.parametrize("around", ['"{}"', "{} ", "'{}"])
@pytest.mark.parametrize("name", ["access_token", "client_id", "client_secret"])
def test_so_it_is_in_the_file(tmp_path: Path, name: str, around: str) -> None:
    content = {"general": {name: around.format(CANARY)}}
    (tmp_path / "config").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"key {name}: .*quotation mark") as caught:
        Configuration(config_file_path=str(tmp_path / "config"))
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("around", [" {}", "{} ", "{}\n", "\t{}"])
@pytest.mark.parametrize("name", ["access_token", "client_id", "client_secret"])
def test_so_it_is_with_blanks_in_code_and_at_a_sign_in(
    service: Service, name: str, around: str
) -> None:
    value = around.format(CANARY)
    configuration = Configuration(host=service.url)
    client = ApiClient(configuration=configuration)
    with pytest.raises(ValueError, match=rf"^{name}: .*line break") as in_code:
        setattr(configuration, name, value)
    given = {"client_id": "id", "client_secret": "secret", "access_token": "token", name: value}

    def hand_over() -> None:
        client.access_token = given.pop("access_token")
        client.get_client_credentials_token(**given)

    with pytest.raises(ValueError, match=rf"^{name}: .*line break") as in_call:
        hand_over()
    assert CANARY not in f"{in_code.value} {in_call.value}"
    assert service.requests == []


def test_quotation_marks_in_code_are_meant() -> None:
    configuration = Configuration(access_token='"a"', client_id="'b'", client_secret='"c')
    assert (configuration.access_token, configuration.client_id) == ('"a"', "'b'")
    assert configuration.client_secret == '"c'


@pytest.mark.parametrize(
    "end", sorted({chr(one) for one in range(33, 127)} - {"'", '"', "`"}), ids=ascii
)
def test_any_other_character_may_stand_at_the_ends(
    monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", f"{end}secret{end}")
    assert Configuration().client_secret == f"{end}secret{end}"


def test_quotation_marks_within_a_value_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", "a\"b'c d")
    configuration = Configuration()
    assert configuration.client_secret == "a\"b'c d"
    configuration.proxy_password = ' "hunter2" '  # a password may be anything
    assert configuration.proxy_password == ' "hunter2" '
