"""Makes API classes of the catalog: methods are facts until they are first looked up."""

from __future__ import annotations
import __future__

from types import FunctionType
from typing import Any

from .._lazy import loading
from .._wire.names import PACKAGE
from ..apis.api import Api
from .operations import class_docstring, find_operation, method_names, source


class _Method:
    """Stands for a method until it is looked up, and is then replaced by the function.

    What finds it in the class's ``__dict__``, such as autospec, takes it for the function.
    """

    __slots__ = ("class_name", "globals", "made", "name", "owner")

    def __init__(self, class_name: str, name: str, module_globals: dict[str, Any]) -> None:
        self.class_name = class_name
        self.name = name
        self.globals = module_globals
        self.owner: type | None = None
        self.made: dict[str, FunctionType] = {}

    def __set_name__(self, owner: type, name: str) -> None:
        # The first class counts: a copy of it stands beside it.
        if self.owner is None:
            self.owner = owner

    @property  # type: ignore[misc]  # which nobody sets
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return FunctionType

    def __getattr__(self, name: str) -> Any:
        if name in _Method.__slots__:  # a copy that is not ready yet
            raise AttributeError(name)
        return getattr(self._function(), name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._function()(*arguments, **named)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        function = self._function()
        # Nothing that has come in its place meanwhile, such as a test's, is overwritten.
        if self.owner is not None and vars(self.owner).get(self.name) is self:
            setattr(self.owner, self.name, function)
        return function.__get__(instance, owner)

    def _function(self) -> FunctionType:
        function = self.made.get(self.name)
        if function is None:
            with loading:
                # Threads that come here together get the same one.
                function = self.made.setdefault(self.name, self._make())
        return function

    def _make(self) -> FunctionType:
        operation = find_operation(self.class_name, self.name)
        if operation is None:
            raise AttributeError(f"{self.class_name}.{self.name} is no longer in the catalog")
        # As if it stood in a file of the package, which is how tracebacks and warnings tell our
        # frames from a caller's. What is in the source comes from the catalog alone.
        module: str = self.globals["__name__"]
        file = f"{PACKAGE}{module.partition('.')[2].replace('.', '/')}.py"
        code = compile(source(operation), file, "exec", __future__.annotations.compiler_flag, True)
        made: dict[str, Any] = {}
        exec(code, self.globals, made)  # noqa: S102
        function: FunctionType = made[self.name]
        function.__qualname__ = f"{self.class_name}.{self.name}"
        return function


def make_api_class(name: str, module_globals: dict[str, Any]) -> type[Api] | None:
    """Make an API class.

    Args:
        name: Its name.
        module_globals: The names that its methods and their annotations use.

    Returns:
        The class; ``None`` if the catalog has none of the name.
    """
    names = method_names(name)
    if not names:
        return None
    namespace: dict[str, Any] = {one: _Method(name, one, module_globals) for one in names}
    namespace["__module__"] = module_globals["__name__"]
    namespace["__doc__"] = class_docstring(name, names)
    return type(name, (Api,), namespace)
