"""What is compared: this package and its peers, by name.

Each side is imported by the process that runs it, and no other. The vendor's releases have the same
name as this package; which of them is imported is a matter of the path (processes.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import import_module
from typing import Any, NamedTuple

from . import queue_page
from .by_hand import decode_by_hand
from .facebook_page import (
    PATH,
    Row,
    camel_case,
    make_models,
    read_dict,
    read_dicts,
    read_model,
    read_models,
)

TITLES = {
    "ours": "this package",
    "catalog": "this package, models of the catalog",
    "bare": "urllib3 + json.loads",
    "json": "json.loads, read as dicts",
    "by-hand": "json.loads, objects unchecked",
    "json-alone": "json.loads alone",
    "msgspec": "msgspec",
    "pydantic": "pydantic",
    "pydantic-text": "pydantic, model_validate_json",
    "pydantic-dict": "pydantic, json.loads + model_validate",
    "bare-pydantic": "urllib3 + pydantic",
    "click": "a program with click",
    "argparse": "a program with argparse",
    "pass": "`python -c pass`",
    "again": "this package, the next call",
    "vendor57": "vendor 57.0.2",
    "vendor269": "vendor 269.0.0",
}
"""What the sides are called in the report."""

VENDOR = {"vendor57": "57.0.2", "vendor269": "269.0.0"}
"""The sides that are releases of the vendor's SDK."""

TOKEN = "a-token-of-the-usual-length-which-is-rather-more-than-this-0123456789"
_ID = "5e1b1c1a-9a3f-4d52-8d6e-0c4f0c6b7a11"


class Decoder(NamedTuple):
    """How a side decodes a page, and how what it makes is read."""

    decode: Callable[[bytes], Any]
    read: Callable[[Any], Iterator[Row]] | None


class Client(NamedTuple):
    """The calls of a side; each reads in full what comes back."""

    get: Callable[[], object]
    post: Callable[[], object]
    list: Callable[[], object]


def make_decoder(side: str) -> Decoder:
    """Make ready to decode pages.

    Args:
        side: Name of the side.

    Returns:
        Its decoder.
    """
    if side in ("ours", "catalog"):
        return Decoder(decoder_of_ours(_listing_of_ours(side)), read_models)
    if side == "json":
        return Decoder(json.loads, read_dicts)
    if side == "json-alone":
        return Decoder(json.loads, None)
    if side == "by-hand":
        return Decoder(decode_by_hand, read_models)
    if side == "msgspec":
        return Decoder(_msgspec_decoder(), read_models)
    if side == "pydantic-text":
        return Decoder(_pydantic_models()[0].model_validate_json, read_models)
    if side == "pydantic-dict":
        return Decoder(_pydantic_dict_decoder(), read_models)
    if side in VENDOR:
        return Decoder(decoder_of_vendor("FacebookIntegrationEntityListing"), read_models)
    raise ValueError(f"{side} does not decode")


def decoder_of_ours(model: Any) -> Callable[[bytes], Any]:
    """Make what a call does between the bytes of the answer and its result.

    Args:
        model: The class of the result.

    Returns:
        What decodes the bytes of a body.
    """
    from PureCloudPlatformClientV2 import models
    from PureCloudPlatformClientV2._wire.results import result_maker
    from PureCloudPlatformClientV2.rest import RESTResponse

    headers = RESTResponse(200, "OK", {}, b"").headers

    def decode(page: bytes) -> Any:
        to_result = result_maker(model, models.find_model, None)
        return to_result(RESTResponse(200, "OK", headers, page))

    return decode


def _listing_of_ours(side: str) -> Any:
    from PureCloudPlatformClientV2 import FacebookIntegrationEntityListing

    model: Any = FacebookIntegrationEntityListing
    return _as_of_the_catalog(model) if side == "catalog" else model


