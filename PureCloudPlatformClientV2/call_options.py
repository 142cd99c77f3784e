"""What every call accepts besides its own parameters."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from .settings import RequestTimeout, did_you_mean

if TYPE_CHECKING:
    from typing_extensions import Unpack as Unpack
elif sys.version_info >= (3, 11):
    from typing import Unpack as Unpack
else:

    class Unpack:
        """Stands in for ``typing.Unpack``, so that signatures can be evaluated on 3.10 as well."""

        def __class_getitem__(cls, options):
            return options


class CallOptions(TypedDict, total=False):
    """What every call accepts besides its own parameters.

    Attributes:
        callback: Makes the call in a thread of its own and hands the result to this function;
            the method then returns the ``threading.Thread`` at once. An exception ends the thread
            and is reported by ``threading.excepthook``.
        _request_timeout: Seconds for connecting and for each wait between bytes, or a
            (connect, read) pair of seconds; ``configuration.request_timeout`` if omitted.
        _deadline: Seconds for the whole call, retries and the pauses between them included;
            ``configuration.deadline`` if omitted.
        _headers: Extra headers for this call; they replace others of the same name.
    """

    callback: Callable[[Any], object] | None
    _request_timeout: RequestTimeout | None
    _deadline: float | None
    _headers: Mapping[str, str | bytes] | None


def check_options(options: CallOptions) -> CallOptions:
    """Check the per-call settings of the method that calls this function.

    Args:
        options: What was given besides the method's own parameters.

    Returns:
        The same.

    Raises:
        TypeError: There is no such setting.
    """
    for name in options:
        if name not in CallOptions.__annotations__:
            # The caller's frame knows what the method is called and what it takes.
            method = sys._getframe(1).f_code  # pyright: ignore[reportPrivateUsage] - documented
            parameters = method.co_varnames[1 : method.co_argcount + method.co_kwonlyargcount]
            known = (*parameters, *CallOptions.__annotations__)
            raise TypeError(
                f"{method.co_name} got an unexpected keyword argument "
                f"{name!r}{did_you_mean(name, known)}"
            )
    return options
