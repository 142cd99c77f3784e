"""Whose certificates are trusted, and what to do where one is not."""

from __future__ import annotations

import errno
import os
import ssl
import sys
from typing import TYPE_CHECKING, NamedTuple

from .._settings.file_settings import file_signature

if TYPE_CHECKING:
    from .._settings.snapshot import Snapshot


class Authorities(NamedTuple):
    """Where the certificates of the authorities are that are trusted.

    Attributes:
        named_by: The setting or the variable that says so.
        file: A file of certificates in PEM form, if any.
        folders: Folders of them, where each has the name that OpenSSL wants, its hash.
    """

    named_by: str
    file: str | None = None
    folders: tuple[str, ...] = ()

    def check(self) -> None:
        """See that file and folders are there.

        Raises:
            ValueError: They are not, and somebody has named them.
            OSError: That of certifi is not.
        """
        if self.file and file_signature(self.file) is None:
            if self.named_by == _CERTIFI:
                problem = "the file of authorities that certifi has installed is gone"
                raise FileNotFoundError(errno.ENOENT, problem, self.file)
            raise ValueError(f"{self.named_by}: {self.file!r} is not there; correct or remove it")
        if self.folders and not any(map(_is_folder, self.folders)):
            raise ValueError(
                f"{self.named_by}: {os.pathsep.join(self.folders)!r} is no folder; correct or "
                "remove it"
            )

    def __str__(self) -> str:
        places = " and ".join(map(repr, filter(None, (self.file, *self.folders))))
        return f"{self.named_by} ({places})" if places else self.named_by


_CERTIFI = "certifi"


def _is_folder(path: str) -> bool:
    return os.path.isdir(path)  # noqa: PTH112  # pathlib raises for what cannot be looked at


def find_authorities(settings: Snapshot) -> Authorities:
    """Find whose certificates are trusted.

    Those that the configuration names count before those of the environment, whose variables are
    the ones that OpenSSL and requests know; where nobody names any, it is those of certifi.
    """
    if settings.client_certificate and settings.client_certificate.authorities:
        return Authorities("caContent")
    if settings.ssl_ca_cert:
        return Authorities("ssl_ca_cert", settings.ssl_ca_cert)
    if not settings.verify_ssl:
        return Authorities("verify_ssl")
    return _find_in_environment() or _find_installed()


def _find_in_environment() -> Authorities | None:
    file, folders = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folders:
        names = {"SSL_CERT_FILE": file, "SSL_CERT_DIR": folders}
        named_by = ", ".join(name for name in names if names[name])
        return Authorities(named_by, file, tuple(folders.split(os.pathsep)) if folders else ())
    bundle = os.environ.get("REQUESTS_CA_BUNDLE")
    if not bundle:
        return None
    if _is_folder(bundle):
        return Authorities("REQUESTS_CA_BUNDLE", folders=(bundle,))
    return Authorities("REQUESTS_CA_BUNDLE", bundle)


def _find_installed() -> Authorities:
    # Imported here for the sake of start-up time: who names a file does not need it.
    import certifi

    return Authorities(_CERTIFI, certifi.where())


_UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's numbers for a certificate whose chain ends at nobody who is trusted."""

_STRICT = range(80, 94)
"""OpenSSL's numbers for what it objects to only if VERIFY_X509_STRICT is set."""

_INVALID_AUTHORITY = (24, 79)
"""OpenSSL's numbers for an authority that is none, of which it is surer if it is strict."""

_WRONG_TIME = (9, 10)
"""OpenSSL's numbers for a certificate that is not valid yet, or not any more."""


def tls_advice(error: ssl.SSLError, settings: Snapshot) -> str:
    """Say what helps where TLS did not come about.

    Args:
        error: What has ended the handshake.
        settings: What it was tried with.

    Returns:
        A part of a sentence; empty where there is nothing to say.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return _verification_advice(getattr(error, "verify_code", 0), settings)
    reason = str(getattr(error, "reason", ""))  # which only OpenSSL's own have
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        return "no TLS is spoken there: look at scheme and port of the URL"
    if "ALERT" in reason and any(word in reason for word in ("CERT", "UNKNOWN_CA", "HANDSHAKE")):
        return _client_advice(settings, sure="HANDSHAKE" not in reason)
    return ""


def _client_advice(settings: Snapshot, *, sure: bool) -> str:
    if settings.client_certificate:
        names, shown = "certContent and keyContent", True
    else:
        names, shown = "cert_file and key_file", bool(settings.cert_file)
    if shown:
        refused = "is not accepted" if sure else "may not be accepted"
        return f"the client certificate {refused} there: see {names}"
    asked = "is asked for" if sure else "may be asked for"
    return f"a client certificate {asked} there: set {names}"


def _verification_advice(code: int, settings: Snapshot) -> str:
    strict = settings.verify_ssl_strict
    if strict is None:
        strict = sys.version_info >= (3, 13)
    if code in _STRICT or (code in _INVALID_AUTHORITY and strict):
        return (
            "Python 3.13 and later check strictly (VERIFY_X509_STRICT): have the certificate issued"
            " anew, or set verify_ssl_strict = False, with which it is still verified"
        )
    if code in _UNKNOWN_AUTHORITY:
        known = find_authorities(settings)
        return (
            f"it is signed by none of the authorities of {known}: name the file of your company's "
            "in PEM form with ssl_ca_cert, or the variable SSL_CERT_FILE"
        )
    return "look at the clock of this machine, too" if code in _WRONG_TIME else ""
