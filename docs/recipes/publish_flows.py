"""Publish the flows that have been checked in since they were published.

python publish_flows.py "Support*"      those of such names; * stands for anything
"""

import sys
from functools import partial

from PureCloudPlatformClientV2 import (
    ApiClient,
    ArchitectApi,
    Flow,
    FlowVersion,
    paginate,
    wait_until,
)


def commit(version: FlowVersion | None) -> str | None:
    return version.commit_version if version else None


def is_published(flow: Flow) -> bool:
    return commit(flow.published_version) == commit(flow.checked_in_version)


def why_not(flow: Flow) -> str | None:
    operation = flow.current_operation
    failed = operation and operation.complete and operation.action_status == "FAILURE"
    return (operation.error_message or "it failed") if operation and failed else None


if len(sys.argv) != 2:
    sys.exit(__doc__)
with ApiClient() as client:
    api = ArchitectApi(client)
    # All of them first: publishing changes what is walked over.
    flows = list(paginate(api.get_flows, name=sys.argv[1], page_size=100))
    for flow in flows:
        if not is_published(flow) and flow.id:
            api.post_flows_actions_publish(flow.id)
            wait_until(partial(api.get_flow, flow.id), is_published, failed=why_not)
            print("published", flow.type, flow.name)
