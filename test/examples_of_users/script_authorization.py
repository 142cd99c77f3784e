import os

import PureCloudPlatformClientV2 as platform
from PureCloudPlatformClientV2.rest import ApiException

client = platform.api_client.ApiClient()
client.get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
api = getattr(platform, "Authorization" + "Api")(client)

divisions = {one.name: one.id for one in api.get_authorization_divisions(page_size=100).entities}
roles = api.get_authorization_roles(page_size=100, sort_by="name").entities
role = next(one for one in roles if one.name == "Name 3")
grant = platform.SubjectDivisions()
for attribute, value in (("subject_ids", ["user-1"]), ("division_ids", [divisions["Name 2"]])):
    if attribute in grant.attribute_map:
        setattr(grant, attribute, value)
print(api.post_authorization_role(role.id, grant, subject_type="PC_USER"))

try:
    api.get_authorization_role("busy")
except ApiException as e:
    print(e.status, e.headers.get("Retry-After"))
role = api.get_authorization_role(role.id)
role.description = "Changed by a script"
print(api.put_authorization_role(role.id, role).description)
