"""The members of all queues are counted, as many queues at a time as there are threads."""

from __future__ import annotations

import pytest

from PureCloudPlatformClientV2 import ApiClient, Configuration, RoutingApi, paginate
from PureCloudPlatformClientV2.sandbox import Sandbox

from .running import run_example


def test_every_queue_of_the_sandbox_is_counted(purecloud_sandbox: Sandbox) -> None:
    configuration = Configuration(
        host=purecloud_sandbox.host, access_token=purecloud_sandbox.access_token
    )
    with ApiClient(configuration=configuration) as client:
        api = RoutingApi(client)
        for number in range(12):
            api.post_routing_queues({"name": f"Queue {number}"})
        expected = [
            f"{len(list(paginate(api.get_routing_queue_members, queue.id))):6} {queue.name!r}"
            for queue in paginate(api.get_routing_queues)
        ]

    counted = run_example("asyncio_pool.py", "--threads", "3", sandbox=purecloud_sandbox)

    assert (counted.returncode, counted.stdout.splitlines()) == (0, expected)
    assert len(expected) >= 12


@pytest.mark.parametrize("option", [("--threads", "0"), ("--seconds", "nan"), ("--seconds", "0")])
def test_no_threads_and_no_time_are_refused(
    purecloud_sandbox: Sandbox, option: tuple[str, str]
) -> None:
    refused = run_example("asyncio_pool.py", *option, sandbox=purecloud_sandbox)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "give at least one thread, and more than no seconds" in refused.stderr
    assert "queues could not be read" not in refused.stderr
