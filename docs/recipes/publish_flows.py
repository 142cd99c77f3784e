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
    Operation,
    paginate,
    wait_until,
)


def commit(version: FlowVersion | None) -> str | None:
    return version.commit_version if version else None


def is_published(flow: Flow) -> bool:
    return commit(flow.published_version) == commit(flow.checked_in_version)


def why_not(asked: Operation, flow: Flow) -> str | None:
    present = flow.current_operation
    if not present or present.id != asked.id:  # the flow still tells of the operation before
        return None
    failed = present.complete and present.action_status == "FAILURE"
    return present.error_message or "it failed" if failed else None


if len(sys.argv) != 2:
    sys.exit(__doc__)
with ApiClient() as client:
    api = ArchitectApi(client)
    # All of them first: publishing changes what is walked over.
    flows = list(paginate(api.get_flows, name=sys.argv[1], page_size=100))
    for flow in flows:
        if not is_published(flow) and flow.id:
            failed = partial(why_not, api.post_flows_actions_publish(flow.id))
            wait_until(partial(api.get_flow, flow.id), is_published, failed=failed)
            print("published", flow.type, flow.name)
