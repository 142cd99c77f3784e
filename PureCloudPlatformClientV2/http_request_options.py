"""The module in which the vendor's SDK has HttpRequestOptions."""

from ._transport.request import HttpRequestOptions as HttpRequestOptions
