"""A login service and an API in one, and what the tests do with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2 import ApiClient, MessagingApi
from PureCloudPlatformClientV2._auth.token import NO_TOKEN


class Login:
    """Plays login service and API: numbers its tokens, and accepts those that have not expired."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.expires_in: Any = 86400
        self.refresh_tokens = False
        self.expired: set[str] = set()
        self.answer: Callable[[Request], Answer | None] = lambda request: None
        self.issued = 0
        service.answer_by(self.respond)

    def respond(self, request: Request) -> Answer:
        own = self.answer(request)
        if own is not None:
            return own
        if request.path == "/oauth/token":
            self.issued += 1
            answer: dict[str, Any] = {"access_token": f"token-{self.issued}"}
            if self.expires_in is not None:
                answer["expires_in"] = self.expires_in
            if self.refresh_tokens:
                answer["refresh_token"] = f"refresh-{self.issued}"
            return make_answer(200, answer)
        token = (request.headers["Authorization"] or "").removeprefix("Bearer ")
        return (
            make_answer(401, {"message": "no"}) if token in self.expired else make_answer(200, {})
        )

    @property
    def calls(self) -> list[Request]:
        return [one for one in self.service.requests if one.path != "/oauth/token"]

    @property
    def sign_ins(self) -> list[Request]:
        return [one for one in self.service.requests if one.path == "/oauth/token"]

    def tokens_of_calls(self) -> list[str]:
        return [one.headers["Authorization"].removeprefix("Bearer ") for one in self.calls]


def call(client: ApiClient, **options: Any) -> Any:
    return MessagingApi(client).get_messaging_integrations_line(**options)


def expire(client: ApiClient, *, ahead: bool = False) -> None:
    """Let the time of a token come, without waiting for it."""
    auth: Any = client._session.auth  # pyright: ignore[reportPrivateUsage]  # no clock to turn
    token = auth.current
    auth._current = token.lasting(
        token.noted_at, NO_TOKEN.renew_at, token.expires_at if ahead else NO_TOKEN.expires_at
    )
