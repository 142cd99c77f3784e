"""Which organization a token is of, whose it is, and what it permits."""

from __future__ import annotations

import dataclasses
import json
import pickle
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    Configuration,
    GatewayConfiguration,
    HttpRequestOptions,
    Identity,
    PureCloudRegionHosts,
    UnauthorizedException,
    whoami,
)
from PureCloudPlatformClientV2.rest import (
    ApiTimeoutException,
    ForbiddenException,
    NotFoundException,
    RESTResponse,
)
from PureCloudPlatformClientV2.sandbox import Sandbox

ORGANIZATION = {"id": "org-1", "name": "Example"}

OF_CLIENT = {
    "organization": ORGANIZATION,
    "homeOrganization": ORGANIZATION,
    "authorizedScope": ["routing", "analytics:readonly"],
    "OAuthClient": {
        "id": "client-1",
        "name": "Sync",
        "authorizedGrantType": "CLIENT-CREDENTIALS",
        "organization": ORGANIZATION,
    },
}

OF_USER = {
    **OF_CLIENT,
    "dateTokenIdles": "2026-11-29T10:00:00.000Z",
    "OAuthClient": {"id": "client-2", "name": "Browser", "authorizedGrantType": "CODE"},
}

USER = {"id": "user-1", "name": "Ann", "email": "ann@example.com", "version": 1}


def subject(*policies: dict[str, Any]) -> dict[str, Any]:
    """Somebody who has one role in two divisions."""
    role = {"id": "role-1", "name": "Agent", "policies": list(policies)}
    divisions = [{"id": "d-1", "name": "Sales"}, {"id": "d-2", "name": "Home"}]
    return {"id": "s-1", "grants": [{"role": role, "division": one} for one in divisions]}


QUEUES = {"domain": "routing", "entityName": "queue", "actions": ["view", "edit"]}
ALL_OF_ANALYTICS = {"domain": "analytics", "entityName": "*", "actions": ["*"]}

SUBJECT = subject(QUEUES, ALL_OF_ANALYTICS)

REFUSED = {"message": "No.", "code": "missing.any.permissions"}


def paths(service: Service) -> list[str]:
    return [one.path for one in service.requests]


def test_whose_a_token_of_client_credentials_is(api_client: ApiClient, service: Service) -> None:
    service.answer(200, OF_CLIENT)
    service.answer(200, SUBJECT)

    identity = whoami(api_client)

    assert identity == Identity(
        host=service.url,
        platform="2019",
        organization_id="org-1",
        organization_name="Example",
        client_id="client-1",
        client_name="Sync",
        grant_type="CLIENT-CREDENTIALS",
        scopes=("analytics:readonly", "routing"),
        roles=("Agent",),
        divisions=("Home", "Sales"),
        permissions=("analytics:*:*", "routing:queue:edit", "routing:queue:view"),
    )
    assert [one.method for one in service.requests] == ["GET", "GET"]
    assert paths(service) == ["/api/v2/tokens/me", "/api/v2/authorization/subjects/me"]
    # Asking must not keep a token alive that would end for want of use.
    assert service.requests[0].query == {"preserveIdleTTL": "true"}


def test_whose_a_token_of_a_user_is(api_client: ApiClient, service: Service) -> None:
    service.answer(200, OF_USER)
    service.answer(200, USER)
    service.answer(200, SUBJECT)

    identity = whoami(api_client)

    assert (identity.user_id, identity.user_name) == ("user-1", "Ann")
    assert identity.user_email == "ann@example.com"
    assert identity.grant_type == "CODE"
    assert identity.idles_at == datetime(2026, 11, 29, 10, tzinfo=timezone.utc)
    assert identity.unknown == {}


def test_what_has_no_name_is_told_by_its_id(api_client: ApiClient, service: Service) -> None:
    client = {"id": "client-2", "authorizedGrantType": "CODE", "scope": ["routing"]}
    service.answer(200, {"organization": ORGANIZATION, "OAuthClient": client})
    service.answer(200, {"id": "user-1", "name": "Ann"})
    service.answer(200, SUBJECT)

    identity = whoami(api_client)

    assert identity.scopes == ("routing",)
    lines = str(identity).splitlines()
    assert "OAuth client    client-2" in lines
    assert "User            Ann (user-1)" in lines


