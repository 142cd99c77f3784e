import os

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.apis.architect_api import ArchitectApi

PureCloudPlatformClientV2.configuration.host = (
    PureCloudPlatformClientV2.PureCloudRegionHosts.us_east_1.get_api_host()
)
apiclient = PureCloudPlatformClientV2.api_client.ApiClient().get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
architect_api = ArchitectApi(apiclient)

ids = {}
for page_number in range(1, 4):
    for flow in architect_api.get_flows(page_size=2, page_number=page_number).entities:
        ids[flow.name] = flow.id
print(ids)

row = {"key": "opening", "value": {"from": 9, "to": 17}}
print(architect_api.post_flows_datatable_rows("table-1", row))
row["key"] = "closing"
print(architect_api.put_flows_datatable_row("table-1", row["key"], body=row))

entity = PureCloudPlatformClientV2.EmergencyGroup()
entity.name = "Fire"
entity.enabled = True
created = architect_api.post_architect_emergencygroups(entity)
print(created.name, created.enabled, created.date_created.tzinfo is not None)
