"""Which configurations were filled in and never handed to a client.

The vendor's ``Configuration()`` is one object for the whole process, and scripts fill it in and
call through a client that was given none. Here it makes another object each time, so that such a
call would go to another cloud than the one that was meant. When a call lacks something, what was
filled in elsewhere in vain is looked for here.
"""

from __future__ import annotations

import weakref
from typing import ClassVar

from .settings import Origin, Settings

PLACE = ("host", "gateway_configuration", "proxy", "config_file_path", "profile")
"""What says where a call goes."""

CREDENTIALS = ("access_token", "client_id", "client_secret")
"""What says as whom it is made."""


class _Waiting:
    """A configuration that was filled in, and that no client has been given yet.

    Attributes:
        configuration: Refers to it, weakly.
        names: What was filled in.
        by_attribute: Whether that was done by setting an attribute, as the vendor's is filled in.
    """

    # Each is changed in one step, so that threads and forks need no lock.

    default: ClassVar[Settings | None] = None
    """The configuration of clients that are given none."""

    everyone: ClassVar[dict[int, _Waiting]] = {}
    """All of them, by the ``id`` of the configuration."""

    lost: ClassVar[set[str]] = set()
    """What was filled in by attribute on configurations that are gone, such as that of a function
    which was to set everything up."""

    def __init__(self, configuration: Settings) -> None:
        self.configuration = weakref.ref(configuration, self._note_end)
        self.names: set[str] = set()
        self.by_attribute = False
        self._key = id(configuration)

    def _note_end(self, _: object) -> None:
        if self.everyone.get(self._key) is self:
            del self.everyone[self._key]
            if self.by_attribute:
                self.lost.update(self.names)


def note_filled_in(configuration: Settings, name: str, *, by_attribute: bool) -> None:
    """Note that a setting of a configuration was set in code."""
    if name not in PLACE and name not in CREDENTIALS:
        return
    if "_is_used" in vars(configuration):
        return
    found = _Waiting.everyone.get(id(configuration))
    if found is None:
        found = _Waiting.everyone.setdefault(id(configuration), _Waiting(configuration))
    found.names.add(name)
    found.by_attribute |= by_attribute


def note_use(configuration: Settings) -> None:
    """Note that a configuration was handed to a client, copied or pickled."""
    vars(configuration)["_is_used"] = True
    if _Waiting.everyone.pop(id(configuration), None) is not None:
        _Waiting.lost.clear()  # whoever hands over one that was filled in knows how


def note_default(configuration: Settings) -> None:
    """Note which configuration clients have that are given none."""
    _Waiting.default = configuration


def filled_in_elsewhere(configuration: Settings) -> list[str]:
    """List what other configurations were given in vain, and the default one has from nowhere.

    Nothing if it is another one: who has handed that over has meant it.
    """
    if configuration is not _Waiting.default:
        return []
    found = set(_Waiting.lost)
    for other in list(_Waiting.everyone.values()):
        if other.configuration() is not configuration:
            found |= other.names
    names = [name for name in (*PLACE, *CREDENTIALS) if name in found]
    return [name for name in names if _lacks(configuration, name)]


def _lacks(configuration: Settings, name: str) -> bool:
    if name in configuration.settings():
        return configuration.origin(name) == Origin.DEFAULT
    return not vars(configuration).get(f"_{name}")


def forget_all() -> None:
    """Forget what was noted, for tests that have nothing to do with each other."""
    _Waiting.everyone.clear()
    _Waiting.lost.clear()