def test_what_one_call_is_refused_the_others_still_tell(
    api_client: ApiClient, service: Service
) -> None:
    service.answer(403, REFUSED)
    service.answer(200, {**ORGANIZATION, "version": 1})
    service.answer(400, {"message": "This request requires a user context."})
    service.answer(404, {})

    identity = whoami(api_client)

    assert (identity.organization_id, identity.organization_name) == ("org-1", "Example")
    assert (identity.client_id, identity.user_id, identity.permissions) == (None, None, None)
    assert identity.permits("routing:queue:view") is None
    assert set(identity.unknown) == {"token", "user", "permissions"}
    assert "missing.any.permissions" in identity.unknown["token"]
    assert "requires a user context" in identity.unknown["user"]
    assert "No user" in str(identity)


def test_if_everything_is_refused_the_first_refusal_is_raised(
    api_client: ApiClient, service: Service
) -> None:
    for status in (403, 404, 400, 400):
        service.answer(status, REFUSED)
    with pytest.raises(ForbiddenException) as caught:
        whoami(api_client)
    assert caught.value.url is not None
    assert "/api/v2/tokens/me" in caught.value.url


@pytest.mark.parametrize("status", [401, 408, 429, 500, 503])
def test_what_has_nothing_to_do_with_the_question_is_raised(
    api_client: ApiClient, service: Service, status: int
) -> None:
    api_client.configuration.retries = 0
    service.answer(200, OF_CLIENT)
    service.answer(status, {"message": "No."})
    with pytest.raises(ApiException) as caught:
        whoami(api_client)
    assert caught.value.status == status


def test_without_a_token_it_says_how_to_sign_in(service: Service) -> None:
    service.answer(401, {"message": "No bearer token", "code": "authentication.required"})
    with (
        ApiClient(configuration=Configuration(host=service.url)) as client,
        pytest.raises(UnauthorizedException, match="no access token is set"),
    ):
        whoami(client)


def test_all_calls_together_keep_to_the_deadline(api_client: ApiClient, service: Service) -> None:
    limits: list[float] = []

    def note(options: HttpRequestOptions) -> None:
        now = time.monotonic()
        limits.append(options.ends() - now)
        while time.monotonic() < now + 0.02:  # which is gone for the next call
            pass

    api_client.get_http_client().set_pre_request_hook(note)
    service.answer(200, OF_USER)
    service.answer(200, USER)
    service.answer(200, SUBJECT)
    whoami(api_client, _deadline=60)
    first, second, third = limits
    assert first <= 60
    assert second <= 60 - 0.02
    assert third <= 60 - 0.04

    with pytest.raises(ApiTimeoutException):
        whoami(api_client, _deadline=1e-9)


@pytest.mark.parametrize("deadline", [-1, 0, "soon", float("nan")])
def test_a_deadline_that_is_none_is_refused(
    api_client: ApiClient, service: Service, deadline: Any
) -> None:
    with pytest.raises(ValueError, match="_deadline"):
        whoami(api_client, _deadline=deadline)
    assert service.requests == []


def test_an_organization_without_a_name_is_asked_for(
    api_client: ApiClient, service: Service
) -> None:
    service.answer(200, {**OF_CLIENT, "organization": {"id": "org-1"}})
    service.answer(403, REFUSED)
    service.answer(200, SUBJECT)
    identity = whoami(api_client)
    assert (identity.organization_id, identity.organization_name) == ("org-1", None)
    assert set(identity.unknown) == {"organization"}


def test_roles_without_policies_leave_the_permissions_unknown(
    api_client: ApiClient, service: Service
) -> None:
    service.answer(200, OF_CLIENT)
    service.answer(200, subject())
    identity = whoami(api_client)
    assert identity.roles == ("Agent",)
    assert identity.permissions is None
    assert "not all that they permit" in identity.unknown["permissions"]
    assert identity.permits("routing:queue:view") is None


FULL = {"role": {"name": "Full", "policies": [QUEUES]}}


