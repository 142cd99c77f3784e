"""Certificates that are made for the tests, good ones and bad ones."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path

import trustme


class Certificates:
    """An authority of our own, and what it has signed, as files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self._stranger = trustme.CA()
        self.authority = str(folder / "authority.pem")
        self._ca.cert_pem.write_to_path(self.authority)
        self.good = self._write(folder / "good.pem", self._ca.issue_cert("127.0.0.1"))
        self.of_stranger = self._write(
            folder / "stranger.pem", self._stranger.issue_cert("127.0.0.1")
        )
        self.other_host = self._write(folder / "other.pem", self._ca.issue_cert("example.com"))
        yesterday = datetime.now(timezone.utc) - timedelta(days=1)
        self.expired = self._write(
            folder / "expired.pem",
            self._ca.issue_cert(
                "127.0.0.1", not_before=yesterday - timedelta(days=1), not_after=yesterday
            ),
        )
        self.self_signed = str(folder / "self.pem")
        self._stranger.private_key_pem.write_to_path(self.self_signed)
        self._stranger.cert_pem.write_to_path(self.self_signed, append=True)
        client = self._ca.issue_cert("client@example.com")
        self.client = self._write(folder / "client.pem", client)
        self.client_key = str(folder / "client.key")
        client.private_key_pem.write_to_path(self.client_key)
        self.client_certificate = str(folder / "client.crt")
        client.cert_chain_pems[0].write_to_path(self.client_certificate)
        self.of_strange_client = self._write(
            folder / "strange-client.pem", self._stranger.issue_cert("client@example.com")
        )

    def server_context(
        self, certificate: str | None = None, *, ask_client: ssl.VerifyMode = ssl.CERT_NONE
    ) -> ssl.SSLContext:
        """Make a context for a server: which certificate it shows, and whether it asks for one."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate or self.good)
        context.load_verify_locations(self.authority)
        context.verify_mode = ask_client
        return context

    @staticmethod
    def _write(path: Path, certificate: trustme.LeafCert) -> str:
        certificate.private_key_and_cert_chain_pem.write_to_path(str(path))
        return str(path)
