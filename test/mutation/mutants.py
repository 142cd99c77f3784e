"""Makes the mutants of a module: the whole source with one change in it, by mutmut's operators.

mutmut's own runner keeps all mutants of a function beside it and chooses among them when it is
called. That leaves out what a decorator stands on, properties say, and what runs at import; and it
puts frames between ours, which have tests of their own. So only the operators are mutmut's.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst
import libcst.matchers as m
from libcst.metadata import (
    ByteSpanPositionProvider,
    CodeSpan,
    MetadataWrapper,
    PositionProvider,
)
from mutmut.mutation.mutators import mutation_operators

_NOT_EVALUATED = (
    m.Annotation()
    | m.Decorator()
    | m.If(test=m.Name("TYPE_CHECKING"))
    | m.FunctionDef(decorators=[m.Decorator(m.Name("overload"))])
    | m.Call(func=m.OneOf(*map(m.Name, ("cast", "isinstance", "len", "TypeVar", "ParamSpec"))))
    | m.Comparison(left=m.Attribute(m.Name("sys"), m.Name("version_info")))
    | m.Assign(targets=[m.AssignTarget(m.OneOf(m.Name("__all__"), m.Name("__slots__")))])
)
"""What matters to type checkers only, says what a name is, or is the same wherever tests run."""

_CONDITION = m.Name() | m.Attribute() | m.Call() | m.NamedExpr()
"""Those that mutmut leaves as they are: we have them denied."""

_NOWHERE = cst.Module([])


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    module: str
    """The file, from the package on: ``_transport/retry.py``."""
    function: str
    """What the change is in, ``Class.method`` say; ``<module>`` where it is in no function."""
    change: str
    """The lines before and after, without what is the same around them; tells mutants apart."""
    lines: range
    """Where the change is."""
    body: range
    """The lines of the function that the change is in; none where it is in no function."""
    source: str
    """The whole module, changed."""

    @property
    def key(self) -> str:
        """Tells the mutant from all others, whatever else changes in the file."""
        return f"{self.module} {self.function}: {self.change}"


def mutants(module: str, source: str) -> list[Mutant]:
    """Make all mutants of a module, in the order of its lines."""
    wrapper = MetadataWrapper(cst.parse_module(source))
    finder = _Finder(wrapper.module)
    wrapper.visit(finder)
    content = source.encode()
    seen = {ast.dump(ast.parse(source))}
    found: list[Mutant] = []
    times: Counter[tuple[str, str]] = Counter()
    for place in finder.places:
        span = place.span
        before, after = content[: span.start], content[span.start + span.length :]
        changed = (before + place.code.encode() + after).decode()
        try:
            tree = ast.dump(ast.parse(changed))
        except SyntaxError:
            continue
        if tree in seen:
            continue
        seen.add(tree)
        change = _change(source, changed)
        times[place.function, change] += 1
        if (nth := times[place.function, change]) > 1:
            change += f"  [{nth}]"
        found.append(Mutant(module, place.function, change, place.lines, place.body, changed))
    return found


def _change(old: str, new: str) -> str:
    """The lines that differ, each side in one line."""
    before, after = old.splitlines(), new.splitlines()
    start = next(i for i, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1])
    end = 0
    while before[-1 - end] == after[-1 - end] and end < min(len(before), len(after)) - start - 1:
        end += 1
    sides = (lines[start : len(lines) - end] for lines in (before, after))
    return " -> ".join(" ".join(" ".join(side).split()) for side in sides)


@dataclass(frozen=True)
class _Place:
    function: str
    code: str
    """What to put there."""
    span: CodeSpan
    """Where, in bytes."""
    lines: range
    body: range


class _Finder(cst.CSTVisitor):
    """Walks a module and asks the operators what they would change."""

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider, PositionProvider)

    def __init__(self, module: cst.Module) -> None:
        super().__init__()
        self.places: list[_Place] = []
        self._module = module
        self._names: list[str] = []
        self._functions: list[cst.FunctionDef] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _is_left_alone(node):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._names.append(node.name.value)
        if isinstance(node, cst.FunctionDef):
            self._functions.append(node)
        for old, new in _changes(node):
            self._add(old, new)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if _is_left_alone(original_node):
            return
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._names.pop()
        if isinstance(original_node, cst.FunctionDef):
            self._functions.pop()

    def _add(self, node: cst.CSTNode, changed: cst.CSTNode) -> None:
        self.places.append(
            _Place(
                function=".".join(self._names) if self._functions else "<module>",
                code=self._module.code_for_node(changed),
                span=self.get_metadata(ByteSpanPositionProvider, node, None) or CodeSpan(0, 0),
                lines=self._lines(node),
                body=self._lines(self._functions[-1].body) if self._functions else range(0),
            )
        )

    def _lines(self, node: cst.CSTNode) -> range:
        where = self.get_metadata(PositionProvider, node, None)
        return range(where.start.line, where.end.line + 1) if where else range(0)


def _changes(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """What to put in place of a node, or of a part of it: the part, and the other."""
    if isinstance(node, cst.SimpleString):
        yield node, _other_text(node)
        return
    if isinstance(node, cst.If | cst.While) and m.matches(node.test, _CONDITION):
        yield node.test, cst.parse_expression(f"not ({_NOWHERE.code_for_node(node.test)})")
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            for changed in operator(node):
                if not _misses_positional(node, changed) and not _takes_prose(node, changed):
                    yield node, changed


def _misses_positional(call: cst.CSTNode, changed: cst.CSTNode) -> bool:
    """Without one of its first arguments, hardly a call gets past Python itself."""
    if not isinstance(call, cst.Call) or not isinstance(changed, cst.Call):
        return False
    kept = {id(argument) for argument in changed.args}
    missed = [argument for argument in call.args if id(argument) not in kept]
    return len(changed.args) < len(call.args) and missed[0].keyword is None and not missed[0].star


def _takes_prose(call: cst.CSTNode, changed: cst.CSTNode) -> bool:
    """Without its words, an error is the same one."""
    if not isinstance(call, cst.Call) or not isinstance(changed, cst.Call):
        return False
    kept = {id(argument.value) for argument in changed.args}
    return any(_is_prose(one.value) for one in call.args if id(one.value) not in kept)


def _is_left_alone(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Assign) and _is_prose(node.value):
        return True
    return m.matches(node, _NOT_EVALUATED) or _is_prose(node)


def _is_prose(node: cst.CSTNode) -> bool:
    """Whether this is a sentence for people, which might be said otherwise."""
    if isinstance(node, cst.ConcatenatedString):
        return _is_prose(node.left) or _is_prose(node.right)
    if isinstance(node, cst.FormattedString):
        texts = [part.value for part in node.parts if isinstance(part, cst.FormattedStringText)]
        return any(" " in text for text in texts)
    if not isinstance(node, cst.SimpleString):
        return False
    return len(node.quote) == 3 or len(str(node.evaluated_value).split()) > 1


def _other_text(node: cst.SimpleString) -> cst.SimpleString:
    """Mutmut's other texts differ in capitals, which matter neither in headers nor to codecs."""
    quote = node.quote
    return node.with_changes(value=f"{node.prefix}{quote}XX{node.raw_value}XX{quote}")
