"""Model: annotated fields in, wire maps out; decoding is no part of it."""

import re
import sys
import textwrap
from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from functools import cached_property
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    NamedTuple,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)
from weakref import WeakValueDictionary

from .._wire.json_values import ApiNullValue, field_value, format_plain
from .._wire.names import camel_case, did_you_mean
from .._wire.redaction import MASK, mask_secrets
from .._wire.types import WITHOUT_ZONE, type_name, type_of

if TYPE_CHECKING:
    from inspect import Signature

    from typing_extensions import Self, dataclass_transform
elif sys.version_info >= (3, 11):
    from typing import dataclass_transform
else:

    def dataclass_transform(**_options):
        """Tells type checkers what Python 3.11 has a name for; does nothing."""
        return lambda cls: cls


__all__ = ["JsonKey", "LocalDateTime", "Model", "Secret"]

T = TypeVar("T")

Secret = Annotated[T | None, "secret"]
"""A field that is sent and never shown: ``Secret[str]``, ``Secret[dict[str, str]]``."""

LocalDateTime = Annotated[datetime, WITHOUT_ZONE]
"""A date and time on the clock of wherever it is meant; it is read and sent without a zone."""


class JsonKey(NamedTuple):
    """The wire name of a field, where camelCase of the attribute is not it.

    It stands in the annotation: ``sender: Annotated[str | None, JsonKey("from")] = None``.
    """

    name: str


_LINE_LENGTH = 88


class _Slots(dict[str, str]):
    """The slots of a model; ``help()`` looks here for what is to be said about each of them."""

    model: "type[Model]"

    def __getitem__(self, name: str) -> str:
        from ._introspection import field_descriptions  # only help() and editors need it

        return field_descriptions(self.model).get(name, self.get(name, ""))


def _annotated_in(namespace: dict[str, Any]) -> dict[str, Any]:
    """Give the annotations in the body of a class; what they refer to may not be there yet."""
    if sys.version_info >= (3, 14) and "__annotations__" not in namespace:
        from annotationlib import Format, call_annotate_function, get_annotate_from_class_namespace

        annotate = get_annotate_from_class_namespace(namespace)
        if annotate is None:
            return {}
        try:
            return annotate(Format.VALUE)
        except NameError:
            return call_annotate_function(annotate, Format.FORWARDREF)
    annotated: dict[str, Any] = namespace.get("__annotations__", {})
    return annotated


class _ModelType(type):
    """The type of models: gives every field a slot, and derives the maps from the annotations.

    Slots take less room than a ``__dict__``, are set and read faster, and refuse misspelt names.
    """

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: object
    ) -> "_ModelType":
        annotated = _annotated_in(namespace)
        unset = [name for name in annotated if namespace.get(name, cls) is None]
        fields = [name for name in unset if not _is_constant(annotated[name])]
        own = namespace.get("__slots__", ())
        own = (own,) if isinstance(own, str) else own
        for field in fields:
            del namespace[field]  # Python does not let a slot have a value in the class
        slots = _Slots(dict.fromkeys(fields, ""))
        slots.update(own if isinstance(own, dict) else dict.fromkeys(own, ""))
        model = super().__new__(cls, name, bases, {**namespace, "__slots__": slots}, **options)
        slots.model = cast("type[Model]", model)
        return model

    def __init__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: object
    ) -> None:
        super().__init__(name, bases, namespace, **options)
        if bases:
            _derive_maps(cls)

    @property
    def __signature__(cls) -> "Signature":
        """What ``help()`` and editors show of the constructor."""
        from ._introspection import model_signature  # only help() and editors need it

        return model_signature(cast("type[Model]", cls))


def make_model(name: str, base: "type[Model]", namespace: dict[str, Any]) -> "type[Model]":
    """Make a model of maps that are there already, and need not be derived from annotations.

    Args:
        name: Its name.
        base: ``Model``, or a class with methods and no fields of its own.
        namespace: What stands in the class: the maps of ``Model``, and what else a class has.
    """
    fields = dict.fromkeys(namespace["swagger_types"], "")
    model: Any = _ModelType.__new__(_ModelType, name, (base,), {**namespace, "__slots__": fields})
    for other, field in model._other_names.items():
        setattr(model, other, getattr(model, field))  # the same slot
    return cast("type[Model]", model)


