"""Settings that a configuration file may hold, which is read when one is first needed."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .checks import checked, file_path, optional, string
from .settings import FileValues, Settings

if TYPE_CHECKING:
    from .file import FileContent

_LOOK_EVERY = 1.0
"""Seconds between two looks at the configuration file."""


class FileSettings(Settings):
    """Settings with a configuration file behind them."""

    live_reload_config: bool

    @property
    def config_file_path(self) -> str:
        """The configuration file; `~/.genesyscloudpython/config` by default."""
        named: str | None = self.__dict__.get("_config_file_path")
        return named or default_path()

    @config_file_path.setter
    def config_file_path(self, path: str) -> None:
        self._take(checked("config_file_path", file_path, path), self.profile)

    @property
    def profile(self) -> str | None:
        """The `NAME` of the section `[profile NAME]` of the configuration file to use, if any."""
        return self.__dict__.get("_profile")

    @profile.setter
    def profile(self, name: str | None) -> None:
        name = checked("profile", optional(string), name)
        self._take(self.__dict__.get("_config_file_path"), name)

    def _take(self, named: str | None, profile: str | None) -> FileValues:
        """Read the file; what was before stays if it cannot be used."""
        path = named or default_path()
        signature = file_signature(path)
        if signature is not None or named:
            values = self._read(path, profile)
        elif profile:
            raise ValueError(f"{path}: there is no profile {profile!r}, as there is no such file")
        else:  # nobody has named a file, and this user cannot even see that at home
            values = FileValues()
        self.__dict__.update(
            _config_file_path=named, _profile=profile, _signature=signature, _file_values=values
        )
        return values

    def _read(self, path: str, profile: str | None) -> FileValues:
        # Imported here for the sake of start-up time: many programs have no file.
        from .file import read_file

        return self.read_values(read_file(path), profile)

    def read_values(self, content: FileContent, profile: str | None) -> FileValues:
        """Find the values of the settings in what stands in the file.

        Raises:
            ValueError: The file cannot be used; the message names file, section and key.
        """
        raise NotImplementedError

    def forget_file(self) -> None:
        """Read the configuration file anew when a setting is next needed."""
        self._file_values: FileValues | None = None
        self._signature: tuple[int, ...] | None = None
        self._next_look = 0.0

    def file_values(self) -> FileValues:
        """Give what the configuration file says, by attribute; it is read if need be.

        Raises:
            ValueError: The file cannot be used; the message names file, section and key.
        """
        values = self._file_values
        if values is None:
            self._next_look = time.monotonic() + _LOOK_EVERY
            values = self._take(self.__dict__.get("_config_file_path"), self.profile)
        return values

    def profile_values(self) -> Mapping[str, Any]:
        """Give what the profile says, by attribute; nothing if none is chosen."""
        return self.file_values().profile_values if self.__dict__.get("_profile") else {}

    def reload(self) -> None:
        """Take over what has changed in the configuration file; every call begins with this.

        The file is looked at no more than once a second. One that cannot be used is warned of, and
        what it said before goes on counting: a program that runs at night should not stop because
        somebody is half-way through editing.

        Raises:
            ValueError: The file is read for the first time, and cannot be used.
        """
        self.file_values()
        now = time.monotonic()
        # Where a clock has stepped back, the next look would be far ahead.
        if now < self._next_look <= now + _LOOK_EVERY or not self.live_reload_config:
            return
        self._next_look = now + _LOOK_EVERY
        path = self.config_file_path
        signature = file_signature(path)
        if signature == self._signature:
            return
        self._signature = signature
        try:
            if signature is None or signature[1] == 0:
                # Perhaps it is just being written anew: the default host would be another one.
                raise ValueError(f"{path}: there is nothing in it any more")
            self._file_values = self._read(path, self.profile)
        except ValueError as error:
            self.note_problem(f"the configuration stays as it was: {error}")

    def note_problem(self, problem: str) -> None:
        """Tell of a file that has become unusable."""
        # Imported here for the sake of start-up time: few files become unusable.
        from .._wire.callers import warn_caller

        warn_caller(problem, RuntimeWarning)


def default_path() -> str:
    """Give the place of the configuration file in the home directory."""
    try:
        home = os.environ.get("HOME") or Path.home()
    except RuntimeError:  # a user without a home directory, as there are in containers
        home = "~"
    return str(Path(home, ".genesyscloudpython", "config"))


def file_signature(path: str) -> tuple[int, ...] | None:
    """Give what changes when a file is written, or ``None`` if there is no such file."""
    try:
        status = Path(path).stat()
    except OSError as error:
        if error.errno is None:  # none of the system's, but from a caller's signal handler
            raise
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
