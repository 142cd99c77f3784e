"""Write the members of a queue, or of all queues, to a CSV file.

python queue_members.py members.csv            all queues
python queue_members.py members.csv Support    the queue of that name
"""

import sys
from collections.abc import Iterator

from PureCloudPlatformClientV2 import (
    ApiClient,
    RoutingApi,
    find_one,
    paginate,
    write_csv,
)

COLUMNS = ["queue", "member.id", "member.name", "member.user.email", "member.joined"]


def members(api: RoutingApi, name: str | None = None) -> Iterator[dict[str, object]]:
    all_of_them = paginate(api.get_routing_queues, page_size=100)
    for queue in [find_one(api.get_routing_queues, name=name)] if name else all_of_them:
        for member in paginate(api.get_routing_queue_members, queue.id, page_size=100):
            yield {"queue": queue.name, "member": member}


if len(sys.argv) < 2:
    sys.exit(__doc__)
with ApiClient() as client:
    count = write_csv(members(RoutingApi(client), *sys.argv[2:]), sys.argv[1], columns=COLUMNS)
print(f"{count} members written to {sys.argv[1]}")