def _as_of_the_catalog(model: Any) -> Any:
    """Make a model, and those in it, once more as the catalog does: of maps, others by name."""
    from PureCloudPlatformClientV2 import models
    from PureCloudPlatformClientV2._wire.types import ModelName, parse_type
    from PureCloudPlatformClientV2.models.base import make_model

    made: dict[str, Any] = {}

    def find_model(name: str) -> Any:
        if name not in made:
            made[name] = make(getattr(models, name))
        return made[name]

    def make(model: Any) -> Any:
        kept = ("swagger_types", "attribute_map", "secret_fields", "__doc__")
        later: Callable[[str], Any] = partial(ModelName, find_model=find_model)
        types = {name: parse_type(one, later) for name, one in model.swagger_types.items()}
        maps = {name: getattr(model, name) for name in kept}
        base: Any = models.Model
        return make_model(model.__name__, base, {**maps, "_field_types": types})

    return find_model(model.__name__)


def decoder_of_vendor(model: str) -> Callable[[bytes], Any]:
    """Make the same of the vendor's; its HTTP client makes text of the bytes.

    Args:
        model: Name of the class of the result.

    Returns:
        What decodes the bytes of a body.
    """
    client = import_module("PureCloudPlatformClientV2").ApiClient("http://127.0.0.1")

    class Response:
        def __init__(self, data: str) -> None:
            self.data = data

        def getheader(self, name: str) -> str | None:
            return "application/json" if name == "Content-Type" else None

    return lambda page: client.deserialize(Response(page.decode("utf8")), model)


def _pydantic_models() -> tuple[Any, Any]:
    pydantic = import_module("pydantic")

    def make_model(name: str, types: dict[str, Any]) -> Any:
        fields: dict[str, Any] = {
            field: (type_ | None, pydantic.Field(default=None, alias=camel_case(field)))
            for field, type_ in types.items()
        }
        return pydantic.create_model(name, **fields)

    return make_models(make_model)


def _pydantic_dict_decoder() -> Callable[[bytes], Any]:
    listing, _ = _pydantic_models()

    def decode(page: bytes) -> Any:
        return listing.model_validate(json.loads(page))

    return decode


def _msgspec_decoder() -> Callable[[bytes], Any]:
    msgspec = import_module("msgspec")

    def make_model(name: str, types: dict[str, Any]) -> Any:
        fields = [(field, type_ | None, None) for field, type_ in types.items()]
        return msgspec.defstruct(name, fields, rename="camel", kw_only=True)

    listing, _ = make_models(make_model)
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(listing).decode
    return decode


def make_client(side: str, host: str, connections: int) -> Client:
    """Make ready to call.

    Args:
        side: Name of the side.
        host: URL of the server.
        connections: How many connections are kept open, where that can be said.

    Returns:
        Its calls.
    """
    if side == "ours":
        return _client_of_ours(host, connections)
    if side == "bare":
        return _bare_client(
            host, connections, lambda text: read_dict(json.loads(text)), _read_all_dicts
        )
    if side == "bare-pydantic":
        listing, integration = _pydantic_models()
        return _bare_client(
            host,
            connections,
            lambda text: read_model(integration.model_validate_json(text)),
            lambda text: exhaust(read_models(listing.model_validate_json(text))),
        )
    if side in VENDOR:
        return _client_of_vendor(side, host)
    raise ValueError(f"{side} does not call")


def exhaust(rows: Iterator[Row]) -> None:
    """Read all there is."""
    for _ in rows:
        pass


def _read_all_dicts(text: bytes) -> None:
    exhaust(read_dicts(json.loads(text)))


def _client_of_ours(host: str, connections: int) -> Client:
    from PureCloudPlatformClientV2 import FacebookIntegrationRequest

    api = make_api(host, connections)

    def post() -> object:
        body = FacebookIntegrationRequest(
            name="Support", page_access_token="page-token", app_id="1653", app_secret="app-secret"
        )
        return read_model(api.post_messaging_integrations_facebook(body))

    return Client(
        get=lambda: read_model(api.get_messaging_integrations_facebook_integration_id(_ID)),
        post=post,
        list=lambda: exhaust(read_models(api.get_messaging_integrations_facebook(page_size=25))),
    )


