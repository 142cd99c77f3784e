"""One command makes the catalog of the platform's documents: the same each time, or not at all."""

from __future__ import annotations

import copy
import gzip
import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from contract_facts import CONTRACT

from PureCloudPlatformClientV2.catalog import maker
from PureCloudPlatformClientV2.catalog.__main__ import HERE, main
from PureCloudPlatformClientV2.catalog.words import Words

SWAGGER = CONTRACT / "platform.swagger.json.gz"
NOTIFICATIONS = CONTRACT / "notifications.json.gz"
WORDS = Words((HERE / "words.txt").read_text(encoding="utf-8"))

SMALL: dict[str, Any] = {
    "swagger": "2.0",
    "paths": {
        "/api/v2/lamps/{lampId}": {
            "get": {
                "operationId": "getLamp",
                "tags": ["Street Lamps"],
                "summary": "Vendor's words",
                "description": "Vendor's words",
                "parameters": [
                    {"name": "expand", "in": "query", "type": "string", "required": False},
                    {
                        "name": "lampId",
                        "in": "path",
                        "type": "string",
                        "required": True,
                        "description": "Vendor's words",
                    },
                ],
                "responses": {"200": {"schema": {"$ref": "#/definitions/Lamp"}}},
                "x-inin-requires-permissions": {
                    "type": "ANY",
                    "permissions": ["lamp:view", "lamp:*"],
                },
            }
        }
    },
    "definitions": {
        "Lamp": {
            "type": "object",
            "description": "Vendor's words",
            "required": ["watts"],
            "properties": {
                "watts": {"type": "integer", "format": "int32", "description": "Vendor's words"},
                "from": {"type": "string", "format": "date-time", "example": "Vendor's words"},
                "resourceURIs": {"type": "array", "items": {"type": "string", "format": "uri"}},
                "If-Match": {"type": "string"},
            },
        },
        "Anything": {"type": "object"},
    },
}
"""As the platform itself publishes it: texts, and nothing of ours."""


@pytest.fixture(scope="module")
def document() -> Any:
    return maker.read_document(SWAGGER)


@pytest.fixture(scope="module")
def committed() -> list[str]:
    names = ("operations.txt", "definitions.txt")
    return [line for name in names for line in (HERE / name).read_text("utf-8").splitlines()]


def catalog_lines(document: Any) -> list[str]:
    return maker.operation_lines(document, WORDS) + maker.definition_lines(document, WORDS)


def test_the_committed_files_are_what_the_contract_gives(tmp_path: Path) -> None:
    main([str(SWAGGER), "--notifications", str(NOTIFICATIONS), "--output", str(tmp_path)])
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert set(made) == {file.name for file in HERE.glob("*.txt")} - {"words.txt"}
    for name, content in made.items():
        assert content == (HERE / name).read_bytes(), f"{name}: make the catalog anew"


def _add_field(document: Any) -> None:
    document["definitions"]["Queue"]["properties"]["colour"] = {"type": "string"}


def _add_nested_field(document: Any) -> None:
    schema = {"type": "array", "items": {"$ref": "#/definitions/Queue"}}
    document["definitions"]["User"]["properties"]["favouriteQueues"] = schema


def _add_parameter(document: Any) -> None:
    operation = document["paths"]["/api/v2/routing/queues"]["get"]
    operation["parameters"].append({"name": "colour", "in": "query", "type": "string"})


def _deprecate(document: Any) -> None:
    document["paths"]["/api/v2/routing/queues"]["get"]["deprecated"] = True


@pytest.mark.parametrize("change", [_add_field, _add_nested_field, _add_parameter, _deprecate])
def test_a_change_of_the_document_is_a_change_of_one_line(
    change: Callable[[Any], None], document: Any, committed: list[str]
) -> None:
    changed = pickle.loads(pickle.dumps(document))
    change(changed)
    pairs = zip(committed, catalog_lines(changed), strict=True)
    assert sum(one != other for one, other in pairs) == 1


def test_the_order_of_the_document_is_of_no_concern(document: Any, committed: list[str]) -> None:
    turned = dict(document)
    for part in ("paths", "definitions"):
        turned[part] = dict(reversed(document[part].items()))
    assert catalog_lines(turned) == committed


def _as_published(value: Any) -> Any:
    """Give a document the form in which the platform publishes it."""
    if isinstance(value, list):
        return [_as_published(item) for item in value]
    if not isinstance(value, dict):
        return value
    published = {name: _as_published(item) for name, item in value.items()}
    published.pop("x-python-name", None)
    for kind in ("any", "all"):
        if permissions := published.pop(f"x-requires-{kind}-permission", None):
            required = {"type": kind.upper(), "permissions": permissions}
            published["x-inin-requires-permissions"] = required
    if "type" in published or "operationId" in published:
        published.setdefault("description", "Vendor's words")
        published.setdefault("summary", "Vendor's words")
        published.setdefault("x-genesys-entity-type", "Vendor's words")
    return published


def test_the_document_that_the_platform_publishes_gives_the_same(
    document: Any, committed: list[str]
) -> None:
    published = dict(document)
    for part in ("paths", "definitions"):
        # The names in here are data, and not of the form.
        published[part] = {name: _as_published(one) for name, one in document[part].items()}
    for name, definition in document["definitions"].items():
        published["definitions"][name]["properties"] = {
            field: _as_published(schema) for field, schema in definition["properties"].items()
        }
    text = json.dumps([published["paths"], published["definitions"]])
    assert "Vendor's words" in text
    assert "x-python-name" not in text
    assert catalog_lines(published) == committed


