from __future__ import annotations

import json
import logging
import os
import pickle
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from service import Behaviour, RawServer, Service, unused_url

from PureCloudPlatformClientV2 import ApiException, Configuration, MessagingApi
from PureCloudPlatformClientV2.logger import LogFormat, Logger, LogLevel, package_logger

PACKAGE_LOGGER = logging.getLogger("PureCloudPlatformClientV2")
LINE = "/api/v2/messaging/integrations/line"


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("trace", LogLevel.LTrace),
        ("Debug", LogLevel.LDebug),
        ("ERROR", LogLevel.LError),
        ("none", LogLevel.LNone),
    ],
)
def test_levels_have_names(name: str, level: LogLevel) -> None:
    assert LogLevel.from_string(name) is level


@pytest.mark.parametrize(
    ("name", "log_format"), [("text", LogFormat.TEXT), ("Json", LogFormat.JSON)]
)
def test_formats_have_names(name: str, log_format: LogFormat) -> None:
    assert LogFormat.from_string(name) is log_format


def test_unknown_names_are_value_errors_that_list_the_known() -> None:
    with pytest.raises(ValueError, match="'loud' is not one of trace, debug, error, no"):
        LogLevel.from_string("loud")
    with pytest.raises(ValueError, match="'xml' is not one of text, json"):
        LogFormat.from_string("xml")
    with pytest.raises(ValueError, match="3"):
        Logger().log_format = 3  # type: ignore[assignment]  # pyright: ignore


