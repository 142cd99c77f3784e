import json
import os
import time

import PureCloudPlatformClientV2

client = PureCloudPlatformClientV2.api_client.ApiClient()
client.host = PureCloudPlatformClientV2.PureCloudRegionHosts["us_east_1"].value
client.get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
analytics_api = PureCloudPlatformClientV2.AnalyticsApi(client)

query = {
    "interval": "2026-11-01T00:00:00.000Z/2026-11-02T00:00:00.000Z",
    "paging": {"pageSize": 2, "pageNumber": 1},
}
found = []
while True:
    result = analytics_api.post_analytics_conversations_details_query(query)
    if not result.conversations:
        break
    found += [one.conversation_id for one in result.conversations]
    query["paging"]["pageNumber"] += 1
print(found, result.total_hits)

job = analytics_api.post_analytics_conversations_details_jobs({"interval": query["interval"]})
while analytics_api.get_analytics_conversations_details_job(job.job_id).state != "FULFILLED":
    time.sleep(0.01)
page = analytics_api.get_analytics_conversations_details_job_results(job.job_id, page_size=1)
rows = json.loads(page.to_json())["conversations"]
while page.cursor:
    page = analytics_api.get_analytics_conversations_details_job_results(
        job.job_id, page_size=1, cursor=page.cursor
    )
    rows += json.loads(page.to_json())["conversations"]
print([row["conversation_id"] for row in rows])
