"""The benchmark counts, compares and writes down what was measured, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from benchmark import catalog_models
from benchmark.bars import Panel, draw_bars
from benchmark.counting import Function
from benchmark.figures import FIGURES, in_generations, measure_import, take_turns
from benchmark.goals import GOALS
from benchmark.instructions import make_page as make_instructions_page
from benchmark.page import describe_decoding, make_page, write_page
from benchmark.processes import HERE, BenchmarkError, Processes
from benchmark.programs import run
from benchmark.queue_page import queues_json
from benchmark.records import KEPT, Figure, Figures, Record, keep, load, ratio, summarize
from benchmark.report import judge, middle_figures, table_of_goals, write_amount
from benchmark.sides import TITLES, make_lister
from benchmark.sizes import installed_sizes
from reference import DOCS
from service import Service

LINES = ("ours", "pydantic", "json", "json-alone")


def figures(**ratios: float) -> Figures:
    """Figures of a run: page sizes, a start, and the ratios that matter to a test."""
    found: Figures = {
        f"decode {size}": {
            side: Figure(size * 1e-5 * (1 + place), (0.7, 0.8, 0.9) if place else None)
            for place, side in enumerate(LINES)
        }
        for size in (25, 100, 1_000, 10_000)
    }
    for what, amount in (("import", 0.03), ("memory", 15 * 2**20)):
        found[what] = {"ours": Figure(amount), "bare": Figure(amount * 2, (0.4, 0.5, 0.6))}
    for measure, middle in ratios.items():
        found[measure.replace("_", " ")] = {
            "ours": Figure(0.0003),
            "bare": Figure(0.0004, (middle - 0.1, middle, middle + 0.1)),
        }
    return found


def record(python: str = "3.11", number: int = 0, **ratios: float) -> Record:
    return Record(
        python=python,
        interpreter=f"CPython {python}.1",
        started=f"2026-03-01T0{number}:00:00+00:00",
        commit="abc1234: Make __init__ quick",
        machine="Linux 6.1, x86_64, 2 cores",
        libraries={"urllib3": "2.8.0"},
        figures=figures(**ratios),
    )


def verdict(measure: str, *records: Record) -> Any:
    return next(one for one in judge(records) if one.goal.measure == measure)


# Goals


def test_a_ratio_is_judged_by_its_goal() -> None:
    found = verdict("get", record(get=0.85), record(get=0.851), record(get=0.2))
    assert found.results == (0.85, 0.851, 0.2)
    assert (found.met, found.cell) == (2, "0.850 **0.851** 0.200 (2 of 3)")


def test_of_calls_per_second_more_are_better() -> None:
    found = verdict("threads 64", record(threads_64=0.95), record(threads_64=0.94))
    assert (found.in_words, found.met) == ("at least 0.95", 1)


def test_a_goal_may_differ_from_312_on() -> None:
    assert verdict("import", record("3.11")).limit == 1.10
    assert verdict("import", record("3.12")).limit == 1.15
    assert verdict("import", record("3.13")).limit == 1.15
    assert verdict("get", record("3.13", get=1.0)).limit == 0.85


def test_sizes_are_judged_by_themselves() -> None:
    one = record()
    one.figures["files"] = {"ours": Figure(401), "vendor269": Figure(6753, (0.1, 0.1, 0.1))}
    assert verdict("files", one).cell == "**401** (0 of 1)"
    assert verdict("files", one).in_words == "at most 400"


def test_what_was_not_measured_is_not_judged() -> None:
    found = verdict("threads 8", record())
    assert (found.results, found.cell) == ((), "")
    assert "8 threads" not in table_of_goals({"3.11": [record()]})


def test_every_goal_is_about_something_that_is_compared() -> None:
    assert len({(goal.measure, goal.other) for goal in GOALS}) == len(GOALS)
    assert all(goal.title for goal in GOALS)


# Rounds


def test_what_takes_long_is_measured_in_the_first_rounds_only() -> None:
    asked: list[str] = []

    def measure(side: str) -> float:
        asked.append(side)
        return float(len(asked))

    ways = {side: partial(measure, side) for side in ("ours", "slow")}
    taken = take_turns("pages", ways, 32, ["slow"])
    assert (len(taken["ours"]), len(taken["slow"])) == (32, 4)
    assert asked.count("slow") == 4
    assert "slow" not in asked[8:]


def test_what_takes_long_is_in_the_first_generation_only() -> None:
    told: list[tuple[int, bool]] = []

    def measure(rounds: int, with_vendor: bool) -> Any:
        told.append((rounds, with_vendor))
        return {"pages": {"ours": [1.0] * rounds, **({"slow": [2.0]} if with_vendor else {})}}

    measured = in_generations(48, measure)
    assert told == [(8, True), *[(8, False)] * 5]
    assert {side: len(taken) for side, taken in measured["pages"].items()} == {
        "ours": 48,
        "slow": 1,
    }


class Starts:
    """Starts nothing, and gives what each side would take."""

    vendor = ("vendor57", "vendor269")

    def start(self, side: str, *_: str) -> tuple[float, float]:
        order = ("ours", "loaded", "bare", *self.vendor)
        return order.index(side) + 1.0, (order.index(side) + 1.0) * 2**20


def test_import_and_memory_are_those_of_this_package_by_those_of_the_others() -> None:
    measured = measure_import(cast(Processes, Starts()), 32)
    assert {what: list(sides) for what, sides in measured.items()} == {
        "import": ["ours", "bare", "vendor57", "vendor269"],
        "memory": ["ours", "bare", "vendor57", "vendor269"],
        "loaded": ["ours", "bare"],
    }
    found = summarize(measured)
    for what in ("import", "memory"):
        assert found[what]["bare"].ratio == pytest.approx((1 / 3, 1 / 3, 1 / 3), rel=0.001)
        assert found[what]["vendor269"].ratio == pytest.approx((0.2, 0.2, 0.2))


def test_the_contract_is_not_in_the_way_of_what_is_measured() -> None:
    program = "import sys, benchmark.worker; sys.exit('contract_facts' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=HERE.parent, check=False)
    assert done.returncode == 0


def test_rounds_are_compared_in_pairs() -> None:
    assert ratio([1, 4, 9], [1, 2, 3]) == (1.5, 2, 2.5)
    assert ratio([1, 4, 9], [2]) == (0.5, 0.5, 0.5)


def test_a_run_in_short_has_medians_and_ratios_to_the_first_side() -> None:
    found = summarize({"get": {"ours": [1.0, 2.0, 3.0], "bare": [2.0, 2.0, 2.0]}})
    assert found == {"get": {"ours": Figure(2.0), "bare": Figure(2.0, (0.75, 1.0, 1.25))}}


def test_flatness_is_the_highest_by_the_lowest_cost_over_json() -> None:
    measured = {
        f"decode {size}": {"ours": [cost, cost], "json-alone": [1.0, 1.0]}
        for size, cost in ((25, 1.5), (100, 1.6), (1_000, 1.8), (10_000, 1.65))
    }
    found = summarize(measured)["flat"]
    assert found == {"highest": Figure(1.8), "lowest": Figure(1.5, (1.2, 1.2, 1.2))}


def test_several_runs_are_told_by_their_median() -> None:
    found = middle_figures([record(get=0.8), record(get=0.9), record(get=1.0)], "get")
    assert found["ours"] == Figure(0.0003)
    assert found["bare"].ratio == pytest.approx((0.8, 0.9, 1.0))


# Records


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    path = keep(record(get=0.8), tmp_path)
    assert json.loads(path.read_text(encoding="utf-8"))["python"] == "3.11"
    assert load(tmp_path) == {"3.11": [record(get=0.8)]}


def test_the_last_runs_of_each_interpreter_are_kept(tmp_path: Path) -> None:
    for python in ("3.13", "3.9"):
        for number in range(KEPT + 2):
            keep(record(python, number), tmp_path)
    runs = load(tmp_path)
    assert list(runs) == ["3.9", "3.13"]
    for records in runs.values():
        assert [one.started[11:13] for one in records] == ["02", "03", "04"]


# The page


def test_the_page_has_every_run_of_every_interpreter() -> None:
    runs = {
        "3.11": [record("3.11", 0, get=0.8), record("3.11", 1, get=0.9)],
        "3.13": [record("3.13", 2, get=0.7)],
    }
    page = make_page(runs, list(FIGURES))
    assert page.count("abc1234: Make \\_\\_init\\_\\_ quick") == 3
    assert "0.800 **0.900** (1 of 2) | 0.700 (1 of 1) |" in page.replace("  ", "")
    assert "at most 1.10; at most 1.15" in page
    assert "miss their goal: 1 of them" in page
    assert "## Python 3.11, all peers\n\nThe median of 2 runs." in page
    assert "## Python 3.13, all peers\n\nThe median of one run." in page


def test_the_page_says_so_if_every_goal_is_met() -> None:
    assert "Every run is within every goal" in make_page({"3.11": [record(get=0.8)]}, [])


def test_charts_are_drawn_for_light_and_dark_pages_and_for_those_who_do_not_see(
    tmp_path: Path,
) -> None:
    runs = {"3.11": [record()]}
    write_page(runs, tmp_path, list(FIGURES))
    page = (tmp_path / "performance.md").read_text(encoding="utf-8")
    for name in ("performance.svg", "performance_start.svg"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "prefers-color-scheme: dark" in text
        chart = ElementTree.fromstring(text)
        title, description = (
            chart.findtext(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc")
        )
        assert title
        assert f"![{description}]({name})" in page
        assert TITLES["ours"] in text
    assert describe_decoding(runs["3.11"]).endswith(
        "At 1,000 entities: this package 10 ms, pydantic 20 ms, json.loads, read as dicts 30 ms."
    )


def test_bars_are_as_long_as_their_amounts() -> None:
    amounts = {"one": 10.0, "two & more": 40.0}
    text = draw_bars("Time", "Bars", (Panel("ms", amounts, str), Panel("MiB", amounts, str)))
    bars = [
        float(one.get("width", ""))
        for one in ElementTree.fromstring(text).findall(".//{*}g/{*}rect")
    ]
    assert bars[1::2] == pytest.approx([bars[0] * 4, bars[2] * 4])


def test_the_page_is_what_the_records_say() -> None:
    page = (DOCS / "performance.md").read_text(encoding="utf-8")
    assert page == make_page(load(), list(FIGURES)), (
        "run in the folder test: python -m benchmark --page"
    )


@pytest.mark.parametrize(
    ("measure", "amount", "text"),
    [
        ("get", 0.00025, "250 µs"),
        ("get", 0.25, "250 ms"),
        ("get", 2.5, "2.50 s"),
        ("memory", 3 * 2**20, "3.0 MiB"),
        ("size", 12_345_678, "12.3 MB"),
        ("files", 6753, "6,753"),
        ("threads 8", 361.2, "361/s"),
    ],
)
def test_amounts_have_units(measure: str, amount: float, text: str) -> None:
    assert write_amount(measure, amount) == text


# What is measured


@pytest.mark.parametrize("model", catalog_models.MODELS)
@pytest.mark.parametrize("side", ["ours", "pydantic", "msgspec"])
def test_each_side_decodes_and_reads_every_field(side: str, model: str) -> None:
    if side != "ours" and find_spec(side) is None:
        pytest.skip(f"{side} is not installed")
    catalog_models.make_model_decoder(side, model)()


def test_a_side_that_leaves_something_out_is_found_out() -> None:
    schema = catalog_models.schema_of("RoutingSkill")
    sample = json.loads(catalog_models.body("RoutingSkill"))
    whole = catalog_models.scalars_of_sample(schema, sample)
    sample.pop("name")
    assert len(catalog_models.scalars_of_sample(schema, sample)) == len(whole) - 1


def test_reading_reaches_the_models_within() -> None:
    decode, name = catalog_models.decoders()["ours"]("RoutingSkill")
    schema = catalog_models.schema_of("RoutingSkill")
    reading = catalog_models.make_reader(schema, name)
    assert "uri" in str(reading(decode(catalog_models.body("RoutingSkill")))).lower()


@pytest.mark.parametrize("side", ["ours", "bare-pydantic"])
def test_each_side_lists_the_queues(side: str, service: Service) -> None:
    if side == "bare-pydantic":
        pytest.importorskip("pydantic")
    service.answer(200, json.loads(queues_json()))
    names = make_lister(side, service.url)()
    assert names == [queue["name"] for queue in json.loads(queues_json())["entities"]]


def test_models_become_larger() -> None:
    sizes = [len(catalog_models.body(model)) for model in catalog_models.MODELS]
    assert sizes == sorted(sizes)


def test_a_program_that_fails_is_no_result() -> None:
    assert run(["-c", "assert input() == 'the-token'"], {}) > 0
    with pytest.raises(BenchmarkError, match="failed: why"):
        run(["-c", "import sys; sys.exit('why')"], {})


def test_bytecode_of_other_interpreters_is_not_counted(tmp_path: Path) -> None:
    package = tmp_path / "PureCloudPlatformClientV2"
    compiled = package / "__pycache__"
    compiled.mkdir(parents=True)
    tag = sys.implementation.cache_tag
    for path, size in (
        (package / "rest.py", 100),
        (compiled / f"rest.{tag}.pyc", 20),
        (compiled / "rest.cpython-27.pyc", 3),
        (tmp_path / "six.py", 1),
    ):
        path.write_bytes(b"x" * size)
    assert installed_sizes(tmp_path) == (120, 1)


def test_the_page_of_instructions_says_whose_they_are() -> None:
    ours = [Function("this package", "a.py: b", 3, 30), Function("urllib3", "c.py: d", 1, 10)]
    bare = [Function("urllib3", "c.py: d", 2, 50)]
    counts = {("list", "ours"): ours, ("list", "bare"): bare}
    page = make_instructions_page(counts, {("list", "ours"): 4e6, ("list", "bare"): 5e6})
    assert "| Instructions of the machine | 4,000,000 (0.80) | 5,000,000 |" in page
    assert "| Instructions of the interpreter | 40 (0.80) | 50 |" in page
    assert "| of which: urllib3 | 10 (0.20) | 50 |" in page
    assert "| of which: this package | 30 |  |" in page
    assert "| `a.py: b` | 3 | 30 | 75.0% |" in page
    assert "machine |" not in make_instructions_page(counts, {})
