"""The configuration file: INI or JSON, sections of keys, as the vendor's SDK has it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .checks import checked
from .settings import FileValues, Setting

_PROFILE = "profile "
"""What the name of a section begins with that is a profile."""

_IN_PROFILES = ("general", "reauthentication")
"""The sections whose keys a profile may have."""

_CREDENTIALS = frozenset({"access_token", "client_id", "client_secret"})


class FileContent:
    """What stands in a configuration file, out of sight of tools that show local variables."""

    def __init__(self, path: str, sections: Mapping[str, Mapping[str, Any]]) -> None:
        """Hold the values by section and key: text in INI, any JSON value in JSON."""
        self.path = path
        self.sections = sections

    def __repr__(self) -> str:
        return f"FileContent({self.path!r})"

    def profiles(self) -> list[str]:
        """List the names of the profiles."""
        return [one[len(_PROFILE) :] for one in self.sections if one.startswith(_PROFILE)]

    def check_profile(self, profile: str | None) -> None:
        """Check that there is a profile of a name, if one is given.

        Raises:
            ValueError: There is none; the message names those that there are.
        """
        names = self.profiles()
        if profile is not None and profile not in names:
            choice = f"choose one of {', '.join(names)}" if names else "there are none in it"
            raise ValueError(f"{self.path}: there is no profile {profile!r}; {choice}")

    def check_keys(self, settings: Iterable[Setting]) -> None:
        """Check that every key of a known section is one of a setting.

        Sections that no setting knows are left alone: they are for other programs.

        Raises:
            ValueError: There is another key; the message names those that there are.
        """
        known: dict[str, list[str]] = {}
        for one in settings:
            known.setdefault(one.section, []).append(one.key)
        of_profiles = [key for section in _IN_PROFILES for key in known.get(section, [])]
        known |= {_PROFILE + name: of_profiles for name in self.profiles()}
        for section, values in self.sections.items():
            for key in values:
                if section in known and key not in known[section]:
                    raise ValueError(
                        f"{self._place(section, key)}: there is no such key; "
                        f"choose one of {', '.join(known[section])}"
                    )

    def values(self, settings: Sequence[Setting], profile: str | None = None) -> FileValues:
        """Give what the file says about settings, by attribute.

        Args:
            settings: The settings.
            profile: The profile that overrides the sections ``general`` and
                ``reauthentication``, if any.

        Raises:
            ValueError: A value cannot be used; the message names file, section and key.
        """
        found = FileValues()
        for one in settings:
            if one.key in self.sections.get(one.section, {}):
                found[one.name] = self._value(one, one.section)
        if profile is not None:
            found.profile_values = self._profile_values(settings, _PROFILE + profile)
            found.update(found.profile_values)
        return found

    def _profile_values(self, settings: Sequence[Setting], section: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        keys = self.sections.get(section, {}).keys()
        for one in settings:
            if one.section not in _IN_PROFILES:
                continue
            if one.key in keys:
                found[one.name] = self._value(one, section)
            elif one.key in _CREDENTIALS and not keys.isdisjoint({"host", *_CREDENTIALS}):
                # Host and credentials belong together: those of one organisation are of no use
                # beside, and should not be shown to, another.
                found[one.name] = one.default
        return found

    def _value(self, one: Setting, section: str) -> Any:
        try:
            place = self._place(section, one.key)
            return checked(place, one.value_of, self.sections[section][one.key])
        except TypeError as error:
            raise ValueError(str(error)) from None

    def _place(self, section: str, key: str) -> str:
        return f"{self.path}, section {section}, key {key}"


def read_file(path: str) -> FileContent:
    """Read a configuration file.

    Raises:
        ValueError: It does not exist, cannot be read, or is neither INI nor JSON; the message says
            where.
    """
    try:
        return FileContent(path, _parse(path))
    except FileNotFoundError as error:
        if error.errno is None:  # none of the system's, but from a caller's signal handler
            raise
        raise ValueError(f"{path}: there is no such configuration file") from error
    except OSError as error:
        if error.errno is None:  # none of the system's, but from a caller's signal handler
            raise
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not text in UTF-8") from None
    except ValueError as error:
        # Anew, as the frames below have the text of the file.
        raise ValueError(str(error)) from None


def _parse(path: str) -> dict[str, dict[str, Any]]:
    text = Path(path).read_text(encoding="utf-8-sig")
    return (_parse_json if _is_json(text) else _parse_ini)(path, text)


# What a parser quotes of the file may be a secret, so the messages below are our own.


def _is_json(text: str) -> bool:
    if text.lstrip().startswith("["):  # an array, or the section of an INI file
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return False
        return True
    return text.lstrip().startswith("{")


class _JsonObject(dict[str, Any]):
    """An object that remembers a key which stands in it twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.twice = next((key for key in self if keys.count(key) > 1), None)


def _parse_json(path: str, text: str) -> dict[str, dict[str, Any]]:
    try:
        content = json.loads(text, object_pairs_hook=_JsonObject)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{path}: not JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except ValueError:
        raise ValueError(f"{path}: not JSON: a number has too many digits") from None
    except RecursionError:
        raise ValueError(f"{path}: the JSON is nested too deeply") from None
    if not isinstance(content, _JsonObject):
        raise ValueError(f"{path}: give a JSON object of sections")
    if content.twice is not None:
        raise ValueError(f"{path}, section {content.twice}: given twice")
    for section, values in content.items():
        if not isinstance(values, _JsonObject):
            raise ValueError(f"{path}, section {section}: give a JSON object of keys and values")
        if values.twice is not None:
            raise ValueError(f"{path}, section {section}, key {values.twice}: given twice")
    # A pair of time limits is a list in JSON.
    return {
        section: {
            key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
        }
        for section, values in content.items()
    }


def _parse_ini(path: str, text: str) -> dict[str, dict[str, Any]]:
    # Imported here for the sake of start-up time: only who has such a file needs it.
    import configparser

    parser = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        parser.read_string(text)
    except configparser.DuplicateOptionError as error:
        raise ValueError(
            f"{path}, section {error.section}, key {error.option}: given twice, "
            f"again at line {error.lineno}"
        ) from None
    except configparser.DuplicateSectionError as error:
        raise ValueError(
            f"{path}, section {error.section}: given twice, again at line {error.lineno}"
        ) from None
    except configparser.MissingSectionHeaderError as error:
        raise ValueError(
            f"{path}: neither JSON nor INI: line {error.lineno} stands before any [section]"
        ) from None
    except configparser.ParsingError as error:
        lines = ", ".join(str(number) for number, _ in error.errors)
        raise ValueError(f"{path}: line {lines}: neither a [section] nor key = value") from None
    content = {section: dict(parser[section]) for section in parser.sections()}
    for section, values in content.items():
        for key, value in values.items():
            if "\n" in value:  # an indented line continues the value before it
                raise ValueError(
                    f"{path}, section {section}, key {key}: the value goes over several lines; "
                    "begin every line at its left edge"
                )
    return content
