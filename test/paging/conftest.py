"""Fixtures: the API classes of the platform, and listings that are played to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import pytest
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient

from .listings import LISTINGS
from .player import Player

BY_NAME = {f"{one.api}.{one.name}": one for one in LISTINGS}

MethodOf = Callable[[str], Any]
"""Gives a method by its class and name. Of no type, so that no stubs are needed."""


class Play(Protocol):
    """Has the service play a listing, and gives its method and the player."""

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> tuple[Any, Player]: ...


@pytest.fixture
def method_of(api_client: ApiClient) -> MethodOf:
    """Gives a method by its class and name."""

    def find(name: str) -> Any:
        class_name, _, method_name = name.partition(".")
        api_class: Any = getattr(PureCloudPlatformClientV2, class_name)
        return getattr(api_class(api_client), method_name)

    return find


@pytest.fixture
def play(method_of: MethodOf, service: Service) -> Play:
    """Has the service play a listing."""

    def begin(name: str, *args: Any, **kwargs: Any) -> tuple[Any, Player]:
        player = Player(BY_NAME[name], *args, **kwargs)
        service.answer_by(player)
        return method_of(name), player

    return begin


def items(walk: Any) -> list[str]:
    """Tell what a walk comes to, as the player has named it."""
    found = [one if isinstance(one, (str, dict)) else one.additional_properties for one in walk]
    return [one if isinstance(one, str) else one["item"] for one in found]
