"""The webhooks of a sandbox: what is sent, when it is tried again, and when it is given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from ..clock import Clock
from ..events import Event, Events
from ..store import Store
from .delivery import Attempt, Delivery, Records
from .destination import UndeliverableError, parse_destination, shown_url
from .poster import Outcome, Poster, Request, StoppedError
from .queue import Queue, Ticket
from .signature import Mode, Signer, compact_json

MOST_TRIES = 6
PAUSE = 5.0
"""Seconds between the end of a try and the beginning of the next."""

_INTEGRATIONS = "integrations/open"
"""The collection of the integrations that have a webhook."""

_URL = "outboundNotificationWebhookUrl"
_SIGNED_WITH = "outboundNotificationWebhookSignatureSecretToken"


@dataclass(frozen=True)
class WebhookOptions:
    """Where webhooks may go, and how they get there; see Sandbox."""

    outbound: Sequence[str] = ()
    timeout: float = 10
    ca: str | Path | None = None

    def __post_init__(self) -> None:
        if isinstance(self.outbound, str):
            raise ValueError(f"outbound must be a list of hosts: [{self.outbound!r}]")
        if not self.timeout > 0:
            raise ValueError("webhook_timeout must be more than 0")


class Webhooks:
    """What is posted to the middlewares of open messaging. May be used from any thread."""

    def __init__(self, store: Store, clock: Clock, events: Events, options: WebhookOptions) -> None:
        """Send nothing yet.

        Raises:
            OSError: The file of the authority cannot be used.
        """
        self._store = store
        self._clock = clock
        self._events = events
        self._outbound = options.outbound
        self._poster = Poster(options.timeout, options.ca)
        self._signer = Signer()
        self._queue = Queue(clock, self._attempt)
        self._records = Records(store)

    def send(
        self,
        organization_id: str,
        integration_id: str,
        payload: Mapping[str, Any],
        *,
        conversation_id: str | None = None,
        message_id: str,
    ) -> Delivery:
        """Post something to the middleware of an integration, in the background.

        What becomes of it is told by events. If the integration is gone, or its URL is of no use,
        the delivery fails.

        Args:
            organization_id: Whose integration it is.
            integration_id: The integration.
            payload: What to send, as JSON.
            conversation_id: The conversation that it belongs to.
            message_id: The id by which the middleware will name it in a receipt.

        Returns:
            The delivery, before anything has happened.

        Raises:
            TypeError: Something in the payload is no JSON.
            ValueError: A number in the payload is not finite.
        """
        now = self._clock()
        delivery = Delivery(
            id=str(uuid4()),
            organization_id=organization_id,
            integration_id=integration_id,
            conversation_id=conversation_id,
            message_id=message_id,
            time=now,
            url=self._url(organization_id, integration_id),
            body=compact_json(payload),
            next_attempt=now,
        )
        self._records.add(delivery)
        self._publish(delivery)
        self._queue.put(_ticket(delivery), lane=integration_id)
        return delivery

    @property
    def deliveries(self) -> list[Delivery]:
        """What was sent, oldest first: all that is pending, and the last 1,000 that have ended."""
        return self._records.all()

    def clear(self, organization_id: str | None = None) -> None:
        """Forget all deliveries, or those of one organization; what is pending is not tried again.

        Args:
            organization_id: Whose deliveries; everybody's when omitted.
        """
        self._records.clear(organization_id)

    def retry(self, delivery_id: str) -> Delivery:
        """Send something again, now, whatever became of it; up to six times, as at first.

        Args:
            delivery_id: The id of the delivery.

        Returns:
            The delivery, which is pending again.

        Raises:
            LookupError: There is no such delivery, or not any more.
        """
        owner = self._records.owner(delivery_id)
        delivery = owner and self._records.change(owner, delivery_id, self._begin_again)
        if not delivery:
            raise LookupError(f"there is no delivery with the id {delivery_id!r}")
        self._publish(delivery)
        self._queue.put(_ticket(delivery))
        return delivery

    def sign(self, mode: Mode, times: int | None = None) -> None:
        """Say how webhooks are signed from now on, to see what a middleware makes of it.

        Args:
            mode: "right"; "wrong", a signature by another secret; or "missing", without one.
            times: How many tries are signed so before the signatures are right again; all of them
                when omitted.

        Raises:
            ValueError: There is no such mode, or the number is none.
        """
        self._signer.choose(mode, times)

    @property
    def signatures(self) -> tuple[Mode, int | None]:
        """How webhooks are signed, and for how many tries still; None means for all of them."""
        return self._signer.current()

    def resume(self) -> None:
        """Go on with what was pending when the sandbox was stopped."""
        latest = self._clock() + PAUSE  # even if the clock had been turned forward
        for delivery in self.deliveries:
            if delivery.next_attempt is None:
                continue
            if delivery.attempts:
                self._plan(delivery, min(delivery.next_attempt, latest))
            else:
                self._queue.put(_ticket(delivery), lane=delivery.integration_id)

    def reset(self, organization_id: str | None = None) -> None:
        """Forget everything, or the deliveries of one organization."""
        if organization_id is None:
            self._queue.clear()
            self._poster.hang_up()
            self._signer.choose("right", None)
        self.clear(organization_id)

    def stop(self) -> None:
        """Break off what is under way; what is pending stays so."""
        self._queue.clear()
        self._poster.stop()

    def _attempt(self, ticket: Ticket) -> None:
        """Try to deliver something, unless it has ended or been tried in the meantime."""
        delivery = self._records.find(ticket.organization_id, ticket.delivery_id)
        if delivery is None or delivery.state != "pending":
            return
        if len(delivery.attempts) != ticket.number:
            return
        time, watch = self._clock(), monotonic()
        headers: dict[str, str] = {}
        try:
            request = self._make_request(delivery)
            headers = request.shown_headers()
            outcome = self._poster.post(request)
        except UndeliverableError as error:
            outcome = Outcome(error=str(error))
        except StoppedError:
            return
        seconds = round(monotonic() - watch, 6)
        attempt = Attempt(time, seconds, outcome.status, outcome.error, outcome.text)
        note = partial(self._note, attempt=attempt, headers=headers, again=outcome.may_be_repeated)
        changed = self._records.change(delivery.organization_id, delivery.id, note)
        if changed is not None:
            if changed.next_attempt is not None:
                self._plan(changed, changed.next_attempt)
            self._publish(changed)

    def _make_request(self, delivery: Delivery) -> Request:
        """Address and sign a delivery, as its integration wants it by now."""
        fields = self._integration(delivery.organization_id, delivery.integration_id)
        if fields is None:
            raise UndeliverableError("there is no such open integration, or not any more")
        body = delivery.body.encode()
        return Request(
            parse_destination(fields[_URL], self._outbound),
            body,
            headers=self._signer.headers(body, fields[_SIGNED_WITH]),
            own_headers=fields.get("webhookHeaders") or {},
            secret=fields[_SIGNED_WITH],
        )

    def _note(
        self, delivery: Delivery, attempt: Attempt, headers: dict[str, str], *, again: bool
    ) -> None:
        delivery.attempts.append(attempt)
        delivery.tries += 1
        delivery.headers = headers or delivery.headers
        delivery.url = self._url(delivery.organization_id, delivery.integration_id) or delivery.url
        if delivery.state != "pending":
            return  # a retry that was asked for has ended sooner
        delivery.next_attempt = None
        if attempt.status is not None and 200 <= attempt.status < 300:
            delivery.state = "delivered"
        elif again and delivery.tries < MOST_TRIES:
            delivery.next_attempt = self._clock() + PAUSE
        else:
            delivery.state = "failed"

    def _begin_again(self, delivery: Delivery) -> None:
        delivery.state, delivery.tries, delivery.next_attempt = "pending", 0, self._clock()

    def _integration(self, organization_id: str, integration_id: str) -> dict[str, Any] | None:
        found = self._store.documents.find(organization_id, _INTEGRATIONS, integration_id)
        return None if found is None else found.fields

    def _url(self, organization_id: str, integration_id: str) -> str:
        fields = self._integration(organization_id, integration_id)
        return shown_url(fields[_URL]) if fields else ""

    def _plan(self, delivery: Delivery, due: float) -> None:
        self._clock.call_at(due, partial(self._queue.put, _ticket(delivery)))

    def _publish(self, delivery: Delivery) -> None:
        self._events.publish(Event("delivery", delivery.organization_id, delivery.to_wire()))


def _ticket(delivery: Delivery) -> Ticket:
    return Ticket(delivery.organization_id, delivery.id, len(delivery.attempts))
