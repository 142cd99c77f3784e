"""Write all conversations of a day, in UTC, as JSON lines: one in a line, with everything in it.

python conversations_of_a_day.py 2026-11-28 conversations.jsonl
"""

import json
import sys
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from PureCloudPlatformClientV2 import AnalyticsApi, ApiClient, paginate, wait_until

if len(sys.argv) != 3:
    sys.exit(__doc__)
day, path = date.fromisoformat(sys.argv[1]), Path(sys.argv[2])
with ApiClient() as client:
    api = AnalyticsApi(client)
    query = {"interval": f"{day}T00:00:00Z/{day + timedelta(days=1)}T00:00:00Z"}
    job_id = api.post_analytics_conversations_details_jobs(query).job_id or ""
    # The platform takes minutes for a busy day, and says FULFILLED when the results are ready.
    wait_until(partial(api.get_analytics_conversations_details_job, job_id), deadline=3600)
    results = paginate(api.get_analytics_conversations_details_job_results, job_id, page_size=1000)
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for conversation in results:
            count += 1
            wire = client.sanitize_for_serialization(conversation)
            file.write(json.dumps(wire, ensure_ascii=False) + "\n")
print(f"{count} conversations written to {path}")
