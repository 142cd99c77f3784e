"""List the users who have a skill, the most proficient first.

python users_with_skill.py Spanish
"""

import sys
from operator import itemgetter

from PureCloudPlatformClientV2 import ApiClient, RoutingApi, UsersApi, find_one, paginate

if len(sys.argv) != 2:
    sys.exit(__doc__)
with ApiClient() as client:
    skill = find_one(RoutingApi(client).get_routing_skills, name=sys.argv[1])
    found = [
        (one.proficiency or 0, user.name, f" <{user.email}>" if user.email else "")
        for user in paginate(UsersApi(client).get_users, expand=["skills"], page_size=100)
        for one in user.skills or []
        if one.id == skill.id
    ]
for proficiency, name, email in sorted(found, key=itemgetter(0), reverse=True):
    print(f"{proficiency:3g}  {name}{email}")
