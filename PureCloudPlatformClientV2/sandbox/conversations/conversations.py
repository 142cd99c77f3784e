"""Conversations as tests see them: write like a customer, answer like an agent, look."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from ..clock import wire_date
from ..errors import ServiceError
from ..platform import contract
from ..state import State
from . import wire
from .integrations import find_integration, refused_media
from .outbound import answer
from .records import Conversation, not_connected
from .switchboard import Said, Switchboard

_CONTENT = "ConversationMessageContent"


class Conversations:
    """The conversations of all organizations. May be used from any thread.

    A conversation is told as the control API tells it: a JSON object with its messages.
    """

    def __init__(self, state: State) -> None:
        """Look at a sandbox that is running."""
        self._state = state
        self._switchboard = Switchboard(state)

    def write(
        self,
        integration_id: str,
        customer: str,
        text: str | None = None,
        *,
        content: Sequence[Mapping[str, Any]] = (),
        name: str | None = None,
        organization_id: str | None = None,
    ) -> dict[str, Any]:
        """Let a customer write, by whichever messenger, as if it had come from there.

        Args:
            integration_id: The integration; for SMS the number, or its id.
            customer: Who writes: the address at that messenger, for example a phone number.
            text: What is written.
            content: More than text, as the content of a ConversationNormalizedMessage.
            name: What the customer is called.
            organization_id: Whose integration it is; the sandbox's own organization's when omitted.

        Returns:
            The conversation, which was opened or continued.

        Raises:
            LookupError: There is no such organization or integration.
            ValueError: There is nothing to write, or nobody who writes; the content is none, or the
                integration's supported content has no such media.
        """
        if not customer:
            raise ValueError("customer must not be empty")
        if not text and not content:
            raise ValueError("give a text or a content")
        for problem in (one for part in content for one in contract.problems(_CONTENT, dict(part))):
            where = f"content: {problem.field}"
            raise ValueError(problem.message.format(fieldName=where))
        owner = self._state.organization_id(organization_id)
        with _told():
            integration = find_integration(self._state, owner, integration_id)
        types = [one["attachment"].get("mime", "") for one in content if "attachment" in one]
        if refused := refused_media(self._state, integration, "inbound", types):
            raise ValueError(f"the integration's supported content has no {refused[0]}")
        sender = {"id": customer, "idType": "Opaque", **({"nickname": name} if name else {})}
        is_structured = any(one.get("contentType") != "Attachment" for one in content)
        said = Said(
            wire_date(self._state.clock()),
            "Structured" if is_structured else "Text",
            text=text,
            content=content,
        )
        conversation, _ = self._switchboard.receive(integration, sender, said)
        return self.get(conversation.id)

    def answer(
        self, conversation_id: str, text: str, *, media_ids: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Let the agent answer.

        Args:
            conversation_id: The conversation.
            text: What the agent writes; may be empty beside a file.
            media_ids: The id of a file that was uploaded for the conversation.

        Returns:
            The conversation.

        Raises:
            LookupError: There is no such conversation.
            ValueError: The conversation has ended, a bot has it, or the message is not acceptable.
        """
        conversation = self._find(conversation_id)
        agent = conversation.latest("agent")
        with _told():
            if agent is None:
                raise not_connected(conversation)
            answer(self._switchboard, conversation, agent, text, media_ids=media_ids)
        return self.get(conversation_id)

    def type(self, conversation_id: str, sender: Literal["agent", "customer"]) -> None:
        """Let somebody type; the other end learns of it if the messaging setting has it so.

        Raises:
            LookupError: There is no such conversation.
            ValueError: The conversation has ended, or the sender is neither.
        """
        conversation = self._find(conversation_id)
        with _told():
            if conversation.state != "connected":
                raise not_connected(conversation)
            if sender == "agent":
                self._switchboard.send_typing(conversation, None)
            elif sender == "customer":
                owner, own_id = conversation.organization_id, conversation.integration_id
                integration = find_integration(self._state, owner, own_id)
                now = wire_date(self._state.clock())
                self._switchboard.receive_typing(integration, conversation.customer, now)
            else:
                raise ValueError('sender must be "agent" or "customer"')

    def end(
        self, conversation_id: str, by: Literal["agent", "customer"] = "agent"
    ) -> dict[str, Any]:
        """Let the agent or the customer end a conversation; nothing happens if it has ended.

        Raises:
            LookupError: There is no such conversation.
            ValueError: Neither of them shall end it.
        """
        if by not in ("agent", "customer"):
            raise ValueError('by must be "agent" or "customer"')
        conversation = self._find(conversation_id)
        self._switchboard.end(conversation, conversation.latest(by))
        return self.get(conversation_id)

    def get(self, conversation_id: str) -> dict[str, Any]:
        """Look a conversation up, with its messages.

        Raises:
            LookupError: There is no such conversation.
        """
        return self._shown(self._find(conversation_id))

    def all(self, organization_id: str | None = None) -> list[dict[str, Any]]:
        """List conversations with their messages, oldest first.

        Args:
            organization_id: Whose; everybody's when omitted.

        Raises:
            LookupError: There is no such organization.
        """
        if organization_id is None:
            owners = list(self._state.store.organizations.names())
        else:
            owners = [self._state.organization_id(organization_id)]
        found = [one for owner in owners for one in self._switchboard.records.all(owner)]
        return [self._shown(one) for one in sorted(found, key=lambda one: one.started)]

    def _find(self, conversation_id: str) -> Conversation:
        records = self._switchboard.records
        owner = records.owner(conversation_id)
        found = owner and records.find(owner, conversation_id)
        if not found:
            raise LookupError(f"there is no conversation with the id {conversation_id!r}")
        return found

    def _shown(self, conversation: Conversation) -> dict[str, Any]:
        messages = self._switchboard.records.messages(conversation)
        shown = [wire.message_to_summary(one) for one in messages]
        return {**wire.conversation_to_summary(conversation), "messages": shown}


@contextmanager
def _told() -> Generator[None, None, None]:
    """Tell in Python's terms what the API would refuse."""
    try:
        yield
    except ServiceError as error:
        kind = LookupError if error.status == 404 else ValueError
        raise kind(error.to_body("")["message"]) from error
