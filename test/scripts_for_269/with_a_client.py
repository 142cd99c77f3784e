import json
import os
import sys
import time

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.rest import ApiException

try:
    region = PureCloudPlatformClientV2.PureCloudRegionHosts[os.environ["GENESYS_REGION"]]
except KeyError:
    sys.exit("unknown region")
PureCloudPlatformClientV2.configuration.host = region.get_api_host()
print("region", region.name, region.value)

api_client = PureCloudPlatformClientV2.api_client.ApiClient().get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
messaging_api = PureCloudPlatformClientV2.MessagingApi(api_client)

body = PureCloudPlatformClientV2.LineIntegrationRequest()
body.name = "Made by a script"
created = messaging_api.post_messaging_integrations_line(body)
print("created", created.name, created.date_created.tzinfo is not None)

rows = []
page_number = 1
while True:
    listing = messaging_api.get_messaging_integrations_line(page_size=2, page_number=page_number)
    for entity in listing.entities:
        rows.append(entity.to_dict())
    if page_number >= listing.page_count:
        break
    page_number += 1
print("rows", len(rows), sorted(row["name"] for row in rows))

record = json.loads(created.to_json())
print("record", record["name"], record["date_created"][10], record["recipient"]["name"])

try:
    messaging_api.get_messaging_integrations_line_integration_id("unknown")
except ApiException as e:
    if e.status == 429:
        time.sleep(int(e.headers.get("Retry-After")))
    print("refused", e.status, e.reason, json.loads(e.body)["code"], e.headers.get("Retry-After"))

everything = api_client.call_api(
    resource_path="/api/v2/messaging/integrations/{kind}",
    method="GET",
    path_params={"kind": "line"},
    query_params={"pageSize": 1},
    header_params={"Accept": "application/json"},
    body=None,
    post_params=[],
    files={},
    response_type="object",
    auth_settings=["PureCloud OAuth"],
    callback=None,
)
raw = json.loads(api_client.last_response.data)
print("total", everything["total"], api_client.last_response.status, raw["pageSize"])
