import os

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.rest import ApiException

region = PureCloudPlatformClientV2.PureCloudRegionHosts.us_east_1
PureCloudPlatformClientV2.configuration.host = region.get_api_host()
api_client = PureCloudPlatformClientV2.api_client.ApiClient().get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
routing_api = PureCloudPlatformClientV2.RoutingApi(api_client)

queues = []
page_number = 1
while True:
    page = routing_api.get_routing_queues(page_number=page_number, page_size=2, name="N*")
    queues.extend(page.entities)
    if page_number >= page.page_count:
        break
    page_number += 1
print([queue.name for queue in queues])

queue = routing_api.get_routing_queue(queues[0].id)
queue.name = "Renamed by a script"
queue.acw_settings.wrapup_prompt = "MANDATORY"
print("put", routing_api.put_routing_queue(queue.id, queue).name)

try:
    routing_api.get_routing_queue("unknown")
except ApiException as e:
    print("Exception when calling RoutingApi->get_routing_queue:", e.status, e.reason)
