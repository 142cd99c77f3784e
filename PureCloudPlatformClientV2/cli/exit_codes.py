"""What the exit code of a command says to a script."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    def __new__(cls, value: int, description: str) -> ExitCode:
        """Make a member from its number and what it means."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member

    description: str

    DONE = 0, "Done."
    REFUSED = 1, "The service refused the call."
    WRONG_USE = 2, "Wrong use: an option, an argument or a setting; nothing was sent."
    NOT_SIGNED_IN = 3, "Not signed in: there are no credentials, or the service does not know them."
    NOT_REACHED = 4, "The service was not reached, or its response cannot be used."
    OUTCOME_UNKNOWN = 5, "A write may have been carried out: look before you send it again."
    NOT_WRITTEN = (
        74,
        "The output cannot be written, as on a full disk; the call, if there was one, is done.",
    )
    INTERRUPTED = 130, "Ctrl-C."
    CLOSED_PIPE = 141, "Whoever read the output has gone, as with `| head`."
