"""CSV files: complete or not there, and nothing in them that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from service import Service

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Queue,
    RoutingApi,
    paginate,
    to_rows,
    write_csv,
)
from PureCloudPlatformClientV2.rows import guard_formula

QUEUES = [
    Queue(id="q-1", name="Käse, or 日本", member_count=3, auto_answer_only=True),
    Queue(id="q-2", name='a "b"\r\nc'),
]
CHOSEN = ["id", "name", "member_count", "auto_answer_only"]


def written(listing: Any, **options: Any) -> str:
    file = io.StringIO(newline="")
    write_csv(listing, file, **options)
    return file.getvalue()


def test_a_file_has_a_heading_and_a_line_for_each_entity(tmp_path: Path) -> None:
    path = tmp_path / "queues.csv"
    assert write_csv(QUEUES, path, columns=CHOSEN) == 2
    assert path.read_bytes().decode() == (
        "id,name,member_count,auto_answer_only\r\n"
        'q-1,"Käse, or 日本",3,true\r\n'
        'q-2,"a ""b""\r\nc",,\r\n'
    )


@pytest.mark.parametrize("form", [str, Path])
def test_a_path_may_be_text(tmp_path: Path, form: type[Any]) -> None:
    assert write_csv(QUEUES, form(tmp_path / "queues.csv")) == 2
    assert [one.name for one in tmp_path.iterdir()] == ["queues.csv"]


def test_a_listing_of_nothing_has_a_heading(tmp_path: Path) -> None:
    path = tmp_path / "queues.csv"
    assert write_csv(to_rows([], model=Queue), path) == 0
    assert path.read_text().startswith("id,name,division.id,")
    assert write_csv([], path, columns=["id"]) == 0
    assert path.read_text() == "id\n"
    assert write_csv([], path) == 0
    assert path.read_text() == ""


def test_all_pages_are_written(api_client: ApiClient, service: Service, tmp_path: Path) -> None:
    for number in (1, 2):
        service.answer(200, {"entities": [{"id": f"q-{number}"}], "pageCount": 2})
    walk = paginate(RoutingApi(api_client).get_routing_queues)
    assert write_csv(walk, tmp_path / "queues.csv", columns=["id"]) == 2
    assert (tmp_path / "queues.csv").read_text().split() == ["id", "q-1", "q-2"]


def test_excel_is_told_that_it_is_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "queues.csv"
    write_csv(QUEUES, path, columns=["id"], excel=True, delimiter=";")
    assert path.read_bytes() == b"\xef\xbb\xbfid\r\nq-1\r\nq-2\r\n"
    assert written(QUEUES, columns=["id", "name"], delimiter=";").startswith("id;name\r\n")


def test_rows_of_a_style_are_written_as_they_are() -> None:
    rows = to_rows(QUEUES, columns=["memberCount"], wire_names=True)
    assert written(rows) == "memberCount\r\n3\r\n\r\n".replace("\r\n\r\n", '\r\n""\r\n')
    plain = to_rows([{"a": [1, True]}], json_text=False)
    assert written(plain) == 'a\r\n"[1, true]"\r\n'
    with pytest.raises(TypeError, match=r"^columns: give them to to_rows"):
        write_csv(rows, io.StringIO(), columns=["id"])


def test_pandas_reads_what_was_written(tmp_path: Path) -> None:
    write_csv(QUEUES, tmp_path / "queues.csv", columns=CHOSEN)
    frame = pandas.read_csv(tmp_path / "queues.csv")
    assert list(frame["name"]) == [one.name for one in QUEUES]
    assert next(iter(frame["auto_answer_only"])) is True


# Formulas

FORMULAS = [
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1"),
    *("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x"),  # as wide as Chinese characters
    *(f"{blank}=1" for blank in "\xa0\u3000\u2003\u2028\x0b\x0c\x1f\x85\u200b\ufeff"),
    *(" \xa0\t@x", "\ufeff +1+1"),
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_be_a_formula_is_guarded(text: str) -> None:
    assert guard_formula(text) == f"'{text}"
    (row,) = csv.DictReader(io.StringIO(written([{"name": text}]), newline=""))
    assert row["name"] == f"'{text}"
    (row,) = csv.DictReader(
        io.StringIO(written([{"name": text}], guard_formulas=False), newline="")
    )
    assert row["name"] == text


def test_a_key_that_would_be_a_formula_is_guarded() -> None:
    assert written([{"=1+1": 1}]) == "'=1+1\r\n1\r\n"


@pytest.mark.parametrize(
    "text", ["+13175550100", "-12", "-0.5", "", "a=1", " ", "1-1", "(=1)", "\xa0a", "\ufeff"]
)
def test_a_text_that_is_none_stays_as_it_is(text: str) -> None:
    assert guard_formula(text) == text


def test_a_null_character_does_not_stop_a_report() -> None:
    assert written([{"a": "b\0", "c": "\0=1"}]) == "a,c\r\nb\0,'\0=1\r\n"
    assert written([{"a": 'b\0"', "c": "\\"}]) == 'a,c\r\n"b\0""",\\\r\n'


def test_numbers_are_numbers() -> None:
    assert written([{"a": -1, "b": -0.5, "c": True, "d": False}]) == (
        "a,b,c,d\r\n-1,-0.5,true,false\r\n"
    )


