"""Files: those that agents upload and attach, and the copies that are kept of what was sent."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid4, uuid5

from flask import Blueprint, Response, request

from ..clock import wire_date
from ..errors import Problem, ServiceError, invalid
from ..state import State, current_state
from ..store.documents import Document
from .normalized import attachment
from .records import Conversation, not_there
from .wire import BASE

MOST_BYTES = 25 * 2**20
PATH = "/media/"
"""Where files come from and go to, on the sandbox's own address."""
UPLOADS = f"{PATH}uploads/"
UPLOAD_HEADER = "X-Upload-Token"

_BYTES = "conversations/bytes"
_CACHED = "conversations/cachedmedia"
_LIFE = 7 * 24 * 60 * 60.0
"""Seconds that the copy of a file is kept."""
_UNKNOWN = "application/octet-stream"
_UNANNOUNCED: Mapping[str, Any] = {"fileName": "attachment", "contentLengthBytes": None}


transfers: Blueprint = Blueprint("transfers", __name__)


@dataclass
class File:
    """A file that an agent uploads for a conversation."""

    organization_id: str
    conversation_id: str
    communication_id: str
    host: str
    """The sandbox's address, without a slash."""
    name: str
    media_type: str
    size: int | None
    """In bytes; None until that is known."""
    md5: str | None = None
    """Of its bytes, in Base64 or hexadecimal, if it was announced."""
    status: Literal["uploading", "valid", "invalid"] = "uploading"
    token: str = ""
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def upload_url(self) -> str:
        """Where its bytes are sent to."""
        return f"{self.host}{UPLOADS}{self.id}"

    @property
    def url(self) -> str:
        """Where its bytes are read from, without any token."""
        return f"{self.host}{PATH}downloads/{self.id}/{quote(self.name, safe='')}"

    @property
    def upload_headers(self) -> dict[str, str]:
        """What its bytes are sent with."""
        return {"Content-Type": self.media_type, UPLOAD_HEADER: self.token}

    def agrees_with(self, content: bytes) -> bool:
        """Tell whether these are the bytes that were announced."""
        digest = hashlib.md5(content, usedforsecurity=False)
        spellings = (None, digest.hexdigest(), base64.b64encode(digest.digest()).decode())
        return self.size in (None, len(content)) and self.md5 in spellings


def announce_file(
    state: State,
    conversation: Conversation,
    communication_id: str,
    host: str,
    body: Mapping[str, Any] | None = None,
) -> File:
    """Make room for a file, of which more or less is known."""
    known = _UNANNOUNCED if body is None else body
    name, size = known["fileName"], known["contentLengthBytes"]
    if size is not None and not 1 <= size <= MOST_BYTES:
        message = f"The field {{fieldName}} must be from 1 to {MOST_BYTES}."
        raise invalid([Problem("contentLengthBytes", "invalid.value", message)])
    if not name:
        message = "The field {fieldName} must not be empty."
        raise invalid([Problem("fileName", "invalid.value", message)])
    media_type = mimetypes.guess_type(name)[0] or _UNKNOWN
    file = File(
        conversation.organization_id,
        conversation.id,
        communication_id,
        host,
        name,
        media_type,
        size,
        known.get("contentMd5"),
        # Without an announcement there is no answer that could name headers.
        token="" if body is None else secrets.token_urlsafe(16),
    )
    place = _place(conversation.id)
    state.store.documents.add(file.organization_id, place, _document(file, state.clock()))
    return file


def find_file(state: State, conversation: Conversation, file_id: str) -> File | None:
    """Find a file of a conversation."""
    owner = conversation.organization_id
    found = state.store.documents.find(owner, _place(conversation.id), file_id)
    return None if found is None else File(**found.fields)


def list_files(state: State, conversation: Conversation, communication_id: str) -> list[File]:
    """List the files of a communication, oldest first."""
    found = state.store.documents.all(conversation.organization_id, _place(conversation.id))
    files = [File(**document.fields) for _, document in found]
    return [one for one in files if one.communication_id == communication_id]


def receive_bytes(state: State, file_id: str, token: str, media_type: str, content: bytes) -> None:
    """Take the bytes of a file, which then is valid or invalid."""
    with state.store.transaction():
        file = _find_anywhere(state, file_id)
        if not secrets.compare_digest(file.token.encode(), token.encode("latin-1", "replace")):
            message = f"The upload lacks its header {UPLOAD_HEADER}: send all of uploadHeaders."
            raise ServiceError(403, "not.authorized", message)
        if file.status != "uploading":
            message = "The file {id} was uploaded before."
            raise ServiceError(409, "general.conflict", message, params={"id": file_id})
        fits = 0 < len(content) <= MOST_BYTES and file.agrees_with(content)
        file.status = "valid" if fits else "invalid"
        file.size = len(content)
        if file.media_type == _UNKNOWN and media_type:
            file.media_type = media_type
        owner, now = file.organization_id, state.clock()
        state.store.documents.save(owner, _place(file.conversation_id), _document(file, now))
        if fits:
            text = base64.b64encode(content).decode()
            kept = Document(file.id, {"base64": text}, now, now, "", "")
            state.store.documents.add(owner, _BYTES, kept)


