"""TLS as the configuration has it: authorities, client certificate, verification."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from .failures import raised_by_signal_handler

if TYPE_CHECKING:
    from .._settings.snapshot import Snapshot


T = TypeVar("T")


def make_context(settings: Snapshot, *, show_client: bool = True) -> ssl.SSLContext:
    """Make a context for connections to the service or to a proxy.

    Args:
        settings: What the configuration says.
        show_client: Whether the client certificate is for the other side to see.

    Raises:
        ValueError: A file or a content is no certificate or key; the message names the setting.
    """
    contents = settings.client_certificate
    if contents and contents.authorities:
        with _as_file(contents.authorities) as path:
            context = _load(lambda: ssl.create_default_context(cafile=path), _NO_CA_CONTENT)
    else:
        path = settings.ssl_ca_cert or _certifi()
        problem = f"ssl_ca_cert: {settings.ssl_ca_cert!r} is not a file of PEM certificates"
        context = _load(lambda: ssl.create_default_context(cafile=path), problem)
    context.sslsocket_class = _closing_when_reset(context.sslsocket_class)
    if not settings.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if contents and show_client:
        with _as_file(contents.certificate) as certificate, _as_file(contents.key) as key:
            _load_client(context, certificate, key, "certContent, keyContent: they")
    elif settings.cert_file and show_client:
        files = f"cert_file, key_file: {settings.cert_file!r} and {settings.key_file!r}"
        _load_client(context, settings.cert_file, settings.key_file, files)
    return context


def _closing_when_reset(kind: Any) -> type[ssl.SSLSocket]:
    """Make a class of TLS sockets that are closed if they are reset before the handshake."""

    class ClosingWhenReset(kind):  # type: ignore[misc]  # gevent has a class of its own
        def recv(self, *args: Any, **kwargs: Any) -> bytes:
            try:
                received: bytes = super().recv(*args, **kwargs)
            except ConnectionError:
                if self.version() is None:  # for this, ssl looks for what came before the handshake
                    self.close()
                raise
            return received

    return ClosingWhenReset


_NO_CA_CONTENT = "caContent: not PEM certificates"


def _certifi() -> str:
    # Imported here for the sake of start-up time: who names a file does not need it.
    import certifi

    return certifi.where()


def _load_client(context: ssl.SSLContext, certificate: str, key: str | None, what: str) -> None:
    # Without a password, OpenSSL would ask at the terminal for that of an encrypted key.
    _load(
        lambda: context.load_cert_chain(certificate, key, password=""),
        f"{what} are not a PEM certificate and its key, without a passphrase",
    )


def _load(load: Callable[[], T], problem: str) -> T:
    try:
        return load()
    except (OSError, ssl.SSLError) as error:
        if raised_by_signal_handler(error):
            raise
        raise ValueError(problem) from error


@contextmanager
def _as_file(content: str) -> Generator[str, None, None]:
    """Lend OpenSSL, which takes a key from files only, one that is gone afterwards."""
    # Imported here for the sake of start-up time: few programs have a certificate in memory.
    from pathlib import Path
    from tempfile import TemporaryDirectory

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
