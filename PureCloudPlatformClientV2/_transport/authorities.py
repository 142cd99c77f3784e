"""Whose certificates are trusted, and what to do where one is not."""

from __future__ import annotations

import errno
import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .._settings.snapshot import Snapshot


class Authorities(NamedTuple):
    """Where the certificates of the authorities are that are trusted.

    Attributes:
        named_by: The setting or the variable that says so.
        file: A file of certificates in PEM form, if any.
        folder: A folder of them, each named by its hash as OpenSSL wants it, if any.
    """

    named_by: str
    file: str | None = None
    folder: str | None = None

    def check(self) -> None:
        """See that file and folder are there.

        Raises:
            ValueError: One is not, and somebody has named it.
            OSError: That of certifi is not.
        """
        if self.file and not Path(self.file).exists():
            if self.named_by == "certifi":
                problem = "the file of authorities that certifi has installed is gone"
                raise FileNotFoundError(errno.ENOENT, problem, self.file)
            raise ValueError(f"{self.named_by}: {self.file!r} is not there; correct or remove it")
        folders = self.folder.split(os.pathsep) if self.folder else []
        if folders and not any(Path(folder).is_dir() for folder in folders):
            raise ValueError(f"{self.named_by}: {self.folder!r} is no folder; correct or remove it")

    def __str__(self) -> str:
        places = " and ".join(repr(place) for place in (self.file, self.folder) if place)
        return f"{self.named_by} ({places})" if places else self.named_by


def find_authorities(settings: Snapshot) -> Authorities:
    """Find whose certificates are trusted.

    Those that the configuration names count before those of the environment, whose variables are
    the ones that OpenSSL and requests know; where nobody names any, it is those of certifi.
    """
    if settings.client_certificate and settings.client_certificate.authorities:
        return Authorities("caContent")
    if settings.ssl_ca_cert:
        return Authorities("ssl_ca_cert", settings.ssl_ca_cert)
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        names = {"SSL_CERT_FILE": file, "SSL_CERT_DIR": folder}
        return Authorities(", ".join(name for name in names if names[name]), file, folder)
    bundle = os.environ.get("REQUESTS_CA_BUNDLE")
    if bundle and Path(bundle).is_dir():
        return Authorities("REQUESTS_CA_BUNDLE", folder=bundle)
    if bundle:
        return Authorities("REQUESTS_CA_BUNDLE", bundle)
    # Imported here for the sake of start-up time: who names a file does not need it.
    import certifi

    return Authorities("certifi", certifi.where())


_UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's numbers for a certificate whose chain ends at nobody who is trusted."""

_STRICT = range(80, 94)
"""OpenSSL's numbers for what it objects to only if VERIFY_X509_STRICT is set."""

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
    reason = str(error.reason)
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
        return "no TLS is spoken there: look at scheme and port of the URL"
    if "CERTIFICATE_REQUIRED" in reason:
        return "a client certificate is asked for there: set cert_file and key_file"
    if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason):
        return "the client certificate is not accepted there: see cert_file and key_file"
    return ""


def _verification_advice(code: int, settings: Snapshot) -> str:
    if code in _STRICT:
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
