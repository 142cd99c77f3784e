"""A sandbox that keeps its state in a file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.store import StoreError
from PureCloudPlatformClientV2.sandbox.store.database import Database

from .caller import BODIES, LINE, LISTINGS, Caller
from .token_requests import basic


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.sqlite3"


def test_a_file_keeps_integrations_tokens_and_clients(
    database: Path, pool: urllib3.PoolManager
) -> None:
    with Sandbox(database=database) as first:
        call = Caller(first, pool)
        created = [call.create(listing) for listing in LISTINGS]
        token = first.create_token(permissions=["messaging:integration:view"])
        ids = {"client_id": first.client_id, "client_secret": first.client_secret}
        old_token = first.access_token

    with Sandbox(database=str(database)) as second:
        call = Caller(second, pool)
        found = [
            call("GET", listing, token=token).json["entities"][0]
            | ({"webhookUri": made["webhookUri"]} if listing == LINE else {})
            for listing, made in zip(LISTINGS, created, strict=True)
        ]
        assert found == created
        assert call("POST", LINE, {"name": "A"}, token=token).status == 403
        assert call("GET", LINE, token=old_token).status == 200
        assert call.form({"grant_type": "client_credentials", **ids}).status == 200
        assert second.access_token != old_token


def test_a_file_recognizes_the_secret_of_a_channel(
    database: Path, pool: urllib3.PoolManager
) -> None:
    with Sandbox(database=database) as first:
        created = Caller(first, pool).create(LINE)
        first.set_status(created["id"], "Active")

    with Sandbox(database=database) as second:
        call = Caller(second, pool)
        same, other = BODIES[LINE]["channelSecret"], "secret-other"
        assert call("PUT", created["selfUri"], {"channelSecret": same}).status == 200
        assert call("PUT", created["selfUri"], {"channelSecret": other}).status == 409


def test_a_file_keeps_codes_and_refresh_tokens(database: Path, pool: urllib3.PoolManager) -> None:
    uri = {"redirect_uri": "https://app.example/cb"}
    with Sandbox(database=database, client_id="me", client_secret="secret") as first:
        code = first.create_authorization_code(**uri)

    form = {"grant_type": "authorization_code", "code": code} | uri
    with Sandbox(database=database, client_id="me", client_secret="secret") as second:
        tokens = Caller(second, pool).form(form, basic("me", "secret")).json

    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    with Sandbox(database=database, client_id="me", client_secret="secret") as third:
        assert Caller(third, pool).form(form, basic("me", "secret")).status == 200
        assert Caller(third, pool).form(form, basic("me", "secret")).status == 400


def test_no_secret_lies_in_the_file(database: Path, pool: urllib3.PoolManager) -> None:
    with Sandbox(database=database) as sandbox:
        call = Caller(sandbox, pool)
        secrets = [sandbox.access_token, sandbox.client_secret, sandbox.control_token]
        secrets.append(sandbox.create_token())
        code = sandbox.create_authorization_code(redirect_uri="https://app.example/cb")
        form = {"grant_type": "authorization_code", "redirect_uri": "https://app.example/cb"}
        credentials = basic(sandbox.client_id, sandbox.client_secret)
        secrets.append(call.form(form | {"code": code}, credentials).json["refresh_token"])
        secrets.append(sandbox.create_authorization_code(redirect_uri="https://app.example/cb"))
        for listing in LISTINGS:
            call.create(listing)
            secrets += [value for value in BODIES[listing].values() if value.startswith("secret")]
        # While the sandbox runs, a part of the database is in a file beside it.
        contents = b"".join(file.read_bytes() for file in database.parent.iterdir())
    contents += b"".join(file.read_bytes() for file in database.parent.iterdir())

    assert b"Channel" in contents
    assert not [secret for secret in secrets if secret.encode() in contents]


def test_nothing_but_the_file_is_left_behind(database: Path) -> None:
    with Sandbox(database=database):
        pass

    assert list(database.parent.iterdir()) == [database]


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot open the database .*nowhere"):
        Sandbox(database=tmp_path / "nowhere" / "sandbox.sqlite3").start()


def test_a_file_of_another_kind_is_told_and_left_alone(database: Path) -> None:
    contents = b"This is not a database. " * 100
    database.write_bytes(contents)

    with pytest.raises(StoreError, match=r"cannot use the database .*not a database"):
        Sandbox(database=database).start()
    assert database.read_bytes() == contents


def test_a_database_of_something_else_is_told_and_left_alone(database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE addresses (name TEXT)")
    connection.commit()
    connection.close()
    contents = database.read_bytes()

    with pytest.raises(StoreError, match="is not a database of this sandbox"):
        Sandbox(database=database).start()
    assert database.read_bytes() == contents


def test_a_hundred_thousand_integrations_are_paged_through_by_the_database(
    database: Path, pool: urllib3.PoolManager
) -> None:
    with Sandbox(database=database) as sandbox:
        template = sandbox.create_integration("line", integration_id="0", name="Channel")
        connection = sqlite3.connect(database)
        # By hand, since a request or a call for each would take most of a minute.
        connection.execute(
            "WITH RECURSIVE counter(n) AS"
            " (SELECT 1 UNION ALL SELECT n + 1 FROM counter LIMIT 99999)"
            " INSERT INTO documents (organization_id, collection, id, content)"
            " SELECT organization_id, collection, counter.n, content"
            " FROM documents, counter WHERE id = '0'"
        )
        connection.commit()
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT id, content FROM documents"
            " WHERE organization_id = ? AND collection = 'integrations/line'"
            " ORDER BY sequence LIMIT 25 OFFSET 99975",
            [sandbox.organization_id],
        ).fetchall()
        connection.close()
        page = Caller(sandbox, pool)("GET", LINE + "?pageNumber=4000").json

    # Reading in the order of an index, the database neither sorts nor scans the table.
    assert "USING INDEX" in str(plan)
    assert "TEMP B-TREE" not in str(plan)
    assert [entity["id"] for entity in page["entities"]] == [str(n) for n in range(99975, 100000)]
    assert page["entities"][0]["name"] == template["name"]
    assert page["pageCount"] == 4000


def test_what_cannot_be_committed_leaves_the_database_usable() -> None:
    database = Database(
        None,
        "PRAGMA foreign_keys = ON; CREATE TABLE parents (id TEXT PRIMARY KEY);"
        "CREATE TABLE children (parent REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);",
    )
    with pytest.raises(sqlite3.IntegrityError), database.transaction():
        database.change("INSERT INTO children VALUES ('nobody')")
    with database.transaction():
        database.change("INSERT INTO parents VALUES ('somebody')")

    assert database.all("SELECT * FROM children") == []
    database.close()
