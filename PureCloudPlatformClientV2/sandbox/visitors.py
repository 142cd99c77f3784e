"""Which web sites a browser may come from, before anything else is looked at.

A web site can do two things to a server on this machine: have its own name resolved to the machine,
which shows in ``Host``, and send what it may not read the answer of, which shows in ``Origin``.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

from .addresses import WILDCARDS
from .errors import ServiceError
from .state import current_state


def check_visitor() -> None:
    """Refuse a request to the page or the control API that another web site may have caused."""
    host = request.environ.get("HTTP_HOST", "")
    if not _is_own(_hostname(host)):
        raise ServiceError(
            403,
            "host.not.allowed",
            "The sandbox doesn't go by the name in the Host header. Use http://127.0.0.1 or "
            'localhost, or start it with this name: Sandbox(hosts=["..."]) or --hosts.',
        )
    origin = request.environ.get("HTTP_ORIGIN")
    if origin is not None and origin.lower() != f"{request.scheme}://{host}".lower():
        raise ServiceError(
            403,
            "origin.not.allowed",
            "Only the sandbox's own page may call this from a browser, not a page of another "
            "origin.",
        )


def _hostname(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_own(name: str) -> bool:
    hosts = current_state().settings.hosts
    if name == "localhost" or name.endswith(".localhost") or name in hosts:
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    # An address is no name that could be made to lead here; which ones do, the system knows.
    return address.is_loopback or not hosts.isdisjoint(WILDCARDS)
