"""Api: what all API classes have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any, NoReturn, TypedDict, TypeVar, overload

from .. import models
from .._settings.checks import RequestTimeout
from .._wire.names import did_you_mean
from ..api_client import ApiClient
from ..configuration import Configuration, configuration

if TYPE_CHECKING:
    from typing_extensions import Unpack as Unpack
elif sys.version_info >= (3, 11):
    from typing import Unpack as Unpack
else:

    class Unpack:
        """Stands in for ``typing.Unpack``, so that signatures can be evaluated on 3.10 as well."""

        def __class_getitem__(cls, options):
            return options


__all__ = ["Api", "CallOptions"]


T = TypeVar("T")


class CallOptions(TypedDict, total=False):
    """What every call accepts besides its own parameters.

    Attributes:
        callback: Makes the call in a thread of its own and hands the result to this function;
            the method then returns the ``threading.Thread`` at once. An exception ends the thread
            and is reported by ``threading.excepthook``.
        _request_timeout: Seconds for connecting and for each wait between bytes, or a
            (connect, read) pair of seconds; ``configuration.request_timeout`` if omitted.
        _deadline: Seconds for the whole call, retries and the pauses between them included;
            ``configuration.deadline`` if omitted.
        _headers: Extra headers for this call; they replace others of the same name.
    """

    callback: Callable[[Any], object] | None
    _request_timeout: RequestTimeout | None
    _deadline: float | None
    _headers: Mapping[str, str | bytes] | None


class Api:
    """What all API classes have in common.

    Every method raises ``ApiException`` where the service refuses the call or cannot be reached,
    and ``ValueError`` or ``TypeError``, before anything is sent, where an argument is missing or
    cannot be sent.
    """

    def __init__(self, api_client: ApiClient | None = None) -> None:
        """Make the calls available.

        Args:
            api_client: What they are made through; a client that is shared by the whole process
                and works with the default configuration if omitted.

        Raises:
            TypeError: It is a Configuration, which a client has to be made of first.
        """
        if isinstance(api_client, Configuration):
            raise TypeError("api_client: write ApiClient(configuration=...) and give that")
        self.api_client: ApiClient = api_client or _default_api_client()

    @overload
    def _call(
        self,
        method: str,
        resource_path: str,
        *,
        returns: type[T],
        options: CallOptions,
        path: Mapping[str, Any] | None = ...,
        reserved: Mapping[str, Mapping[str, str]] | None = ...,
        query: Mapping[str, Any] | None = ...,
        headers: Mapping[str, Any] | None = ...,
        body: Any = ...,
        body_type: str | type[models.Model] | None = ...,
        body_name: str = ...,
        body_required: bool = ...,
        auth_settings: Sequence[str] | None = ...,
    ) -> T: ...

    @overload
    def _call(
        self,
        method: str,
        resource_path: str,
        *,
        returns: None,
        options: CallOptions,
        path: Mapping[str, Any] | None = ...,
        reserved: Mapping[str, Mapping[str, str]] | None = ...,
        query: Mapping[str, Any] | None = ...,
        headers: Mapping[str, Any] | None = ...,
        body: Any = ...,
        body_type: str | type[models.Model] | None = ...,
        body_name: str = ...,
        body_required: bool = ...,
        auth_settings: Sequence[str] | None = ...,
    ) -> None: ...

    @overload
    def _call(
        self,
        method: str,
        resource_path: str,
        *,
        returns: str,
        options: CallOptions,
        path: Mapping[str, Any] | None = ...,
        reserved: Mapping[str, Mapping[str, str]] | None = ...,
        query: Mapping[str, Any] | None = ...,
        headers: Mapping[str, Any] | None = ...,
        body: Any = ...,
        body_type: str | type[models.Model] | None = ...,
        body_name: str = ...,
        body_required: bool = ...,
        auth_settings: Sequence[str] | None = ...,
    ) -> Any: ...

    def _call(
        self,
        method: str,
        resource_path: str,
        *,
        returns: str | type[T] | None,
        options: CallOptions,
        path: Mapping[str, Any] | None = None,
        reserved: Mapping[str, Mapping[str, str]] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, Any] | None = None,
        body: Any = None,
        body_type: str | type[models.Model] | None = None,
        body_name: str = "body",
        body_required: bool = True,
        auth_settings: Sequence[str] | None = None,
    ) -> Any:
        """Make the call of an endpoint.

        Args:
            method: The verb.
            resource_path: Path template.
            returns: The model that comes back, if any, or a swagger type name.
            options: What the caller has given besides the endpoint's own parameters.
            path: Values for the placeholders of the path.
            reserved: What these cannot be, by placeholder, as the path would be that of another
                method, which is named.
            query: The query, by wire name.
            headers: The endpoint's headers, by wire name; a caller's ``_headers`` replace them.
            body: The body.
            body_type: The model that the body must be, or a swagger type name.
            body_name: What the endpoint calls the body.
            body_required: Whether the body may not be ``None``.
            auth_settings: How to authenticate; with the access token if omitted, not at all if
                empty.
        """
        if not options.keys() <= CallOptions.__annotations__.keys():
            self._refuse_options(method, resource_path, options)
        if body_type is not None:
            # Imported here for the sake of start-up time. And the check is made here, so that what
            # takes the place of call_api in a test needs only the vendor's parameters.
            from .._wire.bodies import check_body

            check_body(body, body_type, models.find_model, name=body_name, required=body_required)
        if reserved is not None:
            # Imported here for the sake of start-up time: few paths have words beside ids.
            from .._wire.parameters import check_reserved

            check_reserved(path or {}, reserved)
        call_api = self._call_api
        if headers is None and auth_settings is None:
            return call_api(
                resource_path, method, path, query, body=body, response_type=returns, **options
            )
        # Imported here for the sake of start-up time: few endpoints have headers of their own.
        from .._wire.parameters import headers_to_text

        return call_api(
            resource_path,
            method,
            path,
            query,
            headers_to_text(headers or {}),
            body=body,
            response_type=returns,
            auth_settings=auth_settings,
            **options,
        )

    @property
    def _call_api(self) -> Any:
        """What makes the calls: ``ApiClient.call_api``, or what does the same."""
        return self.api_client.call_api

    def _refuse_options(self, verb: str, resource_path: str, options: CallOptions) -> NoReturn:
        (name, *_) = options.keys() - CallOptions.__annotations__.keys()
        code = self._function(verb, resource_path).__code__
        parameters = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
        hint = did_you_mean(name, (*parameters, *CallOptions.__annotations__))
        raise TypeError(f"{code.co_name} got an unexpected keyword argument {name!r}{hint}")

    def _function(self, verb: str, resource_path: str) -> FunctionType:
        """Find the method of an endpoint, by what stands in it."""
        return next(
            member
            for owner in type(self).__mro__
            for member in vars(owner).values()
            if type(member) is FunctionType  # and none of the catalog that was never looked up
            and {verb, resource_path} <= set(member.__code__.co_consts)
        )


def _default_api_client() -> ApiClient:
    """Give the client that API classes share if they are given none, made on first use."""
    if configuration.api_client is None:
        # setdefault, so that threads which come here together get the same one; a lock could stay
        # closed for ever in a forked child.
        vars(configuration).setdefault("_api_client", ApiClient())
    client: ApiClient = vars(configuration)["_api_client"]
    return client
