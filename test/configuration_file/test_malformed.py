"""A configuration file that cannot be used is an error that says where, and shows no secret."""

from __future__ import annotations

import itertools
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service import Service

from PureCloudPlatformClientV2 import (
    Configuration,
    MessagingApi,
)
from PureCloudPlatformClientV2.configuration import file_settings

from .forms import (
    CANARY,
    SECRET_LINE,
    SECRETS,
    Form,
    as_another_user,
    as_ini,
    as_json,
    run_as_nameless,
    write,
)


def problem_with(path: Path, content: str | bytes) -> str:
    """Give the message of what is raised, once it is sure that no secret shows."""
    write(path, content)
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}") as caught:
        Configuration(config_file_path=str(path))
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    return str(caught.value).removeprefix(str(path))


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
    "general.platform": ["tomorrow", 2020, True],
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
    "proxy.url": ["proxy", "socks5://h:1", f"http://me:#{CANARY}@proxy.example:3128"],
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
