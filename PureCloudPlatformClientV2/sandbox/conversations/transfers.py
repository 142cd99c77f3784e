"""The addresses where files are uploaded to and downloaded from, beside the API."""

from __future__ import annotations

from flask import Blueprint, Response, request

from ..state import current_state
from .media import PATH, TOKEN_HEADER, read_bytes, receive_bytes

transfers: Blueprint = Blueprint("transfers", __name__)


UPLOADS = f"{PATH}uploads/"


@transfers.route(f"{UPLOADS}<segment:file_id>", methods=["PUT", "POST"])
def upload(file_id: str) -> Response:
    """Take the bytes of a file."""
    token = request.headers.get(TOKEN_HEADER, "")
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
