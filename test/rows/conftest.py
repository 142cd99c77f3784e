"""Fixtures: the models that listings of the platform are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from paging.listings import LISTINGS

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.models import Model


@pytest.fixture
def models_of_listings() -> Iterator[type[Model]]:
    """The models of the entities of all listings, one after the other."""
    names: dict[str, None] = {}
    for listing in LISTINGS:
        field: dict[str, Any] = listing.page.get(listing.items or "", {})
        name = field.get("items", {}).get("$ref", "").rpartition("/")[2]
        if name:
            names[name] = None
    return (getattr(PureCloudPlatformClientV2, name) for name in names)
