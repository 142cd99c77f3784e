import os

import PureCloudPlatformClientV2

client = PureCloudPlatformClientV2.api_client.ApiClient().get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
edge_api = PureCloudPlatformClientV2.TelephonyProvidersEdgeApi(client)

sites = {one.name: one for one in edge_api.get_telephony_providers_edges_sites().entities}
phones = []
page = 0
while True:
    page += 1
    listing = edge_api.get_telephony_providers_edges_phones(page_size=3, page_number=page)
    if not listing.entities:
        break
    phones += listing.entities
print(len(phones), phones[-1].name)

phone = edge_api.get_telephony_providers_edges_phone(phones[0].id)
phone.name = "Reception"
phone.site = {"id": sites["Name 2"].id}
changed = edge_api.put_telephony_providers_edges_phone(phone.id, phone)
print(changed.name, changed.site.id, changed.lines[0].name is not None)

everything = client.call_api(
    resource_path="/api/v2/telephony/providers/edges/phones/{phoneId}",
    method="GET",
    path_params={"phoneId": phone.id},
    query_params={},
    header_params={"Accept": "application/json", "Content-Type": "application/json"},
    response_type="object",
    auth_settings=["PureCloud OAuth"],
)
print(everything["id"], client.last_response.status)