@pytest.mark.parametrize(
    ("grants", "roles"),
    [
        (None, None),
        ([FULL, {}], ("Full",)),
        ([FULL, {"role": {"name": "Bare"}}], ("Bare", "Full")),
        ([{"role": {"name": "Odd", "policies": [{"actions": ["view"]}]}}], ("Odd",)),
    ],
)
def test_permissions_that_are_told_in_part_are_not_known(
    api_client: ApiClient, service: Service, grants: Any, roles: Any
) -> None:
    service.answer(200, OF_CLIENT)
    service.answer(200, {"id": "s-1", "grants": grants})
    identity = whoami(api_client)
    assert (identity.roles, identity.permissions) == (roles, None)
    assert set(identity.unknown) == {"permissions"}


def test_a_policy_without_actions_permits_nothing(api_client: ApiClient, service: Service) -> None:
    service.answer(200, OF_CLIENT)
    service.answer(200, subject(QUEUES, {"domain": "a", "entityName": "b", "actions": []}))
    identity = whoami(api_client)
    assert identity.permissions == ("routing:queue:edit", "routing:queue:view")


@pytest.mark.parametrize("permission", [None, 5, "", "routing:queue", "a:b:c:d", "routing::view"])
def test_what_is_no_permission_is_refused(permission: Any) -> None:
    for permissions in (None, (), ("routing:*:*",)):
        with pytest.raises(ValueError, match="permission: give domain:entity:action"):
            Identity(host="h", permissions=permissions).permits(permission)


def test_who_has_no_role_has_no_permission(api_client: ApiClient, service: Service) -> None:
    service.answer(200, OF_CLIENT)
    service.answer(200, {"id": "s-1", "grants": []})
    identity = whoami(api_client)
    assert (identity.roles, identity.permissions, identity.unknown) == ((), (), {})
    assert identity.permits("routing:queue:view") is False
    assert "Permissions     none" in str(identity)


@pytest.mark.parametrize(
    ("permission", "has"),
    [
        ("routing:queue:view", True),
        ("Routing:Queue:view", True),
        ("routing:queue:delete", False),
        ("analytics:conversationDetail:view", True),
        ("directory:user:view", False),
    ],
)
def test_permits_understands_what_stands_for_all(permission: str, has: bool) -> None:
    permissions = ("analytics:*:*", "routing:queue:view")
    assert Identity(host="h", permissions=permissions).permits(permission) is has


def test_the_token_and_the_secret_are_never_shown(service: Service) -> None:
    service.answer(200, {"access_token": "canary-token", "expires_in": 3600})
    service.answer(200, OF_CLIENT)
    service.answer(200, SUBJECT)
    configuration = Configuration(
        host=service.url, client_id="client-1", client_secret="canary-secret"
    )
    before = datetime.now(timezone.utc)
    with ApiClient(configuration=configuration) as client:
        before_it_signs_in = client.access_token_expires_in
        identity = whoami(client)
        left = client.access_token_expires_in
    assert before_it_signs_in is None
    assert identity.expires_at is not None
    assert identity.expires_at - before > timedelta(minutes=50)
    assert left is not None
    assert 3000 < left <= 3600
    for shown in (str(identity), repr(identity), str(identity.to_dict())):
        assert "canary" not in shown


def test_a_token_that_a_program_brings_has_no_known_expiry(api_client: ApiClient) -> None:
    api_client.access_token = "the-token"
    assert api_client.access_token_expires_in is None


def test_an_identity_is_plain_data(api_client: ApiClient, service: Service) -> None:
    service.answer(200, OF_CLIENT)
    service.answer(200, SUBJECT)
    identity = whoami(api_client)
    assert pickle.loads(pickle.dumps(identity)) == identity
    assert hash(identity) == hash(dataclasses.replace(identity))
    with pytest.raises(dataclasses.FrozenInstanceError):
        identity.host = "other"  # type: ignore[misc]  # what must fail
    assert identity.to_dict()["permissions"] == identity.permissions
    assert str(identity).splitlines()[:4] == [
        "Region          none of the public cloud",
        f"Host            {service.url}",
        "Platform        2019",
        "Organization    Example (org-1)",
    ]


def test_what_is_printed_is_safe_for_a_terminal_and_not_too_wide() -> None:
    permissions = tuple(f"routing:queue{number}:view" for number in range(40))
    identity = Identity(host="h", organization_name="\x1b[31mRed\n", permissions=permissions)
    lines = str(identity).splitlines()
    assert "Organization     [31mRed" in lines
    assert all(line.isprintable() and len(line) <= 100 for line in lines)
    assert lines[-1].startswith(" " * 16 + "routing:")