def read_bytes(state: State, file_id: str) -> tuple[File, bytes]:
    """Give the bytes of a file that is valid."""
    file = _find_anywhere(state, file_id)
    found = state.store.documents.find(file.organization_id, _BYTES, file_id)
    if found is None:
        raise not_there("file", file_id)
    return file, base64.b64decode(found.fields["base64"])


def file_content(file: File) -> dict[str, Any]:
    """Make the content of a message that is a file."""
    return attachment(
        file.id, url=file.url, media_type=file.media_type, name=file.name, size=file.size
    )


def file_to_wire(file: File) -> dict[str, Any]:
    """Build the MessageMediaData."""
    wire = {
        "id": file.id,
        "name": file.name,
        "mediaType": file.media_type,
        "contentLengthBytes": file.size,
        "status": file.status,
        "url": file.url if file.status == "valid" else None,
        "uploadUrl": file.upload_url if file.status == "uploading" else None,
        "conversationId": file.conversation_id,
        "communicationId": file.communication_id,
        "selfUri": _path(file),
    }
    return {name: value for name, value in wire.items() if value is not None}


def upload_to_wire(file: File) -> dict[str, Any]:
    """Build the MessageMediaUploadData."""
    return {
        "id": file.id,
        "name": file.name,
        "uploadUrl": file.upload_url,
        "uploadHeaders": file.upload_headers,
        "selfUri": _path(file),
    }


# Copies of what was sent


def keep_copy(state: State, organization_id: str, sent: Mapping[str, Any]) -> None:
    """Note a file that came with a message, once for each URL."""
    own_id, now = str(uuid5(NAMESPACE_URL, f"{organization_id} {sent['url']}")), state.clock()
    documents = state.store.documents
    if documents.find(organization_id, _CACHED, own_id) is None:
        documents.add(organization_id, _CACHED, Document(own_id, dict(sent), now, now, "", ""))


def list_copies(state: State, organization_id: str, url: str | None) -> list[Document]:
    """List the copies that are still kept, oldest first, perhaps of one URL only."""
    return [
        document
        for _, document in state.store.documents.all(organization_id, _CACHED)
        if state.clock() < document.created + _LIFE and url in (None, document.fields["url"])
    ]


def find_copy(state: State, organization_id: str, own_id: str) -> Document:
    """Find a copy that is still kept."""
    for document in list_copies(state, organization_id, None):
        if document.id == own_id:
            return document
    raise not_there("cached media item", own_id)


def forget_copy(state: State, organization_id: str, own_id: str) -> None:
    """Forget a copy."""
    with state.store.transaction():
        find_copy(state, organization_id, own_id)
        state.store.documents.remove(organization_id, _CACHED, own_id)


def copy_to_wire(document: Document) -> dict[str, Any]:
    """Build the CachedMediaItem."""
    sent = document.fields
    wire = {
        "id": document.id,
        "url": sent["url"],
        "downloadUrl": sent["url"],
        "mediaType": sent.get("mime"),
        "contentLengthBytes": sent.get("contentSizeBytes"),
        "dateCreated": wire_date(document.created),
        "dateExpires": wire_date(document.created + _LIFE),
        "selfUri": f"{BASE}/cachedmedia/{document.id}",
    }
    return {name: value for name, value in wire.items() if value is not None}


def _find_anywhere(state: State, file_id: str) -> File:
    for owner, place in state.store.documents.places(file_id):
        found = state.store.documents.find(owner, place, file_id)
        if found is not None and place.startswith(_place("")):
            return File(**found.fields)
    raise not_there("file", file_id)


def _place(conversation_id: str) -> str:
    return f"conversations/media/{conversation_id}"


def _document(file: File, now: float) -> Document:
    return Document(file.id, vars(file), now, now, "", "")


def _path(file: File) -> str:
    communication = f"{BASE}/{file.conversation_id}/communications/{file.communication_id}"
    return f"{communication}/messages/media/{file.id}"


# The addresses where files are uploaded to and downloaded from, beside the API


@transfers.route(f"{UPLOADS}<segment:file_id>", methods=["PUT", "POST"])
def upload(file_id: str) -> Response:
    """Take the bytes of a file."""
    token = request.headers.get(UPLOAD_HEADER, "")
    receive_bytes(current_state(), file_id, token, request.mimetype, request.get_data())
    return Response(status=200)


@transfers.get(f"{PATH}downloads/<segment:file_id>/<segment:name>")
def download(file_id: str, name: str) -> Response:
    """Give the bytes of a file to anybody who has its address."""
    file, content = read_bytes(current_state(), file_id)
    response = Response(content, content_type=file.media_type)
    # It may be anybody's HTML: a browser must not take it for a page of the sandbox's.
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    return response