# Python 3.10 reads no null characters.
CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=8
) | st.sampled_from(FORMULAS)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_whatever_people_write_is_read_back_and_is_no_formula(cells: list[tuple[str, str]]) -> None:
    text = written([{"a": one, "b": other} for one, other in cells])
    read = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert read == [[guard_formula(one), guard_formula(other)] for one, other in cells]
    for row in read:
        for cell in row:
            is_number = cell[:1] in ("+", "-") and cell[1:].replace(".", "", 1).isdecimal()
            assert is_number or not cell.lstrip().startswith(("=", "+", "-", "@"))
            assert is_number or not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


# Files


def failing() -> Iterator[Queue]:
    yield QUEUES[0]
    raise ApiException(500, "Internal Server Error")


def test_on_a_failure_the_earlier_file_stays_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "queues.csv"
    path.write_text("earlier")
    with pytest.raises(ApiException):
        write_csv(failing(), path)
    assert [one.name for one in tmp_path.iterdir()] == ["queues.csv"]
    assert path.read_text() == "earlier"


def test_on_a_failure_no_file_is_made(tmp_path: Path) -> None:
    for error in (ApiException, KeyboardInterrupt):

        def entities(error: type[BaseException] = error) -> Iterator[Queue]:
            yield QUEUES[0]
            raise error

        with pytest.raises(error):
            write_csv(entities(), tmp_path / "queues.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_not_there_before_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "queues.csv"

    def entities() -> Iterator[Queue]:
        yield QUEUES[0]
        assert not path.exists()
        yield QUEUES[1]

    assert write_csv(entities(), path) == 2
    assert path.exists()


def test_a_folder_that_is_not_there_is_named_before_anything_is_fetched(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    path = tmp_path / "nowhere" / "queues.csv"
    walk = paginate(RoutingApi(api_client).get_routing_queues)
    with pytest.raises(FileNotFoundError, match="nowhere") as refused:
        write_csv(walk, path)
    assert refused.value.filename == str(path)
    assert str(refused.value) == f"[Errno 2] No such file or directory: {str(path)!r}"
    with pytest.raises(IsADirectoryError):
        write_csv(walk, tmp_path)
    assert service.requests == []


def test_a_file_that_cannot_take_its_place_is_named(tmp_path: Path) -> None:
    path = tmp_path / "queues.csv"

    def entities() -> Iterator[Queue]:
        yield QUEUES[0]
        path.mkdir()

    with pytest.raises(IsADirectoryError) as refused:
        write_csv(entities(), path)
    assert refused.value.filename == str(path)
    assert str(refused.value) == f"[Errno 21] Is a directory: {str(path)!r}"
    assert [one.name for one in tmp_path.iterdir()] == ["queues.csv"]


def test_nobody_else_reads_a_file_while_it_is_written_who_could_not_before(tmp_path: Path) -> None:
    path = tmp_path / "queues.csv"
    path.touch(0o600)

    def entities() -> Iterator[Queue]:
        yield QUEUES[0]
        assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()} == {0o600}

    assert write_csv(entities(), path) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_keeps_its_permissions_and_a_new_one_has_the_usual(tmp_path: Path) -> None:
    path = tmp_path / "queues.csv"
    before = os.umask(0o027)
    try:
        write_csv(QUEUES, path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o604)
    write_csv(QUEUES, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "queues.csv")
    write_csv(QUEUES, tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert not (tmp_path / "queues.csv").is_symlink()


def test_a_link_that_leads_nowhere_is_an_error_of_files(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("link.csv")
    with pytest.raises(OSError, match=r"link\.csv'$"):
        write_csv(QUEUES, tmp_path / "link.csv")
    assert [one.name for one in tmp_path.iterdir()] == ["link.csv"]


def test_what_is_no_file_of_its_own_is_written_to(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8"), os.fdopen(writing, "w"):
        assert write_csv(QUEUES, f"/dev/fd/{writing}", columns=["id"]) == 2
        assert os.read(reading, 100) == b"id\r\nq-1\r\nq-2\r\n"


def test_half_a_surrogate_pair_does_not_stop_a_report(tmp_path: Path) -> None:
    write_csv([{"name": "a\ud800"}], tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "name\na\\ud800\n"


def test_an_open_file_gets_no_heading_where_nothing_can_be_fetched() -> None:
    file = io.StringIO()

    def entities() -> Iterator[Queue]:
        yield from ()
        raise ApiException(500)

    with pytest.raises(ApiException):
        write_csv(to_rows(entities(), model=Queue), file)
    assert file.getvalue() == ""
    assert not file.closed


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n", "\r", "=", None, 5])
def test_what_cannot_stand_between_cells_is_refused(tmp_path: Path, delimiter: Any) -> None:
    with pytest.raises(ValueError, match=r"^delimiter: give one character, such as ',' or ';'"):
        write_csv(QUEUES, tmp_path / "queues.csv", delimiter=delimiter)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", [io.BytesIO(), 7, None])
def test_what_cannot_be_written_to_is_refused(file: Any) -> None:
    with pytest.raises(TypeError, match=r"^file: give a path, or a file that is open for text"):
        write_csv(QUEUES, file)