@dataclass_transform(kw_only_default=True)
class Model(metaclass=_ModelType):
    """A wire object: subclasses annotate fields, and the maps are derived from them.

    Every field may be absent; an absent field reads as ``None`` and is not sent. Set a field to
    ``ApiNullValue()`` to send a JSON null.

    Attributes:
        swagger_types: Attribute name to swagger type name.
        attribute_map: Attribute name to wire name.
        secret_fields: The attributes that ``repr`` masks.
    """

    __slots__ = ("__weakref__", "_unknown")

    swagger_types: ClassVar[dict[str, str]] = {}
    attribute_map: ClassVar[dict[str, str]] = {}
    _field_types: ClassVar[dict[str, Any]] = {}
    secret_fields: ClassVar[frozenset[str]] = frozenset()
    _other_names: ClassVar[dict[str, str]] = {}

    if TYPE_CHECKING:
        _unknown: dict[str, Any] | None
    else:  # checkers derive the constructor from the fields, and know their types

        def __init__(self, **fields):
            """Set fields by attribute name; those left out are not sent."""
            for name in self.swagger_types:
                setattr(self, name, fields.pop(name, None))
            self._unknown = None
            for name, value in fields.items():
                self._set_by_other_name(name, value)

        def _set_by_other_name(self, name, value):
            field = self._other_names.get(name)
            if field is None:
                raise TypeError(
                    f"{type(self).__name__} got an unexpected keyword argument "
                    f"{name!r}{did_you_mean(name, self.swagger_types)}"
                )
            if value is not None and getattr(self, field) is not None:
                raise TypeError(f"{type(self).__name__}: {name} and {field} are the same; give one")
            if value is not None:
                setattr(self, field, value)

        def __reduce_ex__(self, protocol):
            return super().__reduce_ex__(max(protocol, 2))  # the first to know slots

        def __setstate__(self, state):
            # A field that came later is not in an old pickle. A subclass may want arguments.
            Model.__init__(self)
            attributes, slots = state
            if attributes:  # of a subclass that has a __dict__
                vars(self).update(attributes)
            for name, value in slots.items():
                setattr(self, name, value)

    @property
    def additional_properties(self) -> dict[str, Any]:
        """Fields that came and that this version does not know, by wire name; sent back as is."""
        unknown: dict[str, Any] | None = getattr(self, "_unknown", None)
        if unknown is None:
            unknown = self._unknown = {}
        return unknown

    @additional_properties.setter
    def additional_properties(self, unknown: dict[str, Any]) -> None:
        self._unknown = unknown

    @classmethod
    def from_dict(cls, wire: dict[str, Any]) -> "Self":
        """Build the model from a JSON object.

        Args:
            wire: The object, by wire names.

        Raises:
            ValueError: A value does not fit the type of its field.
        """
        # Imported here for the sake of start-up time: a decoder is needed with the first response.
        from .._wire.decoder import decode

        model: Self = decode(wire, cls)
        return model

    def to_dict(self) -> dict[str, Any]:
        """Give the content as plain dicts and lists, secrets included.

        Returns:
            Every field by attribute name, ``None`` where it is unset, and the additional
            properties by wire name.
        """
        known, unknown = self._content()
        fields: dict[str, Any] = dict.fromkeys(self.swagger_types)
        fields |= {name: _to_plain(value) for name, value in known.items()}
        for name, value in unknown.items():
            if fields.get(name) is None:
                fields[name] = value
        return fields

    def to_json(self) -> str:
        """Give the content of ``to_dict`` as JSON text: null where unset, secrets included.

        What would be sent is ``ApiClient.sanitize_for_serialization(model)``.
        """
        return format_plain(self.to_dict())

    def to_str(self) -> str:
        """Give the text that ``print`` shows: what is set, secrets masked."""
        return repr(self)

    def __repr__(self) -> str:
        try:
            return self._describe()
        except RecursionError:  # what is not too deep to be read is not too deep to be shown
            return f"{type(self).__name__}(...)"

    def _repr_html_(self) -> str:
        """Give the table that a notebook shows: what is set, secrets masked."""
        from ._html import model_table  # only notebooks need it

        try:
            return model_table(self)
        except RecursionError:  # as above
            return f"{type(self).__name__}(...)"

    def _describe(self) -> str:
        known, unknown = self._content()
        parts = [f"{name}={self._shown(name, value)}" for name, value in known.items()]
        if unknown:
            parts.append(f"additional_properties={mask_secrets(unknown)!r}")
        return _layout(f"{type(self).__name__}(", parts, ")")

    def _shown(self, name: str, value: Any) -> str:
        if name in self.secret_fields and not isinstance(value, ApiNullValue):
            return repr(MASK)
        if isinstance(value, dict):
            return repr(mask_secrets(value))
        if isinstance(value, (list, tuple)):
            return _layout("[", [repr(mask_secrets(item)) for item in value], "]")
        return repr(value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or type(other) is not type(self):
            return NotImplemented
        return _is_same(self._content(), other._content())

    def _content(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What was set, and what came besides."""
        values = ((name, field_value(self, name)) for name in self.swagger_types)
        known = {name: value for name, value in values if value is not None}
        return known, getattr(self, "_unknown", None) or {}


def _is_constant(hint: Any) -> bool:
    if isinstance(hint, str):
        return re.match(r"(\w+\.)?ClassVar\b", hint) is not None
    return getattr(hint, "__origin__", hint) is ClassVar


def _hints_of(cls: Any) -> dict[str, Any]:
    """Give the annotations of a model and its bases."""
    hints: dict[str, Any] = {}
    # localns lets a model refer to itself before its name is bound in the module.
    names = {cls.__name__: cls}
    try:
        for base in reversed(cls.__mro__):
            if isinstance(base, _ModelType):
                hints.update(base.__annotations__)
    except NameError:
        if sys.version_info >= (3, 14):  # before, a name without quotes had to be there
            from annotationlib import Format

            return get_type_hints(cls, None, names, include_extras=True, format=Format.FORWARDREF)
        raise
    # get_type_hints takes its time, and only annotations that are text need it.
    if any(isinstance(hint, str) for hint in hints.values()):
        hints = get_type_hints(cls, localns=names, include_extras=True)
    return hints


def _derive_maps(cls: Any) -> None:
    """Derive the maps of a model from its annotations, and note its name."""
    hints = _hints_of(cls)
    fields = {name: hint for name, hint in hints.items() if not _is_constant(hint)}
    cls._field_types = {name: _field_type(cls, name, hint) for name, hint in fields.items()}
    cls.swagger_types = {name: type_name(one) for name, one in cls._field_types.items()}
    cls.attribute_map = _wire_names(cls, fields)
    for name in fields:
        _check_place(cls, name)
    cls.secret_fields = frozenset(name for name, hint in fields.items() if _is_secret(hint))
    if cls.__module__.partition(".")[0] != __name__.partition(".")[0]:
        _check_cached_properties(cls)
        user_models[cls.__name__] = cls


def _wire_names(cls: Any, fields: dict[str, Any]) -> dict[str, str]:
    """The wire name of each field: as annotated, or as in the base class, or in camelCase."""
    known: dict[str, str] = {}
    for base in reversed(cls.__mro__[1:]):
        known.update(vars(base).get("attribute_map", ()))
    found = {name: _json_key(hint) or known.get(name) for name, hint in fields.items()}
    wire_names = {name: key or camel_case(name) for name, key in found.items()}
    if len(set(wire_names.values())) < len(wire_names):
        raise TypeError(f"{cls.__name__}: two fields have the same wire name: {wire_names}")
    return wire_names


def _json_key(hint: Any) -> str | None:
    return next((mark.name for mark in _marks(hint) if isinstance(mark, JsonKey)), None)


def _marks(hint: Any) -> tuple[Any, ...]:
    """What an annotation says besides the type, be it of the whole or of what may be ``None``."""
    if get_origin(hint) is Annotated:
        return (*hint.__metadata__, *_marks(get_args(hint)[0]))
    if get_origin(hint) in (Union, UnionType):
        return tuple(mark for choice in get_args(hint) for mark in _marks(choice))
    return ()


def _field_type(cls: Any, name: str, hint: Any) -> Any:
    inherited = (vars(base).get("swagger_types", ()) for base in cls.__mro__[1:])
    if name in vars(Model) and not any(name in one for one in inherited):
        raise TypeError(f"{cls.__name__}, {name}: every model has an attribute of this name")
    try:
        return type_of(hint)
    except (TypeError, LookupError):
        raise TypeError(
            f"{cls.__name__}, {name}: {hint} is not a type that a model field can have"
        ) from None


def _check_place(cls: Any, name: str) -> None:
    """Check that a field can be set: that nothing has come between it and its slot."""
    place = getattr(cls, name, None)
    if not hasattr(place, "__set__") or getattr(place, "fset", place) is None:
        raise TypeError(
            f"{cls.__name__}, {name}: a field has the default None, and nothing in its place but a "
            "property with a setter; set another default in __init__, or declare a ClassVar"
        )


def _check_cached_properties(cls: Any) -> None:
    for name, value in vars(cls).items():
        if isinstance(value, cached_property) and not cls.__dictoffset__:
            raise TypeError(
                f"{cls.__name__}, {name}: a model has no place for a cached_property; "
                "write property, or give the class __slots__ = ('__dict__',)"
            )


user_models: WeakValueDictionary[str, type[Model]] = WeakValueDictionary()
"""The models that are defined elsewhere, by name; of two with the same, the later one."""


def _is_secret(hint: Any) -> bool:
    return "secret" in _marks(hint)


def _is_same(one: Any, other: Any) -> bool:
    """Whether two values are sent alike: a tuple is as a list is."""
    if one is other:
        return True
    pairs: Iterable[tuple[Any, Any]]
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        if len(one) != len(other):
            return False
        pairs = zip(one, other, strict=True)
    elif isinstance(one, dict) and isinstance(other, dict):
        if one.keys() != other.keys():
            return False
        pairs = ((item, other[name]) for name, item in one.items())
    else:
        return bool(one == other)
    # Each is looked at once: twice a level would be a million times twenty levels down.
    for item, counterpart in pairs:  # noqa: SIM110  # all() would take two frames a level
        if not _is_same(item, counterpart):
            return False
    return True


def _to_plain(value: Any) -> Any:
    if value.__class__ is str:
        return value
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, (list, tuple)):
        return [_to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _to_plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return _to_plain(value.value)
    return None if isinstance(value, ApiNullValue) else value


def _layout(opening: str, parts: list[str], closing: str) -> str:
    """On one line if that is short, else one part a line, indented."""
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) <= _LINE_LENGTH and "\n" not in line:
        return line
    indented = textwrap.indent("".join(f"{part},\n" for part in parts), "    ")
    return f"{opening}\n{indented}{closing}"
