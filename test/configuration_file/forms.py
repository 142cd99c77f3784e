"""What the tests of the configuration file have in common."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2 import (
    Configuration,
    MessagingApi,
)
from PureCloudPlatformClientV2.logger import LogFormat, LogLevel

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


Start = Callable[..., MessagingApi]


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
    ("general.platform", "Today", "platform", "today"),
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
    ("tls.verify_ssl_strict", False, "verify_ssl_strict", False),
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


NAMELESS = 54321
"""A user without a name and a home, as containers like them."""

as_another_user = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only the superuser can become somebody else",
)


def run_as_nameless(script: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Run a script, without rights once all is loaded; give what it prints."""
    become = f"p.MessagingApi; os.setgroups([]); os.setgid({NAMELESS}); os.setuid({NAMELESS})"
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import os, PureCloudPlatformClientV2 as p; {become}\n{script}",
        ],
        check=False,
        capture_output=True,
        text=True,
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return run.stdout, run.stderr


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


def tenant_of_call(api: MessagingApi) -> str | None:
    return api.get_messaging_integrations_line().self_uri


SECRETS: Sections = {
    "general": {"access_token": CANARY, "client_secret": CANARY},
    "proxy": {"password": CANARY},
    "gateway": {"host": "gw", "password": CANARY},
}
SECRET_LINE = f"client_secret = {CANARY}"
