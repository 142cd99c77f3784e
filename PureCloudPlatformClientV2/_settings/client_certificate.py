"""A client certificate that is in memory, for example from a vault."""

from __future__ import annotations


class ClientCertificate:
    """A client certificate that is given by its contents, in PEM form.

    Attributes:
        certificate: The certificate, and those that lead from it to the authority.
        key: Its key, without a passphrase.
        authorities: CA certificates to verify the host with, or ``None`` for the usual ones.
    """

    __slots__ = ("authorities", "certificate", "key")

    def __init__(self, certificate: str, key: str, authorities: str | None) -> None:
        """Hold a certificate; every argument is the attribute of its name."""
        self.certificate: str = certificate
        self.key: str = key
        self.authorities: str | None = authorities

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClientCertificate) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[str | None, ...]:
        return self.certificate, self.key, self.authorities


def read_certificate(
    certificate: str | bytes, key: str | bytes, authorities: str | bytes | None
) -> ClientCertificate:
    """Take what ``Configuration.set_mtls_contents`` is given.

    Raises:
        ValueError: The certificate or the key is missing, or something is not in PEM form.
    """
    for name, content in {"certContent": certificate, "keyContent": key}.items():
        if not content:
            raise ValueError(f"{name}: give the contents of a PEM file")
    return ClientCertificate(
        _pem("certContent", certificate),
        _pem("keyContent", key),
        _pem("caContent", authorities) if authorities else None,
    )


def _pem(name: str, content: str | bytes) -> str:
    pem = content.decode("utf-8", errors="replace") if isinstance(content, bytes) else content
    if not isinstance(pem, str) or "-----BEGIN " not in pem:
        # Without the content, which may be a key.
        raise ValueError(f"{name}: give the contents of a PEM file, not its path")
    return pem
