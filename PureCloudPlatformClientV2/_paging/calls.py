"""A listing method with its arguments, called for one place after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from .bodies import is_model, keep_body, kept, put_field, read_field
from .links import at_link
from .places import COUNTED, STARTS, Place, is_cursor
from .signatures import fields_of, read_signature, returned_model, unwrap

IN_BODY = (
    ("page_number", ("pageNumber",)),
    ("page_number", ("paging", "pageNumber")),
    ("cursor", ("cursor",)),
    ("after", ("after",)),
)
"""Where the body of a query may say its place, by wire names."""


class Call:
    """A listing method with its arguments."""

    def __init__(
        self, method: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> None:
        """Take over the arguments, as they are now.

        Args:
            method: The method.
            args: Its positional arguments.
            kwargs: Its keyword arguments.

        Raises:
            TypeError: The method is one that changes something.
        """
        method, args, kwargs = _unfold(method, args, kwargs)
        innermost = unwrap(method)
        self.name: str = getattr(innermost, "__name__", "method")
        self._is_endpoint = hasattr(getattr(innermost, "__self__", None), "api_client")
        if self._is_endpoint and self.name.startswith(("put_", "patch_", "delete_")):
            raise TypeError(f"method: paginate only asks, and {self.name} changes something")
        self._method = method
        self._signature = read_signature(method)
        positions = enumerate(self._signature.positional[: len(args)])
        self._positions = {name: position for position, name in positions}
        self._args = [kept(value) for value in args]
        self._kwargs = {name: kept(value) for name, value in kwargs.items()}
        self._starts = {name: self._argument(name) for name in STARTS}
        for name in COUNTED:  # each call says its own
            self._kwargs.pop(name, None)
        self._body = keep_body(self._argument("body"))
        fields = fields_of(self._body, innermost) if self._has_parameter("body") else set[str]()
        self._in_body = self._find_in_body(fields)
        names = {*self._signature.by_keyword, *self._positions, *self._kwargs, *self._in_body}
        self.takes_cursors: bool = self._signature.takes_any or any(map(is_cursor, names))
        queries = self._has_parameter("page_size") or "pageSize" in fields
        asks = ("get_", "post_") if queries else ("get_",)
        self._may_follow = self._is_endpoint and self.name.startswith(asks)
        self._kind: Any = None  # of what it returns

    def _find_in_body(self, fields: set[str]) -> dict[str, tuple[str, ...]]:
        """Find where in its body it says a place: a number, or else a cursor."""
        for name, path in IN_BODY:
            if path[0] in fields and not self._has_parameter(name):
                return {name: path}
        return {}

    def _argument(self, name: str) -> Any:
        if name in self._positions:
            return self._args[self._positions[name]]
        return self._kwargs.get(name)

    def _has_parameter(self, name: str) -> bool:
        return name in self._signature.by_keyword or name in self._positions or name in self._kwargs

    def takes(self, name: str) -> bool:
        """Whether a place in the listing can be said by this parameter."""
        return self._has_own(name) or self._signature.takes_any

    def _has_own(self, name: str) -> bool:
        is_given = self._starts.get(name) is not None
        return is_given or self._has_parameter(name) or name in self._in_body

    def can_follow(self, link: str) -> bool:
        """Whether it can be called for a link that none of its parameters leads to.

        A query can, and nothing that may change something.
        """
        is_known = self._kind is object or is_model(self._kind)
        return self._may_follow and is_known and link.startswith("/")

    @property
    def page_size(self) -> int | None:
        """How many there are to be on a page, if that was said."""
        sizes = (
            self._argument("page_size"),
            read_field(self._body, "pageSize"),
            read_field(self._body, "paging", "pageSize"),
        )
        return next((size for size in sizes if isinstance(size, int)), None)

    def first_place(self) -> Place:
        """Say where the walk begins.

        Raises:
            ValueError: The number of the first page, or the index of the first entity, is none.
        """
        starts = {name: value for name, value in self._starts.items() if value is not None}
        for name, path in self._in_body.items():
            said = read_field(self._body, *path)
            if said is not None:
                starts[name] = said
        for name in COUNTED:
            _check_count(name, starts.get(name, 1))
        # What a function of a caller's own has by the name of a cursor may be anything.
        has_cursor = self._is_endpoint and not starts.keys() <= COUNTED.keys()
        if "page_number" not in starts and (has_cursor or not self.takes("page_number")):
            return Place({"start_index": 1} | starts if self._has_own("start_index") else starts)
        # An endpoint that takes a cursor as well begins as the service likes it.
        has_choice = self._is_endpoint and any(map(self._has_own, ("cursor", "after", "next_page")))
        is_bodiless = "page_number" in self._in_body and self._body is None
        if not has_choice and not is_bodiless:
            starts.setdefault("page_number", 1)
        return Place(starts, starts.get("page_number", 1))

    def returns(self) -> Any:
        """Tell what model it returns, as far as it says."""
        return returned_model(self._method)

    def fetch(self, place: Place) -> Any:
        """Make the call for a place."""
        args, kwargs, body = [*self._args], {**self._kwargs}, self._body
        arguments: dict[str, Any] = {}
        for name, value in place.values.items():
            if name in self._in_body:
                body = put_field(body, value, *self._in_body[name])
            else:
                arguments[name] = value
        if body is not None:
            arguments["body"] = body
        for name, value in arguments.items():
            if name in self._positions:
                args[self._positions[name]] = value
            else:
                kwargs[name] = value
        if place.link is not None:
            return at_link(self._method, place.link, self._kind)(*args, **kwargs)
        returned = self._method(*args, **kwargs)
        self._kind = object if isinstance(returned, Mapping) else type(returned)
        return returned


def _unfold(
    method: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[Callable[..., Any], tuple[Any, ...], Mapping[str, Any]]:
    """Take the arguments out of a ``partial``, where they could not be told apart."""
    while isinstance(method, partial):
        method, args, kwargs = method.func, method.args + args, {**method.keywords, **kwargs}
    return method, args, kwargs


def _check_count(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        what = COUNTED[name]
        raise ValueError(f"{name}: give the number of {what} from 1 up, not {value!r}")
