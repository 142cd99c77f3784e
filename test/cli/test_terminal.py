"""What is different where a person sits: tables, the progress bar, prompts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

import pytest
from service import Service

from PureCloudPlatformClientV2.sandbox import DelayFault, Sandbox

from .shell import COMMAND, account, environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="pseudo-terminals are Linux's here")

STICKERS = ("messaging", "get-sticker", "line")


class Terminal:
    """A pseudo-terminal with a command at it."""

    def __init__(
        self, variables: Mapping[str, str], *arguments: str, pipe_output: bool = False
    ) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self.screen = ""
        self._master, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        shell = environment({"TERM": "xterm", **variables})
        del shell["COLUMNS"]
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=terminal,
            stdout=subprocess.PIPE if pipe_output else terminal,
            stderr=terminal,
            env=shell,
            start_new_session=True,
        )
        os.close(terminal)

    def read_until(self, text: str) -> None:
        while text not in self.screen:
            self.screen += os.read(self._master, 65536).decode()

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def finish(self) -> tuple[int, str]:
        """Wait for the end; give exit code and what stands on the screen, without colours."""
        piped = self.process.stdout.read().decode() if self.process.stdout else ""
        with suppress(OSError):  # how Linux says that nobody is at the other end any more
            while piece := os.read(self._master, 65536):
                self.screen += piece.decode()
        os.close(self._master)
        code = self.process.wait(timeout=60)
        if self.process.stdout:
            self.process.stdout.close()
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.screen)
        return code, piped + plain.replace("\r\n", "\n")


def test_a_terminal_gets_a_table(sandbox: Sandbox) -> None:
    code, screen = Terminal(account(sandbox), *STICKERS, "--page-size", "2").finish()
    assert code == 0
    assert screen.startswith("id ")
    assert "Page 1 of 19, 38 in total; --all brings them all." in screen
    assert max(map(len, screen.splitlines())) <= 80


def test_a_long_walk_shows_its_progress(sandbox: Sandbox) -> None:
    # Rich draws ten times a second; pages that take their time are sure to be drawn.
    sandbox.faults.add(DelayFault(0.2, times=None))
    command = (*STICKERS, "--all", "--page-size", "10")
    code, screen = Terminal(account(sandbox), *command, pipe_output=True).finish()
    assert code == 0
    assert re.search(r"Fetching .*[123]0/38", screen)
    assert screen.startswith("{\n")


def test_a_secret_is_asked_for_and_not_echoed(service: Service) -> None:
    service.answer(200, {"id": "1"})
    command = ("messaging", "post-integrations-line", "--channel-secret", "--name", "A")
    variables = {"GENESYSCLOUD_REGION": service.url, "GENESYSCLOUD_ACCESS_TOKEN": "a"}
    terminal = Terminal(variables, *command, "--output", "json")
    terminal.read_until("Channel secret: ")
    terminal.type("hunter2\n")
    code, screen = terminal.finish()
    assert code == 0
    assert "hunter2" not in screen
    assert service.requests[0].json == {"name": "A", "channelSecret": "hunter2"}


def test_an_interrupted_prompt_ends_quietly(service: Service) -> None:
    terminal = Terminal({}, "messaging", "post-integrations-line", "--channel-secret")
    terminal.read_until("Channel secret: ")
    terminal.type("\x04")
    code, screen = terminal.finish()
    assert code == 130
    assert "Traceback" not in screen
    assert service.requests == []
