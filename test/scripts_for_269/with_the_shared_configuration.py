import json
import os

import PureCloudPlatformClientV2 as gc
from PureCloudPlatformClientV2.apis import *
from PureCloudPlatformClientV2.models.line_integration_request import LineIntegrationRequest
from PureCloudPlatformClientV2.utils import sanitize_for_serialization

gc.configuration.host = getattr(gc.PureCloudRegionHosts, "us_east_1").get_api_host()
client = gc.ApiClient()
client.get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
gc.configuration.access_token = client.access_token

record = {"name": "Made by reflection", "channel_id": "1653", "channel_secret": "made-up"}
body = LineIntegrationRequest()
for attribute in body.attribute_map:
    if attribute in record:
        setattr(body, attribute, record[attribute])
print("body", json.dumps(sanitize_for_serialization(body), sort_keys=True))
print("created", MessagingApi().post_messaging_integrations_line(body).name)

for entity in gc.apis.messaging_api.MessagingApi().get_messaging_integrations_line().entities:
    if hasattr(entity, "channel_id"):
        print("entity", getattr(entity, "name"), entity.to_dict()["channel_id"])

try:
    MessagingApi().get_messaging_integrations_line_integration_id("unknown")
except gc.rest.ApiException as e:
    print("refused", e.status, json.loads(e.body)["code"])

shared = gc.configuration.api_client
print("shared", shared is MessagingApi().api_client, shared.last_response.status)
body.channel_secret = gc.api_null_value.ApiNullValue()
print("null", sanitize_for_serialization(body)["channelSecret"], json.loads(body.to_json())["name"])
