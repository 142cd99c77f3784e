"""What the log does where the program, too, has set logging up: each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from service import Service

START = """
import io, logging, logging.config, sys
from PureCloudPlatformClientV2 import ApiClient, Configuration
from PureCloudPlatformClientV2.logger import LogLevel
package = logging.getLogger("PureCloudPlatformClientV2")
configuration = Configuration(host=sys.argv[1], access_token="t")
def call(): ApiClient(configuration=configuration).call_api("/x", "GET")
def dict_config(**loggers):
    logging.config.dictConfig({
        "version": 1,
        "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
        "loggers": loggers,
        "root": {"level": "DEBUG", "handlers": ["out"]},
    })
def file_config():
    logging.config.fileConfig(io.StringIO(
        "[loggers]\\nkeys=root\\n[handlers]\\nkeys=out\\n[formatters]\\nkeys=\\n"
        "[logger_root]\\nlevel=DEBUG\\nhandlers=out\\n"
        "[handler_out]\\nclass=StreamHandler\\nargs=(sys.stdout,)\\n"))
def root_handler(): logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
logging.getLogger("urllib3").setLevel(logging.ERROR)
"""


def lines(service: Service, script: str) -> list[str]:
    """The lines about calls that a program writes, and where to."""
    service.answer_always(200, {})
    run = subprocess.run(
        [sys.executable, "-c", START + script, service.url],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.returncode == 0, run.stderr
    found = [("out", run.stdout), ("err", run.stderr)]
    return [where for where, text in found for line in text.splitlines() if "GET " in line]


SETUPS = ["dict_config()", "file_config()", "root_handler()"]


@pytest.mark.parametrize("setup", SETUPS)
@pytest.mark.parametrize(
    "order",
    ["{setup}; {debug}; call()", "{debug}; {setup}; call()", "{debug}; call(); {setup}"],
)
@pytest.mark.parametrize(
    "debug", ["configuration.debug = True", "configuration.logger.log_level = LogLevel.LTrace"]
)
def test_every_line_is_written_once_whatever_the_order(
    service: Service, setup: str, order: str, debug: str
) -> None:
    assert lines(service, order.format(setup=setup, debug=debug)) == ["err"]


@pytest.mark.parametrize("setup", SETUPS)
def test_the_log_file_is_written_too(service: Service, setup: str, tmp_path: Path) -> None:
    path = tmp_path / "client.log"
    script = (
        f"configuration.logger_file = {str(path)!r}; configuration.debug = True; call()\n"
        f"{setup}; call(); configuration.debug = True; call()"
    )
    assert lines(service, script) == []
    assert path.read_text().count("GET ") == 3


@pytest.mark.parametrize("setup", SETUPS)
def test_switching_it_off_leaves_the_lines_to_the_program_again(
    service: Service, setup: str
) -> None:
    script = f"configuration.debug = True; {setup}; call(); configuration.debug = False; call()\n"
    assert lines(service, script) == ["err"]
    script += "package.disabled = False; package.setLevel(logging.DEBUG); call()"
    assert lines(service, script) == ["out", "err"]


@pytest.mark.parametrize(
    ("script", "where"),
    [
        # A program that has set this logger up gets the lines.
        ("dict_config(PureCloudPlatformClientV2={'level': 'DEBUG'}); call()", ["out"]),
        ("package.setLevel(logging.DEBUG); root_handler(); call()", ["out"]),
        (
            "package.setLevel(logging.DEBUG); package.addHandler(logging.StreamHandler())\ncall()",
            ["err"],
        ),
        # So it is where a configuration has a level and no place for lines,
        (
            "root_handler(); configuration.logger.log_to_console = False\n"
            "configuration.debug = True; call()",
            ["out"],
        ),
        # or where its set-up takes the configuration's handlers away.
        (
            "configuration.debug = True\n"
            "dict_config(PureCloudPlatformClientV2={'level': 'DEBUG'}); call()",
            ["out"],
        ),
        (
            "configuration.debug = True\n"
            "dict_config(PureCloudPlatformClientV2={'level': 'DEBUG', 'handlers': ['out'],"
            " 'propagate': False}); call()",
            ["out"],
        ),
        # Its handler on the same stream takes the place of the configuration's.
        (
            "configuration.debug = True; package.addHandler(logging.StreamHandler()); call()",
            ["err"],
        ),
        (
            "package.addHandler(logging.StreamHandler()); configuration.debug = True; call()",
            ["err"],
        ),
        (
            "package.addHandler(logging.StreamHandler(sys.stdout)); configuration.debug = True\n"
            "call()",
            ["out", "err"],
        ),
        # Several configurations share the handlers.
        (
            "root_handler(); configuration.debug = True; Configuration().debug = True\n"
            "Configuration().logger.log_level = LogLevel.LTrace; call()",
            ["err"],
        ),
        # Lines of a logger below come through as well.
        (
            "root_handler(); configuration.debug = True\n"
            "logging.getLogger('PureCloudPlatformClientV2.child').debug('GET by a child')",
            ["err"],
        ),
    ],
)
def test_lines_go_where_the_last_word_says(service: Service, script: str, where: list[str]) -> None:
    assert lines(service, script) == where


@pytest.mark.parametrize(
    "change",
    [
        "Configuration().logger.log_to_console = False",
        "Configuration().logger_format = '%(message)s'",
        "Configuration().logger.log_format = 'json'",
        "Configuration().logger_file = 'unused.log'",
        "configuration.logger.log_to_console = False",
        "Configuration(config_file_path='config').host",
    ],
)
@pytest.mark.parametrize("before", ["", "configuration.debug = False; "])
def test_a_level_set_by_hand_stays_while_no_configuration_sets_one(
    service: Service, change: str, before: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("config").write_text("[logging]\nlog_to_console = false\nlog_level = none\n")
    script = f"root_handler(); {before}package.setLevel(logging.DEBUG); {change}; call()"
    assert lines(service, script) == ["out"]
    assert not Path("unused.log").exists()


def test_another_configuration_takes_nothing_from_one_that_logs(service: Service) -> None:
    script = (
        "configuration.debug = True; package.setLevel(logging.INFO)\n"
        "other = Configuration(); other.logger.log_to_console = False; call()\n"
        "configuration.logger.line_format = 'GET %(levelname)s'; package.warning('x'); call()\n"
    )
    assert lines(service, script) == ["err"]
