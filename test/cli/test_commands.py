"""Commands come from methods, without a line written for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

import click
import pytest
from contract_facts import operations
from service import Service

from PureCloudPlatformClientV2 import ApiClient, CallOptions, LineIntegration, apis
from PureCloudPlatformClientV2.apis.api import Unpack
from PureCloudPlatformClientV2.cli.commands import EndpointCommand
from PureCloudPlatformClientV2.cli.groups import ApiGroup
from PureCloudPlatformClientV2.cli.index import command_name, list_methods
from PureCloudPlatformClientV2.models import Model
from PureCloudPlatformClientV2.models.base import Secret

from .shell import Cli


class WidgetOrder(Model):
    """What a caller sends to order a widget."""

    name: str | None = None
    """What it is called."""
    output: str | None = None
    """Where it comes out."""
    color: str | None = None
    """Its color."""
    is_urgent: bool | None = None
    """Whether it is urgent."""
    weight: float | None = None
    """What it weighs."""
    wanted_at: datetime | None = None
    """When it is wanted."""
    tags: list[str] | None = None
    """What it is to be found by."""
    sides: list[bool] | None = None
    """Which of its sides are up."""
    maker: LineIntegration | None = None
    """Who makes it."""
    client_secret: Secret[str] = None
    """What opens it."""


class WidgetShopApi:
    """Widgets, which do not exist."""

    def __init__(self, api_client: ApiClient) -> None:
        self.api_client = api_client

    def get_widget_shop_orders(
        self,
        shop: str,
        since: date,
        *,
        state: Literal["open", "closed"] | str | None = None,
        ids: list[int] | None = None,
        paid: bool | None = None,
        query: str | None = None,
        **options: Unpack[CallOptions],
    ) -> None:
        """Find orders.

        Wraps GET /api/v2/shops/{shop}/orders

        Requires ALL permissions: widgets:order:view, widgets:shop:view

        Args:
            shop: Which shop,
                in one word.
            since: From when on.
            state: Whether they are ``open``.
            ids: Some of them.
            paid: Whether they are paid.
            query: What to look for.
            **options: Per-call settings, see CallOptions.
        """
        query_params = {"since": since, "state": state, "ids": ids, "paid": paid, "q": query}
        self.api_client.call_api(
            "/api/v2/shops/{shop}/orders",
            "GET",
            path_params={"shop": shop},
            query_params=query_params,
            response_type=None,
            **options,
        )

    def post_widget_shop_orders(
        self, body: WidgetOrder | dict[str, Any], **options: Unpack[CallOptions]
    ) -> None:
        """Order a widget.

        Wraps POST /api/v2/orders

        Args:
            body: The order.
            **options: Per-call settings, see CallOptions.
        """
        self.api_client.call_api(
            "/api/v2/orders",
            "POST",
            body=body,
            body_type=WidgetOrder,
            response_type=None,
            **options,
        )

    def put_orders(self, body: list[int], **options: Unpack[CallOptions]) -> None:
        """Sort the orders.

        Wraps PUT /api/v2/orders

        Args:
            body: The numbers of the orders.
            **options: Per-call settings, see CallOptions.
        """
        self.api_client.call_api("/api/v2/orders", "PUT", body=body, response_type=None, **options)


@pytest.fixture(autouse=True)
def _open_shop(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] - by name
    monkeypatch.setattr(apis, "WidgetShopApi", WidgetShopApi, raising=False)


@pytest.fixture
def shop(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service that the widget shop is called at."""
    monkeypatch.setenv("GENESYSCLOUD_REGION", service.url)
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "the-token")
    service.answer_always(204)
    return service


def call(*arguments: str) -> None:
    group = ApiGroup("WidgetShopApi")
    group.main(arguments, prog_name="program", standalone_mode=False)


def help_of(method: str) -> str:
    command = EndpointCommand("name", "WidgetShopApi", method)
    parent = click.Context(ApiGroup("WidgetShopApi"), info_name="program")
    text = command.get_help(click.Context(command, info_name="name", parent=parent))
    return " ".join(text.split())


def test_every_method_is_a_command_and_nothing_else() -> None:
    assert {*map(str, operations)} <= {*list_methods("MessagingApi")}


@pytest.mark.parametrize(
    ("class_name", "method", "expected"),
    [
        ("MessagingApi", "get_messaging_integrations_facebook", "get-integrations-facebook"),
        ("MessagingApi", "get_messaging_sticker", "get-sticker"),
        ("WidgetShopApi", "get_widget_shop_orders", "get-orders"),
        ("WidgetShopApi", "put_orders", "put-orders"),
    ],
)
def test_the_words_of_the_api_are_not_repeated(class_name: str, method: str, expected: str) -> None:
    assert command_name(class_name, method) == expected


