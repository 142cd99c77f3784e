import json
import os

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.utils import sanitize_for_serialization

PureCloudPlatformClientV2.configuration.host = (
    PureCloudPlatformClientV2.PureCloudRegionHosts.us_east_1.get_api_host()
)
client = PureCloudPlatformClientV2.api_client.ApiClient().get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
notifications_api = PureCloudPlatformClientV2.NotificationsApi(client)

channel = notifications_api.post_notifications_channels()
print(channel.id, channel.expires.tzinfo is not None)
topics = []
for user_id in ("user-1", "user-2"):
    topic = PureCloudPlatformClientV2.ChannelTopic()
    topic.id = "v2.users.%s.presence" % user_id
    topics.append(topic)
listing = notifications_api.put_notifications_channel_subscriptions(channel.id, topics)
print([one.id for one in listing.entities])
more = notifications_api.post_notifications_channel_subscriptions(
    channel.id, [{"id": "v2.routing.queues.queue-1.users"}]
)
print(json.dumps(sanitize_for_serialization(more.entities[0])))
print(json.loads(client.last_response.data)["entities"][0]["id"])
print(notifications_api.delete_notifications_channel_subscriptions(channel.id))
