import json
import os

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient, ConversationsApi
from PureCloudPlatformClientV2.rest import ApiException

PureCloudPlatformClientV2.configuration.host = "https://api.mypurecloud.com"
api_client = ApiClient()
api_client.get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
conversations_api = ConversationsApi(api_client)

body = PureCloudPlatformClientV2.SendAgentlessOutboundMessageRequest()
body.from_address = "+13175550100"
body.to_address = "+13175550101"
body.to_address_messenger_type = "sms"
body.text_body = "Your parcel is on its way"
sent = conversations_api.post_conversations_messages_agentless(body)
print("sent", sent.to_address, sent.timestamp.tzinfo is not None)

conversation = conversations_api.get_conversations_message(sent.conversation_id)
message = conversation.participants[0].messages[0]
if message.message_status == "delivery-failed":
    print("failed", message.error_info.code, message.error_info.message)
print(conversations_api.get_conversation("c-1").participants[0].messages[0].state)
try:
    conversations_api.get_conversation("unknown")
except ApiException as e:
    print(e.status, json.loads(e.body)["message"])
