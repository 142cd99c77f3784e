"""Model: annotated fields in, wire maps and a decode plan out."""

import sys
import textwrap
from datetime import date, datetime
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from ..logger import MASK, mask_secrets
from ..serialization import (
    ApiNullValue,
    Decoder,
    WrongShapeError,
    decode,
    decoder_for,
    format_json,
    register,
)

if TYPE_CHECKING:
    from typing_extensions import Self, dataclass_transform
elif sys.version_info >= (3, 11):
    from typing import dataclass_transform
else:

    def dataclass_transform(**_options):
        """Tells type checkers what Python 3.11 has a name for; does nothing."""
        return lambda cls: cls


SecretStr = Annotated[str | None, "secret"]
"""A string the service receives and ``repr`` never shows."""

_LINE_LENGTH = 88

_SCALARS = {
    str: "str",
    int: "int",
    float: "float",
    bool: "bool",
    date: "date",
    datetime: "datetime",
    Any: "object",
}


_Plan = dict[str, tuple[str, type | None, Decoder]]
"""Wire name to attribute, the type of values that need no decoding, and the decoder of others."""

_PLAIN_TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}


@dataclass_transform(kw_only_default=True)
class Model:
    """A wire object: subclasses annotate fields, this class derives the wire maps.

    Every field may be absent; an absent field reads as ``None`` and is not sent. Set a field to
    ``ApiNullValue()`` to send a JSON null.

    Attributes:
        swagger_types: Attribute name to swagger type name.
        attribute_map: Attribute name to wire name.
        secret_fields: The attributes that ``repr`` masks.
    """

    swagger_types: ClassVar[dict[str, str]] = {}
    attribute_map: ClassVar[dict[str, str]] = {}
    secret_fields: ClassVar[frozenset[str]] = frozenset()
    _plan: ClassVar[_Plan | None] = None

    def __init_subclass__(cls, **options: object) -> None:
        """Derive the maps, and make the class known to the other models by its name."""
        super().__init_subclass__(**options)
        # localns lets a model refer to itself before its name is bound in the module.
        hints = get_type_hints(cls, localns={cls.__name__: cls}, include_extras=True)
        fields = {name: hint for name, hint in hints.items() if get_origin(hint) is not ClassVar}
        cls.swagger_types = {name: _type_name(hint) for name, hint in fields.items()}
        cls.attribute_map = {name: _camel_case(name) for name in fields}
        cls.secret_fields = frozenset(name for name, hint in fields.items() if hint == SecretStr)
        cls._plan = None
        register(cls.__name__, cls._decode)

    if not TYPE_CHECKING:  # checkers derive the constructor from the fields, and know their types

        def __init__(self, **fields):
            """Set fields by attribute name; those left out are not sent."""
            for name, value in fields.items():
                if name not in self.swagger_types:
                    raise TypeError(
                        f"{type(self).__name__} got an unexpected keyword argument "
                        f"{name!r}{_hint(name, self)}"
                    )
                self.__dict__[name] = value

        def __setattr__(self, name, value):
            if name not in self.swagger_types and name != "additional_properties":
                raise AttributeError(
                    f"{type(self).__name__} has no field {name!r}{_hint(name, self)}"
                )
            super().__setattr__(name, value)

    @property
    def additional_properties(self) -> dict[str, Any]:
        """Fields that came and that this version does not know, by wire name; sent back as is."""
        unknown: dict[str, Any] = self.__dict__.setdefault("additional_properties", {})
        return unknown

    @additional_properties.setter
    def additional_properties(self, unknown: dict[str, Any]) -> None:
        self.__dict__["additional_properties"] = unknown

    @classmethod
    def from_dict(cls, wire: dict[str, Any]) -> "Self":
        """Build the model from a JSON object.

        Args:
            wire: The object, by wire names.

        Returns:
            The model.

        Raises:
            ValueError: A value does not fit the type of its field.
        """
        model: Self = decode(wire, cls._decode)
        return model

    @classmethod
    def _decode(cls, wire: Any) -> "Self":
        # Goes around __init__ and __setattr__: they guard users, and a page has thousands of
        # fields to set.
        if not isinstance(wire, dict):
            raise WrongShapeError(f"an object for {cls.__name__}", wire)
        plan = cls._plan or cls._make_plan()
        model = cls.__new__(cls)
        fields = model.__dict__
        wire_name = ""
        try:
            for wire_name, value in wire.items():
                field = plan.get(wire_name)
                if field is None:
                    fields.setdefault("additional_properties", {})[wire_name] = value
                    continue
                name, plain_type, decoder = field
                if type(value) is plain_type:
                    fields[name] = value
                elif value is not None:
                    fields[name] = decoder(value)
        except WrongShapeError as error:
            raise error.inside(f".{wire_name}") from None
        return model

    @classmethod
    def _make_plan(cls) -> _Plan:
        """Say how to decode each field; on first use, when all models are known."""
        cls._plan = {
            cls.attribute_map[name]: (name, _PLAIN_TYPES.get(type_name), decoder_for(type_name))
            for name, type_name in cls.swagger_types.items()
        }
        return cls._plan

    def to_dict(self) -> dict[str, Any]:
        """Give the content as plain dicts and lists, secrets included.

        Returns:
            Every field by attribute name, ``None`` where it is unset, and the additional
            properties by wire name.
        """
        fields = {name: _to_plain(getattr(self, name)) for name in self.swagger_types}
        for name, value in self._unknown().items():
            if fields.get(name) is None:
                fields[name] = value
        return fields

    def to_json(self) -> str:
        """Give the JSON text that would be sent: wire names, secrets included, unset left out."""
        return format_json(self)

    def to_str(self) -> str:
        """Give the text that ``print`` shows: what is set, secrets masked."""
        return repr(self)

    def __repr__(self) -> str:
        try:
            return self._describe()
        except RecursionError:  # what is not too deep to be read is not too deep to be shown
            return f"{type(self).__name__}(...)"

    def _describe(self) -> str:
        parts = [
            f"{name}={self._shown(name, value)}"
            for name in self.swagger_types
            if (value := getattr(self, name)) is not None
        ]
        if unknown := self._unknown():
            parts.append(f"additional_properties={mask_secrets(unknown)!r}")
        return _layout(f"{type(self).__name__}(", parts, ")")

    def _shown(self, name: str, value: Any) -> str:
        if name in self.secret_fields and not isinstance(value, ApiNullValue):
            return repr(MASK)
        if isinstance(value, dict):
            return repr(mask_secrets(value))
        if isinstance(value, list):
            return _layout("[", [repr(mask_secrets(item)) for item in value], "]")
        return repr(value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or type(other) is not type(self):
            return NotImplemented
        return self._content() == other._content()

    def _content(self) -> dict[str, Any]:
        """What was set, and what came besides."""
        fields = {name: value for name, value in self.__dict__.items() if value is not None}
        fields["additional_properties"] = self._unknown()
        return fields

    def _unknown(self) -> dict[str, Any]:
        """The additional properties; unlike the attribute, it makes no dict where there is none."""
        return self.__dict__.get("additional_properties") or {}


def _type_name(hint: Any) -> str:
    """Write an annotation as a swagger type name."""
    if get_origin(hint) is Annotated:
        return _type_name(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        choices = [choice for choice in get_args(hint) if choice is not NoneType]
        if len(choices) == 1:
            return _type_name(choices[0])
    if get_origin(hint) is list:
        return f"list[{_type_name(get_args(hint)[0])}]"
    if get_origin(hint) is dict:
        key, value = get_args(hint)
        return f"dict({_type_name(key)}, {_type_name(value)})"
    if hint in _SCALARS:
        return _SCALARS[hint]
    if isinstance(hint, type) and issubclass(hint, Model):
        return hint.__name__
    raise TypeError(f"{hint} is not a type that a model field can have")


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _to_plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, list):
        return [_to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _to_plain(item) for key, item in value.items()}
    return None if isinstance(value, ApiNullValue) else value


def _layout(opening: str, parts: list[str], closing: str) -> str:
    """On one line if that is short, else one part a line, indented."""
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) <= _LINE_LENGTH and "\n" not in line:
        return line
    indented = textwrap.indent("".join(f"{part},\n" for part in parts), "    ")
    return f"{opening}\n{indented}{closing}"


def _hint(name: str, model: Model) -> str:
    # Imported here for the sake of start-up time: only a misspelling needs it.
    from difflib import get_close_matches

    matches = get_close_matches(name, model.swagger_types, n=1)
    return f"; did you mean {matches[0]!r}?" if matches else ""