def test_parameters_of_every_type_reach_the_service(shop: Service) -> None:
    call(
        *["get-orders", "berlin/mitte", "--since", "2019-08-14", "--state", "lost"],
        *["--ids", "1", "--ids", "2", "--no-paid", "--query-query", "blue one"],
    )
    (request,) = shop.requests
    assert request.path == "/api/v2/shops/berlin%2Fmitte/orders"
    assert request.query == {
        "since": "2019-08-14",
        "state": "lost",
        "ids": "1,2",
        "paid": "false",
        "q": "blue one",
    }


def test_what_is_not_given_is_not_sent(shop: Service) -> None:
    call("get-orders", "berlin", "--since", "2019-08-14")
    assert shop.requests[0].query == {"since": "2019-08-14"}


@pytest.mark.parametrize("value", ['"hunter2"', "hunter2 ", "'hunter2"])
def test_what_an_env_file_leaves_around_a_secret_is_refused_by_the_name_of_the_variable(
    shop: Service, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_CLIENT_SECRET", value)
    with pytest.raises(click.BadParameter, match=r"GENESYSCLOUD_CLIENT_SECRET: .*quotation") as got:
        call("post-orders", "--name", "Widget")
    assert "hunter2" not in str(got.value)
    assert shop.requests == []


def test_fields_of_every_type_reach_the_service(
    shop: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_CLIENT_SECRET", "example-secret")
    call(
        *["post-orders", "--name", "Widget", "--body-output", "left", "--color", "green"],
        *["--is-urgent", "--weight", "1.5", "--wanted-at", "2019-08-14T09:30:00+02:00"],
        *["--tags", "a", "--tags", "b", "--maker", '{"name": "Support"}'],
        *["--sides", "true", "--sides", "False"],
    )
    assert shop.requests[0].json == {
        "name": "Widget",
        "output": "left",
        "color": "green",
        "isUrgent": True,
        "weight": 1.5,
        "wantedAt": "2019-08-14T07:30:00.000Z",
        "tags": ["a", "b"],
        "sides": [True, False],
        "maker": {"name": "Support"},
        "clientSecret": "example-secret",
    }


def test_a_single_field_goes_before_the_body(shop: Service) -> None:
    body = json.dumps({"name": "Old", "weight": None, "unheardOf": [1]})
    call("post-orders", "--body", body, "--name", "New")
    assert shop.requests[0].json == {"name": "New", "weight": None, "unheardOf": [1]}


def test_a_body_without_a_model_is_given_as_a_whole(shop: Service) -> None:
    call("put-orders", "--body", "[3, 1, 2]")
    assert shop.requests[0].json == [3, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["get-orders", "berlin"], "--since"),
        (["get-orders", "berlin", "--since", "soon"], "'soon' is not a date"),
        (["get-orders", "berlin", "--since", "2019-08-14", "--ids", "x"], "not a whole number"),
        (["post-orders", "--weight", "x"], "'x' is not a number"),
        (["post-orders", "--wanted-at", "x"], "date and time"),
        (["post-orders", "--maker", "x"], "not JSON"),
        (["post-orders", "--maker", '"\udcff"'], "not JSON: 'utf-8' codec can't encode"),
        (["post-orders", "--sides", "up"], "'up' is neither true nor false"),
        (["post-orders"], "give --body or at least one of its fields, such as --name"),
        (["put-orders"], "give --body"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_values_that_cannot_be_used_are_refused(
    shop: Service, arguments: Sequence[str], complaint: str
) -> None:
    with pytest.raises(click.UsageError) as caught:
        call(*arguments)
    assert complaint in caught.value.format_message()
    assert shop.requests == []


def test_the_help_says_what_the_docstring_says() -> None:
    text = help_of("get_widget_shop_orders")
    assert "GET /api/v2/shops/{shop}/orders" in text
    assert "Permission: all of widgets:order:view, widgets:shop:view" in text
    assert "SHOP Which shop, in one word." in text
    assert "--since DATE From when on. [required]" in text
    assert "Whether they are open. Known values: open, closed." in text
    assert "--ids NUMBER Some of them. May be given several times." in text
    assert "--paid / --no-paid Whether they are paid." in text
    assert "--query-query TEXT What to look for." in text


def test_the_help_says_what_stands_under_the_fields() -> None:
    text = help_of("post_widget_shop_orders")
    assert "--body-output TEXT Where it comes out." in text
    assert "--color TEXT Its color." in text
    assert "--client-secret" not in text  # which is the secret of the OAuth client
    assert "--body-client-secret [@FILE] What opens it." in text


def test_options_may_stand_before_and_after_the_command(cli: Cli) -> None:
    command = ("messaging", "get-sticker", "line", "--page-size", "1")
    assert cli("--output", "json", *command, "-o", "jsonl").out.count("\n") == 1
    assert cli("--output", "jsonl", *command).out.count("\n") == 1
    assert cli("messaging", "--output", "jsonl", *command[1:]).out.count("\n") == 1
