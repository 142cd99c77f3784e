"""A Configuration() that was filled in and never handed to a client, and a call through another."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import (
    ApiClient,
    Configuration,
    HttpRequestOptions,
    MessagingApi,
    UnauthorizedException,
)

HINT = r"never handed to a client: write ApiClient\(configuration=\.\.\.\)"


class _SentError(Exception):
    """Carries where a request would have gone."""


def default_client() -> ApiClient:
    """A client with the default configuration, which tells where it would send."""

    def stop(request: HttpRequestOptions) -> None:
        raise _SentError(request.url)

    client = ApiClient()
    client.get_http_client().set_pre_request_hook(stop)
    return client


def list_integrations(client: ApiClient) -> object:
    return MessagingApi(client).get_messaging_integrations_facebook()


def sign_in(client: ApiClient) -> object:
    return client.get_client_credentials_token("id", "secret")


def sign_in_by_code(client: ApiClient) -> object:
    return client.get_code_authorization_token("id", "secret", "code", "https://me.example")


def fill_in(**settings: object) -> Configuration:
    """As a script for the vendor's SDK does."""
    configuration = Configuration()
    for name, value in settings.items():
        setattr(configuration, name, value)
    return configuration


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "eu-central-1"},
        {"access_token": "t"},
        {"client_id": "i", "client_secret": "s"},
        {"proxy": "http://proxy.example:3128"},
    ],
)
@pytest.mark.parametrize("by", [fill_in, Configuration])
def test_a_call_without_credentials_is_refused(
    settings: dict[str, str], by: Callable[..., Configuration]
) -> None:
    configuration = (by if "proxy" not in settings else fill_in)(**settings)
    names = ", ".join(settings)
    for _ in range(2):
        with pytest.raises(ValueError, match=rf"^no access token .* with {names}, .*{HINT}"):
            list_integrations(default_client())
    with pytest.raises(ValueError, match=HINT):
        MessagingApi().get_messaging_integrations_facebook()
    with pytest.raises(ValueError, match=HINT):  # in the caller's thread
        MessagingApi().get_messaging_integrations_facebook(callback=print)
    assert configuration.host


@pytest.mark.parametrize("grant", [sign_in, sign_in_by_code])
@pytest.mark.parametrize(
    "settings", [{"host": "eu-central-1"}, {"proxy": "http://proxy.example:3128"}]
)
def test_so_is_a_sign_in_that_would_go_elsewhere(
    grant: Callable[[ApiClient], object], settings: dict[str, str]
) -> None:
    configuration = fill_in(**settings)
    with pytest.raises(ValueError, match=rf"^no host is set .*{HINT}"):
        grant(default_client())
    assert configuration.host


def test_one_of_a_function_that_has_ended_counts_too() -> None:
    def set_up() -> None:
        configuration = Configuration()
        configuration.host = "eu-central-1"
        configuration.access_token = "t"

    set_up()
    gc.collect()
    with pytest.raises(ValueError, match=rf"with host, access_token, .*{HINT}"):
        list_integrations(default_client())
    with pytest.raises(ValueError, match=HINT):
        sign_in(default_client())


