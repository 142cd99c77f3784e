"""TLS as the configuration has it: authorities, client certificate, verification."""

from __future__ import annotations

import errno
import os
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from .._settings.file_settings import file_signature
from ..logger import package_logger
from .authorities import Authorities, find_authorities
from .failures import raised_by_signal_handler

if TYPE_CHECKING:
    from .._settings.snapshot import Snapshot


T = TypeVar("T")

_Signature = tuple[object, ...]
"""What changes with the files that a context is made from."""


class ContextSource:
    """Makes the TLS contexts of connections, anew when the files that they come from have changed.

    Short-lived certificates are renewed under the same name while a program runs.
    """

    def __init__(self, settings: Snapshot) -> None:
        """Make contexts as the configuration has it; no file is read before the first one."""
        self._settings = settings
        self._made: dict[bool, tuple[Authorities, _Signature, ssl.SSLContext]] = {}
        # A thread that makes one may be interrupted by a signal whose handler makes a call.
        self._lock = threading.RLock()

    def context(self, *, show_client: bool = True) -> ssl.SSLContext:
        """Give the context for a connection that is about to be opened.

        Args:
            show_client: Whether the client certificate is for the other side to see.

        Raises:
            ValueError: A file or a content is no certificate or key; the message names the setting.
            OSError: A file cannot be read for want of something, or certifi's is gone.
        """
        authorities = find_authorities(self._settings)
        signature = self._signature(authorities)
        with self._lock:
            latest = self._made.get(show_client)
            if latest is not None and latest[:2] == (authorities, signature):
                return latest[2]
            problem = None
            try:
                context = make_context(self._settings, authorities, show_client=show_client)
            except (ValueError, OSError) as error:
                if latest is None or latest[0] != authorities or raised_by_signal_handler(error):
                    raise
                # Just now, perhaps, the certificate is renewed, but not yet its key.
                problem, context = error, latest[2]
            self._made[show_client] = authorities, signature, context
        if problem is not None:  # told without the lock: who hears of it may call
            package_logger.error("%s (%s); the one before is used", problem, problem.__cause__)
        return context

    def check(self) -> None:
        """Read the files that the configuration names, whatever the host is.

        Raises:
            ValueError: A file or a content is no certificate or key; the message names the setting.
        """
        settings = self._settings
        if settings.ssl_ca_cert or settings.cert_file or settings.client_certificate:
            try:
                self.context()
            except OSError as error:
                # What the system lacks is told by the connection that needs it.
                if raised_by_signal_handler(error):
                    raise

    def _signature(self, authorities: Authorities) -> _Signature:
        settings = self._settings
        certificate = () if settings.client_certificate else (settings.cert_file, settings.key_file)
        paths = (authorities.file, *authorities.folders, *certificate)
        return tuple(file_signature(path) for path in paths if path)


def make_context(
    settings: Snapshot, authorities: Authorities, *, show_client: bool
) -> ssl.SSLContext:
    """Make a context for connections to the service or to a proxy.

    Args:
        settings: What the configuration says.
        authorities: Whose certificates are trusted.
        show_client: Whether the client certificate is for the other side to see.

    Raises:
        ValueError: A file or a content is no certificate or key; the message names the setting.
        OSError: A file cannot be read for want of something, or certifi's is gone.
    """
    contents = settings.client_certificate
    if contents and contents.authorities:
        with _as_file(contents.authorities) as path:
            context = _load(lambda: ssl.create_default_context(cafile=path), _NO_CA_CONTENT)
    else:
        authorities.check()
        folders = os.pathsep.join(authorities.folders) or None
        context = _load(
            lambda: ssl.create_default_context(cafile=authorities.file, capath=folders),
            f"{authorities}: not a file of PEM certificates",
        )
    context.sslsocket_class = _closing_when_reset(context.sslsocket_class)
    if settings.verify_ssl_strict is not None:
        strict = ssl.VERIFY_X509_STRICT
        flags = context.verify_flags
        context.verify_flags = flags | strict if settings.verify_ssl_strict else flags & ~strict
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

    # Of a class that is known only now: gevent and truststore have their own.
    class ClosingWhenReset(kind):  # type: ignore[misc]
        def recv(self, *args: Any, **kwargs: Any) -> bytes:
            try:
                received: bytes = super().recv(*args, **kwargs)
            except ConnectionError:
                if self.version() is None:  # for this, ssl looks for what came before the handshake
                    self.close()
                raise
            return received

    return ClosingWhenReset


_WANT = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""What the system lacks, whatever the settings."""

_NO_CA_CONTENT = "caContent: not PEM certificates"


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
        lacking = error.errno in _WANT and not isinstance(error, ssl.SSLError)
        if lacking or raised_by_signal_handler(error):
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
