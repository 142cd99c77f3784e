"""SAML assertions, as far as a stand-in without an identity provider can judge them."""

from __future__ import annotations

import base64
from typing import NoReturn
from xml.parsers import expat

_FROM_BASE64URL = str.maketrans("-_", "+/")


def is_encoded_xml(assertion: str) -> bool:
    """Say whether an assertion is an XML document in base64 or base64url."""
    # Encoders differ in where they break lines and whether they pad; padding is put back here.
    text = "".join(assertion.split()).translate(_FROM_BASE64URL).rstrip("=")
    try:
        document = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return False
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError, ValueError):  # the last two: an encoding of no kind
        return False
    return True


def _refuse_doctype(*_declaration: object) -> NoReturn:
    # SAML has none, and a document type could define entities that grow beyond all bounds.
    raise ValueError("an assertion has no document type")
