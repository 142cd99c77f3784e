"""The TLS side of the server: its certificate, and whose clients it takes."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import NoReturn


def make_server_context(
    certificate: str | Path, key: str | Path | None, client_ca: str | Path | None
) -> ssl.SSLContext:
    """Set up TLS 1.2 and later for a server.

    Args:
        certificate: PEM file of the server's certificate and those that lead to its authority.
        key: PEM file of the private key; None if it is in the file of the certificate.
        client_ca: PEM file of the authority whose certificate a client must show; None if
            clients need none.

    Raises:
        OSError: A file cannot be read, or doesn't hold what it should.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        # OpenSSL would ask for a passphrase at the terminal.
        context.load_cert_chain(certificate, key, password=_refuse_passphrase)
    except ssl.SSLError as error:
        files = str(certificate) if key is None else f"{certificate} and {key}"
        raise OSError(f"no certificate with its private key, in PEM, in {files}") from error
    except OSError as error:
        files = str(certificate) if key is None else f"{certificate} or {key}"
        raise OSError(f"cannot read {files}: {error.strerror or error}") from error
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            context.load_verify_locations(client_ca)
        except ssl.SSLError as error:
            raise OSError(f"no certificate, in PEM, in {client_ca}") from error
        except OSError as error:
            raise OSError(f"cannot read {client_ca}: {error.strerror or error}") from error
    return context


def make_client_context(authority: str | Path | None) -> ssl.SSLContext:
    """Set up TLS 1.2 and later for a client.

    Args:
        authority: PEM file of the authority to trust; None for those that this machine trusts.

    Raises:
        OSError: The file cannot be read, or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=authority)
    except ssl.SSLError as error:
        raise OSError(f"no certificate, in PEM, in {authority}") from error
    except OSError as error:
        raise OSError(f"cannot read {authority}: {error.strerror or error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _refuse_passphrase() -> NoReturn:
    raise OSError("the private key is protected by a passphrase")