def make_api(host: str, connections: int = 32) -> Any:
    """Make the API class of this package, with nothing set but where to and as whom.

    Args:
        host: URL of the server.
        connections: How many connections are kept open.

    Returns:
        The ``MessagingApi``.
    """
    from PureCloudPlatformClientV2 import ApiClient, Configuration, MessagingApi

    configuration = Configuration(host=host, access_token=TOKEN)
    if connections != configuration.connection_pool_maxsize:
        configuration.connection_pool_maxsize = connections
    return MessagingApi(ApiClient(configuration=configuration))


def make_lister(side: str, host: str) -> Callable[[], list[str]]:
    """Make ready to list 25 queues, short of the first thing that is done for that alone.

    Args:
        side: Name of the side.
        host: URL of the server.

    Returns:
        What makes the call, and reads the names.
    """
    if side == "bare-pydantic":
        return _pydantic_lister(host)
    sdk = import_module("PureCloudPlatformClientV2")
    client = sdk.ApiClient(host)
    client.access_token = TOKEN

    def list_queues() -> list[str]:
        queues = sdk.RoutingApi(client).get_routing_queues(page_size=25)
        return [queue.name for queue in queues.entities]

    return list_queues


def _pydantic_lister(host: str) -> Callable[[], list[str]]:
    import urllib3

    from .catalog_models import make_pydantic_models

    pool = urllib3.PoolManager()

    @cache
    def model() -> Any:
        return make_pydantic_models("QueueEntityListing")

    def list_queues() -> list[str]:
        answer = pool.request(
            "GET",
            f"{host}{queue_page.PATH}",
            fields={"pageSize": "25"},
            headers={"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"},
        )
        return [queue.name_ for queue in model().model_validate_json(answer.data).entities_]

    return list_queues


def _bare_client(
    host: str,
    connections: int,
    read_one: Callable[[bytes], object],
    read_all: Callable[[bytes], object],
) -> Client:
    import urllib3

    pool = urllib3.PoolManager(maxsize=connections, block=True)
    headers = {
        "Accept": "application/json",
        "User-Agent": "PureCloudPlatformClientV2/1!2.0.0 python",
        "Authorization": f"Bearer {TOKEN}",
    }
    headers_of_post = {**headers, "Content-Type": "application/json"}
    url = host + PATH

    def post() -> object:
        body = {
            "name": "Support",
            "pageAccessToken": "page-token",
            "appId": "1653",
            "appSecret": "app-secret",
        }
        content = json.dumps(body)
        return read_one(pool.request("POST", url, body=content, headers=headers_of_post).data)

    return Client(
        get=lambda: read_one(pool.request("GET", f"{url}/{_ID}", headers=headers).data),
        post=post,
        list=lambda: read_all(
            pool.request("GET", url, fields={"pageSize": "25"}, headers=headers).data
        ),
    )


def _client_of_vendor(side: str, host: str) -> Client:
    sdk = import_module("PureCloudPlatformClientV2")
    client = sdk.ApiClient(host)
    client.access_token = TOKEN
    if side == "vendor57":
        api = sdk.MessagingApi(client)
        prefix = "messaging_integrations_facebook"
    else:
        api = sdk.ConversationsApi(client)
        prefix = "conversations_messaging_integrations_facebook"
    get_one = getattr(api, f"get_{prefix}_integration_id")
    post_one = getattr(api, f"post_{prefix}")
    get_all = getattr(api, f"get_{prefix}")

    def post() -> object:
        body = sdk.FacebookIntegrationRequest()
        body.name = "Support"
        body.page_access_token = "page-token"
        body.app_id = "1653"
        body.app_secret = "app-secret"
        return read_model(post_one(body))

    return Client(
        get=lambda: read_model(get_one(_ID)),
        post=post,
        list=lambda: exhaust(read_models(get_all(page_size=25))),
    )
