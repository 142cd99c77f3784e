"""Finds the one entity of a listing that has a certain name."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Set
from difflib import SequenceMatcher
from enum import Enum
from operator import itemgetter
from typing import Any, TypeVar, cast, overload
from uuid import UUID

from ._paging.signatures import read_signature
from ._wire.callers import parameters_of
from ._wire.names import camel_case, did_you_mean
from ._wire.redaction import MASK, is_secret_name
from ._wire.types import DictOf, model_of
from .exceptions import ApiException, BadRequestException, NotFoundException, told
from .pagination import EntityIterator, OtherPage, Page, paginate

__all__ = ["find_one"]

T = TypeVar("T")

_MOST_SHOWN = 5
"""How many candidates the text of an exception names."""

_LONGEST = 100
"""How many characters of a name it shows."""

_LIKENESS = 0.6
"""How much a name must be like the one that is looked for to be suggested, from 0 to 1."""


@overload
def find_one(
    method: Callable[..., Page[T]],
    *args: Any,
    name: str | None = None,
    exact: bool = False,
    items: None = None,
    **kwargs: Any,
) -> T: ...


@overload
def find_one(
    method: Callable[..., OtherPage[T]],
    *args: Any,
    name: str | None = None,
    exact: bool = False,
    items: None = None,
    **kwargs: Any,
) -> T: ...


@overload
def find_one(
    method: Callable[..., Mapping[str, Any]],
    *args: Any,
    name: str | None = None,
    exact: bool = False,
    items: None = None,
    **kwargs: Any,
) -> Any: ...


@overload
def find_one(
    method: Callable[..., object],
    *args: Any,
    name: str | None = None,
    exact: bool = False,
    items: str,
    **kwargs: Any,
) -> Any: ...


def find_one(
    method: Callable[..., Any],
    *args: Any,
    name: str | None = None,
    exact: bool = False,
    items: str | None = None,
    **kwargs: Any,
) -> Any:
    """Find the one entity of a listing that has a certain name.

    >>> queue = find_one(routing_api.get_routing_queues, name="Support")
    >>> user = find_one(users_api.get_users, email="ann@example.com", page_size=100)

    Where the method takes ``name``, the service is asked for that first; what such a filter means
    differs from method to method, so names are compared here as well. Only where it brings none, or
    the service refuses it, the whole listing is walked.

    An entity whose name is the very same is preferred. Without one, capitals, blanks around it and
    the form of accents (Unicode's normal forms) make no difference.

    Args:
        method: A method that returns a page of a listing.
        *args: Positional arguments of the method, such as an id in its path, or the body of a
            search.
        name: The name.
        exact: Whether capitals, blanks and the form of accents count.
        items: The list of a page, as for ``paginate``.
        **kwargs: Keyword arguments of the method, such as ``division_id`` or ``page_size``; and
            other fields of the entity to find it by, alone or with its name. What the method takes
            is its filter; all else is compared here, and if there is nothing else, so is that.

    Returns:
        The entity.

    Raises:
        NotFoundException: There is none (status 0); ``candidates`` are those with the most similar
            names.
        ApiException: There are several (status 0); ``candidates`` are they. Or the listing cannot
            be fetched.
        TypeError: The method returns no listing, or neither takes a keyword nor lists entities that
            have a field of its name; or there is nothing to find an entity by.
        ValueError: What it is to be found by is empty.
    """
    walk = cast("EntityIterator[Any]", paginate(method, *args, items=items))
    named = kwargs if name is None else {"name": name, **kwargs}
    signature = read_signature(method)
    takes = signature.by_keyword - {*signature.positional[: len(args)]}
    wanted, arguments = _sorted_out(named, takes, signature.takes_any, walk)
    search = _Search(wanted, exact=exact)
    filters = wanted.keys() & arguments.keys()
    filters -= _required(method) if filters else set()
    try:
        search.look_through(paginate(method, *args, items=items, **arguments))
    except BadRequestException:  # some filters want three letters, or none but letters
        if not filters:
            raise
    if filters and not search.found:
        others = {key: value for key, value in arguments.items() if key not in filters}
        search.look_through(paginate(method, *args, items=items, **others))
    if len(search.found) == 1:
        return search.found[0]
    raise search.failure(walk.method_name)


def _required(method: Callable[..., Any]) -> set[str]:
    """Name the parameters that a method must have."""
    return {one.name for one in parameters_of(method) if one.default is one.empty}


def _sorted_out(
    named: Mapping[str, Any], takes: Set[str], takes_any: bool, walk: EntityIterator[Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tell apart what an entity is to be found by, and what the method is called with."""
    fields = _fields(walk.entity_type())
    arguments: dict[str, Any] = {}
    own: dict[str, Any] = {}
    shared: dict[str, Any] = {}
    for key, value in named.items():
        is_field = fields is None or key in fields
        is_argument = key in takes or takes_any or key.startswith("_")
        if is_argument:
            arguments[key] = value
        if not is_field and (key == "name" or not is_argument):
            hint = did_you_mean(key, [*(fields or ()), *takes])
            what = f"{walk.method_name} does not list anything that has one{hint}"
            raise TypeError(f"{key}: {what}")
        if key == "name" or not is_argument:
            own[key] = value
        elif is_field:
            shared[key] = value
    # What the method takes may mean something else there: "any", or the beginning of a text.
    wanted = own or {key: value for key, value in shared.items() if isinstance(value, _SINGLE)}
    if not wanted:
        raise TypeError("name: say by what name, or other field, an entity is to be found")
    for key, value in wanted.items():
        _check(key, value)
    return wanted, arguments


def _fields(entity_type: Any) -> set[str] | None:
    """Name the fields of a type; ``None`` for JSON objects, of which nobody knows."""
    model = model_of(entity_type)
    if model is not None:
        return {*model.swagger_types, *model._other_names}
    return None if entity_type in (None, "object") or isinstance(entity_type, DictOf) else set()


_SINGLE = (str, int, float, Enum, UUID)
"""What an entity can be found by."""


def _check(key: str, value: Any) -> None:
    if not isinstance(value, _SINGLE):
        raise TypeError(f"{key}: give one text or number, not {type(value).__name__}")
    if not _folded(value):
        raise ValueError(f"{key}: give what it is to be found by, not an empty text")


class _Search:
    """What has been found so far."""

    def __init__(self, wanted: Mapping[str, Any], *, exact: bool) -> None:
        self._wanted = wanted
        self._exact = exact
        key, value = next(iter(wanted.items()))
        self._key = key
        self._name = _folded(value)
        self._matcher = SequenceMatcher(b=self._name)
        self._same: list[Any] = []
        self._alike: list[Any] = []
        self._near: list[tuple[float, Any]] = []

    @property
    def found(self) -> list[Any]:
        """The entities that it may be."""
        return _once(self._same) or ([] if self._exact else _once(self._alike))

    def look_through(self, entities: Iterable[Any]) -> None:
        """Begin anew with entities."""
        self._same, self._alike, self._near = [], [], []
        for entity in entities:
            pairs = [(_value(entity, key), value) for key, value in self._wanted.items()]
            if all(value is not None and _text(value) == _text(one) for value, one in pairs):
                self._same.append(entity)
                continue
            if all(value is not None and _folded(value) == _folded(one) for value, one in pairs):
                self._alike.append(entity)
            self._note_near(entity, pairs[0][0])

    def _note_near(self, entity: Any, value: Any) -> None:
        if not isinstance(value, str):
            return
        name, matcher = _folded(value), self._matcher
        matcher.set_seq1(name)
        likeness = 0.0
        if matcher.real_quick_ratio() >= _LIKENESS and matcher.quick_ratio() >= _LIKENESS:
            likeness = matcher.ratio()
        if self._name in name:
            likeness = max(likeness, _LIKENESS)
        if likeness >= _LIKENESS:
            self._near.append((likeness, entity))
            self._near.sort(key=itemgetter(0), reverse=True)
            del self._near[_MOST_SHOWN:]

    def failure(self, method_name: str) -> ApiException:
        """Make the exception that says what there is instead of one."""
        pairs = self._wanted.items()
        what = " and ".join(f"{key} is {_shown(key, value)}" for key, value in pairs)
        if self.found:
            text = f"{method_name} lists {len(self.found)} whose {what}: {self._list(self.found)}"
            return _with(ApiException, text, self.found)
        near = _once(entity for _, entity in self._near)
        hint = f"; did you mean {self._list(near)}?" if near else ""
        return _with(NotFoundException, f"{method_name} lists none whose {what}{hint}", near)

    def _list(self, entities: list[Any]) -> str:
        texts = [
            f"{_shown(self._key, _value(entity, self._key))} (id {_value(entity, 'id')})"
            for entity in entities[:_MOST_SHOWN]
        ]
        more = len(entities) - len(texts)
        return f"{', '.join(texts)} and {more} more" if more else ", ".join(texts)


def _once(entities: Iterable[Any]) -> list[Any]:
    """Leave out what has come twice: entities move from page to page when others are made."""
    seen: dict[str, Any] = {}
    once: list[Any] = []
    for entity in entities:
        key = _value(entity, "id")
        # Two of the same id are not one where they differ, as versions of a flow do.
        if key is None or seen.get(_text(key)) != entity:
            once.append(entity)
            seen[_text(key)] = entity
    return once


def _with(kind: type[ApiException], text: str, candidates: list[Any]) -> ApiException:
    failure = told(kind, text)
    failure.candidates = candidates
    return failure


def _value(entity: Any, key: str) -> Any:
    """Give a field of a model, or of a JSON object by either of its names."""
    if isinstance(entity, Mapping):
        return entity.get(camel_case(key), entity.get(key))
    return getattr(entity, key, None)


def _text(value: Any) -> str:
    return str(value.value if isinstance(value, Enum) else value)


def _folded(value: Any) -> str:
    """Give a text without what makes no difference."""
    text = unicodedata.normalize("NFKC", _text(value)).casefold()
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _shown(key: str, value: Any) -> str:
    if is_secret_name(key):
        return MASK
    text = _text(value)
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")