def test_a_file_or_a_profile_counts_as_filled_in(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[general]\naccess_token = t\n[profile berlin]\n")
    configuration = Configuration(config_file_path=str(tmp_path / "config"), profile="berlin")
    with pytest.raises(ValueError, match=rf"with config_file_path, profile, .*{HINT}"):
        list_integrations(default_client())
    assert configuration.profile == "berlin"


# What is no mistake


def hand_over(configuration: Configuration) -> object:
    return ApiClient(configuration=configuration)


def hand_over_a_copy(configuration: Configuration) -> object:
    return ApiClient(configuration=copy.copy(configuration))


def hand_over_a_pickle(configuration: Configuration) -> object:
    return pickle.dumps(configuration)


def change_what_was_handed_over(configuration: Configuration) -> object:
    client = ApiClient(configuration=configuration)
    configuration.access_token = "another"
    return client


@pytest.mark.parametrize(
    "use", [hand_over, hand_over_a_copy, hand_over_a_pickle, change_what_was_handed_over]
)
def test_once_it_is_handed_over_all_is_well(use: Callable[[Configuration], object]) -> None:
    configuration = fill_in(host="eu-central-1", access_token="t")
    with pytest.raises(ValueError, match=HINT):
        list_integrations(default_client())
    use(configuration)
    for call in (list_integrations, sign_in):
        with pytest.raises(_SentError, match=r"mypurecloud\.com"):
            call(default_client())
    del configuration
    gc.collect()
    with pytest.raises(_SentError, match=r"mypurecloud\.com"):
        list_integrations(default_client())


def test_one_that_was_made_to_read_from_it_leaves_nothing_behind() -> None:
    assert Configuration(host="eu-central-1").host == "https://api.mypurecloud.de"
    gc.collect()
    for call in (list_integrations, sign_in):
        with pytest.raises(_SentError):
            call(default_client())


def test_one_without_place_or_credentials_does_not_matter() -> None:
    configuration = fill_in(retries=1, deadline=5, debug=False, verify_ssl=True)
    for call in (list_integrations, sign_in):
        with pytest.raises(_SentError):
            call(default_client())
    assert configuration.retries == 1


def test_what_the_default_has_itself_is_not_missing() -> None:
    configuration = fill_in(host="eu-central-1", access_token="t")
    default = PureCloudPlatformClientV2.configuration
    default.host = "us-west-2"
    with pytest.raises(_SentError, match="usw2"):
        sign_in(default_client())
    with pytest.raises(ValueError, match=rf"with access_token, .*{HINT}"):
        list_integrations(default_client())
    default.access_token = "t"
    with pytest.raises(_SentError, match="usw2"):
        list_integrations(default_client())
    assert configuration.access_token == "t"


def test_a_client_with_a_host_a_token_or_a_gateway_of_its_own_knows_what_it_does() -> None:
    configuration = fill_in(host="eu-central-1")
    client = default_client()
    client.host = "us-west-2"
    for call in (list_integrations, sign_in):
        with pytest.raises(_SentError, match="usw2"):
            call(client)
    client = default_client()
    client.access_token = "t"
    with pytest.raises(_SentError):
        list_integrations(client)
    client = default_client()
    client.set_gateway("gateway.example")
    for call in (list_integrations, sign_in):
        with pytest.raises(_SentError, match="gateway"):
            call(client)
    client = default_client()
    client.set_default_header("authorization", "Bearer own")
    with pytest.raises(_SentError):
        list_integrations(client)
    with pytest.raises(_SentError):
        default_client().call_api("/x", "GET", auth_settings=[])
    with pytest.raises(_SentError):
        default_client().call_api("/x", "GET", _headers={"Authorization": "Bearer own"})
    assert configuration.host


def test_a_client_that_was_given_a_configuration_is_left_alone(service: Service) -> None:
    configuration = fill_in(host="eu-central-1", access_token="t")
    service.answer_always(200, {"access_token": "from-login"})
    client = ApiClient(configuration=Configuration(host=service.url))
    list_integrations(client)
    sign_in(client)
    assert len(service.requests) == 2
    assert configuration.host


def test_a_refused_token_of_the_default_is_told_with_the_hint(service: Service) -> None:
    configuration = fill_in(access_token="right")
    client = ApiClient(service.url)
    client.access_token = "wrong"
    service.answer(401, {"message": "no"})
    with pytest.raises(UnauthorizedException, match=rf"with access_token, .*{HINT}"):
        list_integrations(client)
    ApiClient(configuration=configuration)
    service.answer(401, {"message": "no"})
    with pytest.raises(UnauthorizedException, match=r"unknown to this host, or has expired$"):
        list_integrations(client)


def test_threads_may_fill_in_and_call_at_once() -> None:
    failures: list[BaseException] = []
    ready = threading.Barrier(8)

    def work() -> None:
        try:
            ready.wait()
            for _ in range(200):
                configuration = fill_in(host="eu-central-1", access_token="t")
                ApiClient(configuration=configuration)
                with pytest.raises((ValueError, _SentError)):
                    list_integrations(default_client())
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with pytest.raises(_SentError):
        list_integrations(default_client())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_child_knows_as_much() -> None:
    script = (
        "import os, sys, warnings; warnings.simplefilter('ignore')\n"
        "from PureCloudPlatformClientV2 import ApiClient, Configuration, MessagingApi\n"
        "configuration = Configuration(); configuration.host = 'eu-central-1'\n"
        "child = os.fork()\n"
        "if child: sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "try: MessagingApi().get_messaging_integrations_facebook()\n"
        "except ValueError as error: print(error)\n"
        "ApiClient(configuration=configuration)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert "never handed to a client" in run.stdout


@pytest.mark.parametrize(
    "settings",
    [{"proxy": None}, {"proxy": ""}, {"access_token": ""}, {"client_id": "", "host": None}],
)
def test_what_is_set_to_nothing_is_not_filled_in(settings: dict[str, str | None]) -> None:
    configuration = fill_in(**settings)
    with pytest.raises(_SentError):
        sign_in(default_client())
    assert configuration.host


def test_one_that_was_thrown_away_is_forgotten_when_another_is_handed_over() -> None:
    fill_in(host="eu-central-1")
    gc.collect()
    hand_over(fill_in(host="eu-west-1", access_token="t"))
    with pytest.raises(_SentError):
        sign_in(default_client())
