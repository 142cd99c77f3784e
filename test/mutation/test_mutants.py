"""Which mutants there are of a module, and what tells them apart."""

from __future__ import annotations

import ast

import pytest

pytest.importorskip("mutmut", reason="needs mutmut: tox -e mutation")

from mutation.mutants import mutants

SOURCE = '''"""A module."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import mutants

__all__ = ["limit"]
HINT = "give a " "lower limit"


class Limit:
    @property
    def limit(self, most: int = 3) -> "int":
        """Says."""
        if self:
            raise ValueError(f"the limit is {most}", self)
        return 2 if most > 1 else None
'''


def test_every_mutant_is_a_program_that_differs_in_one_place() -> None:
    for mutant in mutants("limit.py", SOURCE):
        ast.parse(mutant.source)
        differ = [
            number
            for number, pair in enumerate(
                zip(SOURCE.splitlines(), mutant.source.splitlines(), strict=True), 1
            )
            if pair[0] != pair[1]
        ]
        assert differ == list(mutant.lines)


def test_conditions_are_denied_and_properties_are_changed_but_no_prose_and_no_types() -> None:
    changes = [mutant.change for mutant in mutants("limit.py", SOURCE)]

    assert changes == [
        'def limit(self, most: int = 3) -> "int": -> def limit(self, most: int = 4) -> "int":',
        "if self: -> if not (self):",
        'raise ValueError(f"the limit is {most}", self) -> '
        'raise ValueError(f"the limit is {most}", None)',
        "return 2 if most > 1 else None -> return 2 if (most > 1) and False else None",
        "return 2 if most > 1 else None -> return 2 if (most > 1) or True else None",
        "return 2 if most > 1 else None -> return 3 if most > 1 else None",
        "return 2 if most > 1 else None -> return 2 if most >= 1 else None",
        "return 2 if most > 1 else None -> return 2 if most > 2 else None",
    ]


def test_keys_stay_the_same_when_lines_move_and_differ_where_lines_are_alike() -> None:
    source = "def one(a):\n    a = 1\n    a = 1\n"
    keys = [mutant.key for mutant in mutants("one.py", source)]

    assert keys == [mutant.key for mutant in mutants("one.py", f"import os\n\n\n{source}")]
    assert keys == [
        "one.py one: a = 1 -> a = None",
        "one.py one: a = 1 -> a = 2",
        "one.py one: a = 1 -> a = None  [2]",
        "one.py one: a = 1 -> a = 2  [2]",
    ]


def test_the_version_of_the_interpreter_is_none_that_tests_could_change() -> None:
    source = "if sys.version_info >= (3, 11):\n    a = 1\n"
    changes = [mutant.change for mutant in mutants("one.py", source)]
    assert changes == ["a = 1 -> a = None", "a = 1 -> a = 2"]