class Cloud(AbstractHttpClient):
    """Answers as the public cloud would, whatever the host."""

    def request(self, http_request_options: HttpRequestOptions) -> RESTResponse:
        body = OF_CLIENT if "tokens/me" in http_request_options.url else SUBJECT
        return RESTResponse(200, "OK", {}, json.dumps(body).encode())


def test_a_client_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="client: give an ApiClient, not a value of type str"):
        whoami("token")  # type: ignore[arg-type]  # what must fail


# Regions


def on_cloud(host: str, gateway: GatewayConfiguration | None = None) -> Identity:
    with ApiClient(configuration=Configuration(host=host, access_token="t")) as client:
        client.set_http_client(Cloud())
        client.gateway_configuration = gateway
        return whoami(client)


def test_the_region_is_told_by_its_name_and_domain() -> None:
    identity = on_cloud("eu-central-1")
    assert (identity.region, identity.domain) == ("eu-central-1", "mypurecloud.de")
    assert (identity.host, identity.platform) == ("https://api.mypurecloud.de", "today")
    assert identity.gateway is None
    assert "eu-central-1 (mypurecloud.de)" in str(identity)


@pytest.mark.parametrize("of_configuration", [True, False])
def test_behind_a_gateway_the_region_is_unknown_and_the_gateway_told(
    of_configuration: bool,
) -> None:
    gateway = GatewayConfiguration(host="gateway.example", path_params_api="genesys")
    if of_configuration:
        configuration = Configuration(host="eu-central-1", access_token="t")
        configuration.gateway_configuration = gateway
        with ApiClient(configuration=configuration) as client:
            client.set_http_client(Cloud())
            identity = whoami(client)
    else:
        identity = on_cloud("eu-central-1", gateway)
    assert identity.gateway == "gateway.example"
    assert identity.host == "https://gateway.example/genesys"
    assert (identity.region, identity.domain) == (None, None)


@pytest.mark.parametrize("region", PureCloudRegionHosts)
def test_a_region_is_found_by_whatever_is_in_it(region: PureCloudRegionHosts) -> None:
    places = (
        region.domain,
        f"api.{region.domain}",
        f"APPS.{region.domain.upper()}",
        f"https://apps.{region.domain}/directory/#/engage",
        f"{region.value}:443/api/v2",
        f" {region.cloud_name} ",
        region.name,
    )
    assert [PureCloudRegionHosts.find(one) for one in places] == [region] * len(places)


@pytest.mark.parametrize(
    "place", ["", "example.com", "notmypurecloud.de", "http://[", "mars-1", "//"]
)
def test_other_places_are_in_no_region(place: str) -> None:
    assert PureCloudRegionHosts.find(place) is None


def test_a_host_that_is_no_platform_at_all_is_an_error(
    api_client: ApiClient, service: Service
) -> None:
    for _ in range(4):
        service.answer(404, b"<html>Not here</html>")
    with pytest.raises(NotFoundException):
        whoami(api_client)


# On the sandbox


@pytest.mark.parametrize("of_user", [True, False])
def test_the_sandbox_tells_whose_a_token_is(purecloud_sandbox: Sandbox, of_user: bool) -> None:
    configuration = Configuration(host=purecloud_sandbox.host)
    if of_user:
        configuration.access_token = purecloud_sandbox.access_token
    else:
        configuration.client_id = purecloud_sandbox.client_id
        configuration.client_secret = purecloud_sandbox.client_secret
    with ApiClient(configuration=configuration) as client:
        identity = whoami(client)

    assert identity.organization_id == purecloud_sandbox.organization_id
    assert identity.organization_name == purecloud_sandbox.organization
    assert identity.unknown == {}
    assert identity.permits("routing:queue:view") is True
    assert identity.permits("no:such:permission") is False
    assert (identity.grant_type == "CLIENT-CREDENTIALS") is (identity.user_id is None)
    assert (identity.user_id is not None) is of_user
    assert (identity.expires_at is None) is of_user


def test_a_token_with_one_permission_has_that_one(purecloud_sandbox: Sandbox) -> None:
    token = purecloud_sandbox.create_token(permissions=["routing:queue:view"])
    configuration = Configuration(host=purecloud_sandbox.host, access_token=token)
    with ApiClient(configuration=configuration) as client:
        assert whoami(client).permissions == ("routing:queue:view",)
