"""What a forked child must not share with its parent: locks, pools and sockets."""

from __future__ import annotations

import os
import socket
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol

    class _Forkable(Protocol):
        def forget_parent(self) -> None:
            """Let go of whatever a forked child must not share with its parent."""


_forkables: weakref.WeakSet[_Forkable] = weakref.WeakSet()
_sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()


def forget_on_fork(forkable: _Forkable) -> None:
    """Have ``forget_parent`` called in a child process, before anything else happens there."""
    _forkables.add(forkable)


def close_on_fork(sock: object) -> None:
    """Have a socket closed in a child process; what only stands for one is left to itself."""
    if isinstance(sock, socket.socket):
        _sockets.add(sock)


def _in_forked_child() -> None:
    for sock in list(_sockets):
        # Closed, but not shut down: the connection goes on in the parent.
        descriptor = sock.detach()
        if descriptor >= 0:
            os.close(descriptor)
    _sockets.clear()
    for forkable in list(_forkables):
        forkable.forget_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_forked_child)