def test_facts_are_taken_and_texts_left(tmp_path: Path) -> None:
    swagger = tmp_path / "swagger.json"
    swagger.write_text(json.dumps(SMALL), encoding="utf-8")
    main([str(swagger), "--output", str(tmp_path)])
    operations = (tmp_path / "operations.txt").read_text(encoding="utf-8")
    definitions = (tmp_path / "definitions.txt").read_text(encoding="utf-8")
    assert operations == (
        "StreetLampsApi.get_lamp GET /api/v2/lamps/{lampId} "
        '{"parameters":{"lampId":["path","str"],"expand":["query","str"]},'
        '"returns":"Lamp","any":["lamp:view","lamp:*"]}\n'
    )
    assert definitions == (
        "Anything {}\n"
        'Lamp {"watts":["int",{"required":true}],"from":["datetime",{"python":"pcFrom"}],'
        '"resourceURIs":["list[str]",{"python":"resource_uris"}],'
        '"If-Match":["str",{"python":"if_match"}]}\n'
    )


def test_no_texts_of_a_document_are_in_the_committed_catalog(document: Any) -> None:
    summaries = {
        one["summary"] for methods in document["paths"].values() for one in methods.values()
    }
    lines = (HERE / "operations.txt").read_text(encoding="utf-8")
    assert not [one for one in summaries if f'"{one}"' in lines]


def _without(*path: str) -> bytes:
    document = copy.deepcopy(SMALL)
    place = document
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    return json.dumps(document).encode()


def _with_parameter(**described: Any) -> bytes:
    document = copy.deepcopy(SMALL)
    operation = document["paths"]["/api/v2/lamps/{lampId}"]["get"]
    operation["parameters"].append({"name": "photo", **described})
    return json.dumps(document).encode()


_GET = ("paths", "/api/v2/lamps/{lampId}", "get")

BAD_DOCUMENTS: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"<html>", "swagger.json is not JSON"),
    "nothing": (b"", "swagger.json is not JSON"),
    "half a document": (json.dumps(SMALL).encode()[:-9], "swagger.json is not JSON"),
    "half a gzip file": (gzip.compress(json.dumps(SMALL).encode())[:-20], "is not JSON"),
    "bytes after the magic number": (b"\x1f\x8b" + bytes(30), "is not JSON"),
    "other bytes": (b"\xff\xfe\x00", "swagger.json is not JSON"),
    "a list": (b"[]", "has no paths: give a Swagger 2.0 document"),
    "OpenAPI 3": (
        b'{"openapi": "3.0.1", "paths": {}, "components": {"schemas": {}}}',
        "is OpenAPI 3.0.1: give the Swagger 2.0 document",
    ),
    "no definitions": (_without("definitions"), "has no definitions"),
    "the definitions are a list": (b'{"paths": {}, "definitions": []}', "has no definitions"),
    "no paths": (_without("paths"), "has no paths"),
    "no tags": (_without(*_GET, "tags"), "GET /api/v2/lamps/{lampId}: there is no 'tags'"),
    "no responses": (_without(*_GET, "responses"), "GET /api/v2/lamps/{lampId}: there is no"),
    "no name": (_without(*_GET, "operationId"), "GET /api/v2/lamps/{lampId}: there is no 'opera"),
    "a form": (
        _with_parameter(**{"in": "formData", "type": "file"}),
        "GET /api/v2/lamps/{lampId}: parameter photo is in formData",
    ),
    "a type that there is not": (
        _with_parameter(**{"in": "query", "type": "file"}),
        "GET /api/v2/lamps/{lampId}: there is no type 'file'",
    ),
    "a list of nothing": (
        b'{"paths": {}, "definitions": {"Lamp": {"properties": {"a": {"type": "array"}}}}}',
        "Lamp: there is no 'items'",
    ),
    "a definition that is a text": (b'{"paths": {}, "definitions": {"Lamp": "x"}}', "Lamp: "),
}


@pytest.mark.parametrize("name", BAD_DOCUMENTS)
def test_a_bad_document_is_refused_and_nothing_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, complaint = BAD_DOCUMENTS[name]
    swagger, folder = tmp_path / "swagger.json", tmp_path / "catalog"
    swagger.write_bytes(content)
    folder.mkdir()
    (folder / "operations.txt").write_text("as it was\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"\A1\Z"):
        main([str(swagger), "--output", str(folder)])
    said = capsys.readouterr().err
    assert re.search(re.escape(complaint), said), said
    assert said.count("\n") == 1
    assert [one.name for one in folder.iterdir()] == ["operations.txt"]
    assert (folder / "operations.txt").read_text(encoding="utf-8") == "as it was\n"


@pytest.mark.parametrize("notifications", ["swagger", "nothing", "no payload"])
def test_bad_notifications_leave_the_operations_as_they_were(
    notifications: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contents = {
        "swagger": json.dumps(SMALL),
        "nothing": "",
        "no payload": '{"definitions": {}, "topics": {"v2.lamps": {}}}',
    }
    swagger, folder = tmp_path / "swagger.json", tmp_path / "catalog"
    swagger.write_text(json.dumps(SMALL), encoding="utf-8")
    folder.mkdir()
    topics = tmp_path / "topics.json"
    topics.write_text(contents[notifications], encoding="utf-8")
    with pytest.raises(SystemExit, match=r"\A1\Z"):
        main([str(swagger), "--notifications", str(topics), "--output", str(folder)])
    assert re.search("has no topics|is not JSON|v2.lamps: there is no", capsys.readouterr().err)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("missing", ["document", "folder"])
def test_what_is_not_there_is_told(
    missing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swagger = tmp_path / "swagger.json"
    if missing == "folder":
        swagger.write_text(json.dumps(SMALL), encoding="utf-8")
    with pytest.raises(SystemExit, match=r"\A1\Z"):
        main([str(swagger), "--output", str(tmp_path / "nowhere")])
    assert "No such file or directory" in capsys.readouterr().err
