"""Files of conversations: uploads for answers, and copies of what was sent."""

from __future__ import annotations

from flask import request

from ...conversations import media, outbound
from ...errors import Problem, invalid
from ...exchange import current_token
from ...state import current_state
from .. import shapes
from ..contract import Operation
from ..queries import listing_to_wire, parse_page
from .conversations import own_conversation
from .registry import Answer, behavior

_STATUSES = ("uploading", "valid", "invalid")


@behavior("postConversationsMessageCommunicationMessagesMediaUploads")
def begin_upload(operation: Operation, conversation_id: str, communication_id: str) -> Answer:
    """Make room for a file that is described."""
    body, conversation = shapes.body_of(operation), own_conversation(conversation_id)
    outbound.find_agent(conversation, communication_id)
    file = media.announce_file(current_state(), conversation, communication_id, _host(), body)
    return media.upload_to_wire(file), operation.status


@behavior("postConversationsMessageCommunicationMessagesMedia")
def begin_older_upload(operation: Operation, conversation_id: str, communication_id: str) -> Answer:
    """Make room for a file of which nothing is known."""
    conversation = own_conversation(conversation_id)
    outbound.find_agent(conversation, communication_id)
    file = media.announce_file(current_state(), conversation, communication_id, _host())
    return media.file_to_wire(file), operation.status


@behavior("getConversationsMessageCommunicationMessagesMedia")
def list_media(operation: Operation, conversation_id: str, communication_id: str) -> Answer:
    """Give a page of the files of a communication."""
    state, conversation = current_state(), own_conversation(conversation_id)
    outbound.find_agent(conversation, communication_id)
    wanted = request.args.get("status")
    if wanted not in (None, *_STATUSES):
        message = f"The parameter {{fieldName}} must be one of: {', '.join(_STATUSES)}."
        raise invalid([Problem("status", "invalid.value", message)])
    page = parse_page(request.args, state.settings.max_page_size)
    found = [
        media.file_to_wire(one)
        for one in media.list_files(state, conversation, communication_id)
        if wanted in (None, one.status)
    ]
    shown = found[page.offset : page.offset + page.size]
    return listing_to_wire(request.path, page, shown, len(found)), operation.status


@behavior("getConversationsMessageCommunicationMessagesMediaMediaId")
def read_media(
    operation: Operation, conversation_id: str, communication_id: str, media_id: str
) -> Answer:
    """Tell how far an upload is."""
    conversation = own_conversation(conversation_id)
    outbound.find_agent(conversation, communication_id)
    file = media.find_file(current_state(), conversation, media_id)
    if file is None or file.communication_id != communication_id:
        raise shapes.not_there(media_id, request.path.rpartition("/")[0])
    return media.file_to_wire(file), operation.status


@behavior("getConversationsMessagesCachedmedia")
def list_cached_media(operation: Operation) -> Answer:
    """Give a page of the copies of files that came with messages."""
    state = current_state()
    page = parse_page(request.args, state.settings.max_page_size)
    found = media.list_copies(state, current_token().organization_id, request.args.get("url"))
    shown = [media.copy_to_wire(one) for one in found[page.offset : page.offset + page.size]]
    return listing_to_wire(operation.path, page, shown, len(found)), operation.status


@behavior("getConversationsMessagesCachedmediaCachedMediaItemId")
def read_cached_media(operation: Operation, item_id: str) -> Answer:
    """Give a copy."""
    found = media.find_copy(current_state(), current_token().organization_id, item_id)
    return media.copy_to_wire(found), operation.status


@behavior("deleteConversationsMessagesCachedmediaCachedMediaItemId")
def delete_cached_media(operation: Operation, item_id: str) -> Answer:
    """Forget a copy."""
    media.forget_copy(current_state(), current_token().organization_id, item_id)
    return None, operation.status


def _host() -> str:
    return request.host_url.rstrip("/")
