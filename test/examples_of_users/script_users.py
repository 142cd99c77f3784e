import csv
import os
import sys

import PureCloudPlatformClientV2 as gc

gc.configuration.host = getattr(gc.PureCloudRegionHosts, "us_east_1").get_api_host()
client = gc.api_client.ApiClient().get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
gc.configuration.access_token = client.access_token
users_api = gc.UsersApi()

writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["id", "name", "division", "state", "version"])
listing = users_api.get_users(page_size=2, page_number=1, expand=["presence", "groups"])
while True:
    for user in listing.entities:
        row = user.to_dict()
        division = row["division"]["name"] if row["division"] else None
        writer.writerow([row["id"], row["name"], division, row["state"], row["version"]])
    if listing.next_uri is None:
        break
    listing = users_api.get_users(page_size=2, page_number=listing.page_number + 1)

body = gc.UpdateUser()
body.title = "Agent"
body.version = users_api.get_user("id-1").version
changed = users_api.patch_user("id-1", body)
print(changed.id, changed.title, hasattr(changed, "title"), getattr(changed, "nothing", None))
