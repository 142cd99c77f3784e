"""The module in which the vendor's SDK has AbstractHttpClient."""

from ._transport.http_client import AbstractHttpClient as AbstractHttpClient