def test_the_logger_is_silent_until_a_level_is_set(
    api: MessagingApi, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answer(200, {})
    service.answer(404, {})
    api.get_messaging_integrations_line()
    with pytest.raises(ApiException):
        api.get_messaging_integrations_line()
    assert capsys.readouterr() == ("", "")
    assert PACKAGE_LOGGER.handlers == []


def one_success_and_one_failure(api: MessagingApi, service: Service) -> None:
    service.answer(200, {"total": 0}, headers={"ININ-Correlation-Id": "c-1"})
    service.answer(404, {"contextId": "c-2"}, headers={"ININ-Correlation-Id": "c-2"})
    api.get_messaging_integrations_line(page_size=3)
    with pytest.raises(ApiException):
        api.post_messaging_integrations_line({"name": "A", "channelSecret": "hunter2"})


@pytest.fixture
def log(configuration: Configuration, tmp_path: Path) -> Path:
    """Has everything logged into a file."""
    path = tmp_path / "client.log"
    configuration.logger.log_to_console = False
    configuration.logger.log_file_path = str(path)
    configuration.logger.log_level = LogLevel.LDebug
    return path


def test_successes_are_logged_at_debug_and_failures_at_error(
    api: MessagingApi, service: Service, log: Path
) -> None:
    one_success_and_one_failure(api, service)
    success, failure = log.read_text().splitlines()
    assert f" DEBUG GET {service.url}{LINE}?pageSize=3: 200 in " in success
    assert success.endswith(" ms, attempt 1, correlation id c-1")
    assert f" ERROR POST {service.url}{LINE}: 404 in " in failure
    assert failure.endswith(" ms, attempt 1, correlation id c-2")


def test_the_error_level_leaves_out_successes(
    api: MessagingApi, service: Service, configuration: Configuration, log: Path
) -> None:
    configuration.logger.log_level = LogLevel.LError
    one_success_and_one_failure(api, service)
    assert [line.split()[2] for line in log.read_text().splitlines()] == ["ERROR"]


def test_calls_without_an_answer_are_logged_with_status_0(api: MessagingApi, log: Path) -> None:
    api.api_client.host = unused_url()
    with pytest.raises(ApiException):
        api.get_messaging_integrations_line()
    assert f"{LINE}: 0 in" in log.read_text()


def test_a_json_line_is_one_object(
    api: MessagingApi, service: Service, configuration: Configuration, log: Path
) -> None:
    configuration.logger.log_format = LogFormat.JSON
    configuration.logger.log_request_body = True
    configuration.logger.log_response_body = True
    one_success_and_one_failure(api, service)

    success, failure = map(json.loads, log.read_text().splitlines())

    assert isinstance(success.pop("durationMs"), int)
    assert success.pop("date")
    assert success.pop("message").startswith("GET ")
    assert success == {
        "level": "debug",
        "method": "GET",
        "url": f"{service.url}{LINE}?pageSize=3",
        "status": 200,
        "correlationId": "c-1",
        "attempt": 1,
        "responseBody": '{"total": 0}',
    }
    assert failure["level"] == "error"
    assert json.loads(failure["requestBody"]) == {"name": "A", "channelSecret": "***"}
    assert json.loads(failure["responseBody"]) == {"contextId": "c-2"}


def test_an_empty_body_is_logged_as_one_and_the_time_in_milliseconds(
    api: MessagingApi,
    configuration: Configuration,
    log: Path,
    raw_server: Callable[[Behaviour], RawServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]

    def answer_late(connection: socket.socket, _: bytes) -> None:
        now[0] += 2.5
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    configuration.logger.log_format = LogFormat.JSON
    configuration.logger.log_response_body = True
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    api.api_client.host = raw_server(answer_late).url
    with pytest.raises(ApiException):
        api.get_messaging_integrations_line()
    line = json.loads(log.read_text())
    assert (line["durationMs"], line["responseBody"]) == (2500, "")


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (429, {"Retry-After": "7"}, ["the rate limit is used up; trying again in 7 seconds"]),
        (503, {"Retry-After": "1"}, ["the answer was 503; trying again in 1 second"]),
        (503, {"Retry-After": "0"}, []),
    ],
)
def test_a_pause_of_a_second_or_longer_is_logged_with_its_reason(
    api: MessagingApi,
    service: Service,
    configuration: Configuration,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    headers: dict[str, str],
    told: list[str],
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    caplog.set_level(logging.INFO, "PureCloudPlatformClientV2.pauses")
    configuration.retries = 1
    service.answer(status, {}, headers=headers)
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert slept == [float(headers["Retry-After"])]
    assert [record.message for record in caplog.records if "again" in record.message] == told


def test_a_json_line_about_something_else_has_its_message(
    configuration: Configuration, log: Path
) -> None:
    configuration.logger.log_format = LogFormat.JSON
    PACKAGE_LOGGER.error("It %s", "broke")
    line = json.loads(log.read_text())
    assert (line["level"], line["message"]) == ("error", "It broke")


@pytest.mark.parametrize("what", ["log_request_body", "log_response_body"])
def test_bodies_are_logged_only_if_asked_for(
    api: MessagingApi, service: Service, configuration: Configuration, log: Path, what: str
) -> None:
    setattr(configuration.logger, what, True)
    one_success_and_one_failure(api, service)
    text = log.read_text()
    assert ("requestBody" in text) == (what == "log_request_body")
    assert ("responseBody" in text) == (what == "log_response_body")


def test_bodies_are_off_by_default(api: MessagingApi, service: Service, log: Path) -> None:
    one_success_and_one_failure(api, service)
    assert "Body" not in log.read_text()


def test_the_standard_librarys_level_works_too(
    api: MessagingApi, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "PureCloudPlatformClientV2")
    one_success_and_one_failure(api, service)
    assert [record.levelname for record in caplog.records] == ["DEBUG", "ERROR"]
    assert PACKAGE_LOGGER.handlers == []


def test_changes_replace_handlers_and_silence_removes_them(tmp_path: Path) -> None:
    logger = Logger()
    logger.log_level = LogLevel.LError
    logger.log_file_path = str(tmp_path / "a.log")
    logger.log_format = LogFormat.JSON
    logger.line_format = "%(message)s"
    console, file = PACKAGE_LOGGER.handlers
    assert type(console) is logging.StreamHandler
    assert isinstance(file, logging.FileHandler)
    assert (logger.log_format, logger.line_format) == (LogFormat.JSON, "%(message)s")
    assert (logger.log_level, logger.log_to_console) == (LogLevel.LError, True)
    logger.log_to_console = False
    (file,) = PACKAGE_LOGGER.handlers
    assert isinstance(file, logging.FileHandler)
    logger.log_level = LogLevel.LNone
    assert PACKAGE_LOGGER.handlers == []
    assert not (tmp_path / "a.log").exists()


def test_a_line_that_comes_to_a_file_just_exchanged_leaves_it_closed(tmp_path: Path) -> None:
    logger = Logger()
    logger.log_to_console = False
    logger.log_file_path = str(tmp_path / "a.log")
    logger.log_level = LogLevel.LDebug
    (handler,) = PACKAGE_LOGGER.handlers
    assert isinstance(handler, logging.FileHandler)
    PACKAGE_LOGGER.debug("first")

    def exchange(_: logging.LogRecord) -> bool:
        """Do what another thread may, between a handler's being chosen and its writing."""
        logger.log_file_path = str(tmp_path / "b.log")
        return True

    handler.addFilter(exchange)
    PACKAGE_LOGGER.debug("second")
    PACKAGE_LOGGER.debug("third")

    written = {path.name: path.read_text().split() for path in tmp_path.iterdir()}
    assert [word for word in written["a.log"] if word in ("first", "second", "third")] == [
        "first",
        "second",
    ]
    assert written["b.log"][-1] == "third"
    assert handler.stream is None


def test_another_handler_on_the_logger_is_left_alone() -> None:
    own = logging.NullHandler()
    PACKAGE_LOGGER.addHandler(own)
    logger = Logger()
    logger.log_level = LogLevel.LDebug
    logger.log_level = LogLevel.LNone
    assert PACKAGE_LOGGER.handlers == [own]


@pytest.mark.parametrize("field", ["privateKey", "photo"])
@pytest.mark.parametrize("post_params", [{"password": "abc"}, [("password", "abc")]])
def test_forms_are_logged_without_secrets_and_contents(
    api: MessagingApi,
    service: Service,
    configuration: Configuration,
    log: Path,
    field: str,
    post_params: Any,
) -> None:
    configuration.logger.log_request_body = True
    file = log.with_name("key.pem")
    file.write_bytes(b"hunter2 hunter2")
    service.answer(200)
    api.api_client.call_api("/x", "POST", post_params=post_params, files={field: str(file)})
    text = log.read_text()
    assert "hunter2" not in text
    assert "abc" not in text
    assert "key.pem" in text
    assert "<15 bytes>" in text


def test_unpickled_configurations_attach_no_further_handlers() -> None:
    configuration = Configuration()
    configuration.debug = True
    before = list(package_logger.handlers)
    for _ in range(5):
        pickle.loads(pickle.dumps(configuration))
    Configuration().debug = True
    assert len(package_logger.handlers) == len(before)
    configuration.debug = False


def test_a_level_that_was_set_before_the_import_stays() -> None:
    script = (
        "import logging; name = 'PureCloudPlatformClientV2'; "
        "logging.getLogger(name).setLevel(logging.INFO); __import__(name); "
        "print(logging.getLogger(name).level)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    printed = subprocess.check_output([sys.executable, "-c", script], text=True, env=environment)
    assert int(printed) == logging.INFO


def test_a_log_that_cannot_be_written_does_not_end_a_call(
    api: MessagingApi, service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service.answer(200, {"id": "int-1"})
    logger = api.api_client.configuration.logger
    logger.log_to_console = False
    logger.log_file_path = str(tmp_path / "no-such-folder" / "a.log")
    logger.log_level = LogLevel.LDebug

    assert api.get_messaging_integrations_line_integration_id("int-1").id == "int-1"

    error = capsys.readouterr().err
    assert error.startswith("PureCloudPlatformClientV2: the log cannot be written: ")
    assert error.count("\n") == 1
