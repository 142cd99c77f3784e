"""TLS as the configuration has it: authorities, client certificate, verification."""

from __future__ import annotations

import os
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import certifi

from .configuration import ClientCertificate, Configuration
from .connection import make_tls_context


def tls_settings(configuration: Configuration) -> tuple[object, ...]:
    """Give what a context depends on, to compare with.

    Args:
        configuration: The settings.

    Returns:
        Their values.
    """
    return (
        configuration.verify_ssl,
        configuration.ssl_ca_cert,
        configuration.cert_file,
        configuration.key_file,
        configuration.client_certificate,
    )


def make_context(configuration: Configuration, *, show_client: bool = True) -> ssl.SSLContext:
    """Make a context for connections to the service or to a proxy.

    Args:
        configuration: The settings.
        show_client: Whether the client certificate is for the other side to see.

    Returns:
        The context.

    Raises:
        ValueError: A file or a content is no certificate or key; the message names the setting.
    """
    contents = configuration.client_certificate
    context = _make_context(configuration, contents)
    if not configuration.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if contents and show_client:
        with _as_file(contents.certificate) as certificate, _as_file(contents.key) as key:
            _show(context, certificate, key, "certContent, keyContent: they")
    elif configuration.cert_file and show_client:
        files = f"cert_file, key_file: {configuration.cert_file!r} and {configuration.key_file!r}"
        _show(context, configuration.cert_file, configuration.key_file, files)
    return context


def _make_context(
    configuration: Configuration, contents: ClientCertificate | None
) -> ssl.SSLContext:
    if contents and contents.authorities:
        with _as_file(contents.authorities) as path:
            try:
                return make_tls_context(path)
            except (OSError, ssl.SSLError):
                raise ValueError("caContent: not PEM certificates") from None
    try:
        return make_tls_context(configuration.ssl_ca_cert or certifi.where())
    except (OSError, ssl.SSLError) as error:
        raise ValueError(
            f"ssl_ca_cert: {configuration.ssl_ca_cert!r} is not a file of PEM certificates"
        ) from error


def _show(context: ssl.SSLContext, certificate: str, key: str | None, what: str) -> None:
    try:
        # Without a password, OpenSSL would ask at the terminal for that of an encrypted key.
        context.load_cert_chain(certificate, key, password="")
    except (OSError, ssl.SSLError) as error:
        raise ValueError(
            f"{what} are not a PEM certificate and its key, without a passphrase"
        ) from error


@contextmanager
def _as_file(content: str) -> Generator[str, None, None]:
    """Lend OpenSSL, which takes a key from files only, one that is gone afterwards."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        descriptor = os.memfd_create("pem")  # in memory, so that not even a crash leaves it on disk
        try:
            os.write(descriptor, content.encode())
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
        return
    try:
        folder = TemporaryDirectory()  # which nobody else may enter
        path = Path(folder.name, "pem")
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ValueError(
            "set_mtls_contents: there is no place for the temporary file that OpenSSL needs; see "
            f"TMPDIR ({error.strerror})"
        ) from error
    with folder:
        yield str(path)
