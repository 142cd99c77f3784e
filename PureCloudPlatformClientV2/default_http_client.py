"""The module in which the vendor's SDK has DefaultHttpClient."""

from ._transport.http_client import DefaultHttpClient as DefaultHttpClient
