"""Putting state in place that no request could have led to."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from .entities import RESPONSE_FIELDS, Integration, Kind, fingerprint
from .rules import REQUEST_FIELDS
from .state import DEFAULT_OWNER, State


def seed_integration(
    state: State,
    kind: Kind,
    *,
    organization_id: str,
    integration_id: str | None,
    status: str | None,
    fields: Mapping[str, str],
) -> Integration:
    """Keep an integration as it is given, without a look at the rules."""
    answered = RESPONSE_FIELDS[kind]
    unknown = [name for name in fields if name not in answered + REQUEST_FIELDS[kind]]
    if unknown:
        raise TypeError(f"a {kind} integration has no field {unknown[0]!r}")
    now = state.clock()
    integration = Integration(
        organization_id=organization_id,
        kind=kind,
        id=str(uuid4()) if integration_id is None else integration_id,
        status="Active" if status is None else status,
        created=now,
        modified=now,
        created_by=DEFAULT_OWNER,
        modified_by=DEFAULT_OWNER,
        fields={
            "name": f"{kind.title()} integration",
            **{name: value for name, value in fields.items() if name in answered},
        },
        fingerprints={
            name: fingerprint(fields[name]) for name in ("channelSecret",) if name in fields
        },
    )
    state.store.integrations.add(integration)
    return integration
