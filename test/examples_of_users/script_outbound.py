import os

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.models import *
from PureCloudPlatformClientV2.apis import *

client = PureCloudPlatformClientV2.api_client.ApiClient().get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
outbound_api = OutboundApi(client)

lists = outbound_api.get_outbound_contactlists(page_size=100, sort_order="a")
contact_list = [one for one in lists.entities if one.name == "Name 4"][0]
contact = WritableDialerContact()
contact.callable = True
contact.data = {"phone": "+13175550101", "from": "script"}
added = outbound_api.post_outbound_contactlist_contacts(contact_list.id, [contact], priority=True)
print(len(added), type(added[0]).__name__, sorted(added[0].data))

campaign = Campaign()
campaign.name = "Winter"
campaign.contact_list = DomainEntityRef()
campaign.contact_list.id = contact_list.id
campaign.dialing_mode = "preview"
created = outbound_api.post_outbound_campaigns(campaign)
print(created.name, created.contact_list.id, created.dialing_mode)
created.campaign_status = "on"
print(outbound_api.put_outbound_campaign(created.id, created).campaign_status)
