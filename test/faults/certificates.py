"""Certificates that are made for the tests, good ones and bad ones."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

OBJECTIONS = ["authority key", "subject key", "not critical", "key usage"]
"""What VERIFY_X509_STRICT objects to: an extension is missing, or not marked as critical."""


class Certificates:
    """An authority of our own, and what it has signed, as files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self._stranger = trustme.CA()
        self.authority = str(folder / "authority.pem")
        self._folder = folder
        self._ca.cert_pem.write_to_path(self.authority)
        self.other_authority = str(folder / "other-authority.pem")
        trustme.CA().cert_pem.write_to_path(self.other_authority)
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

    def with_objection(self, objection: str) -> tuple[str, str]:
        """Make an authority and what it has signed, with one of ``OBJECTIONS``, or with none."""
        authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        authority = _builder("Company CA", authority_key).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=objection != "not critical"
        )
        if objection != "key usage":
            usage = dict.fromkeys(_USAGE, False) | {"key_cert_sign": True, "crl_sign": True}
            authority = authority.add_extension(x509.KeyUsage(**usage), critical=True)
        if objection != "subject key":
            subject_key = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
            authority = authority.add_extension(subject_key, critical=False)
        leaf = _builder("127.0.0.1", key).add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        if objection != "authority key":
            issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
            leaf = leaf.add_extension(issuer, critical=False)
        files = (
            self._folder / f"authority {objection}.pem",
            self._folder / f"chain {objection}.pem",
        )
        for builder, path in zip((authority, leaf), files, strict=True):
            signed = builder.sign(authority_key, hashes.SHA256())
            path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        with files[1].open("ab") as file:
            file.write(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        return str(files[0]), str(files[1])

    @staticmethod
    def _write(path: Path, certificate: trustme.LeafCert) -> str:
        certificate.private_key_and_cert_chain_pem.write_to_path(str(path))
        return str(path)


_USAGE = [
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
]


def _builder(name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(timezone.utc)
    subject, issuer = (
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, one)])
        for one in (name, "Company CA")
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
    )
