import os
import time
from datetime import datetime, timezone

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.rest import ApiException

client = PureCloudPlatformClientV2.ApiClient().get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
recording_api = PureCloudPlatformClientV2.RecordingApi(client)

query = PureCloudPlatformClientV2.RecordingJobsQuery()
query.action = "EXPORT"
query.action_date = datetime(2026, 12, 1, tzinfo=timezone.utc)
query.integration_id = "integration-1"
query.include_screen_recordings = False
query.conversation_query = {
    "interval": "2026-11-01T00:00:00.000Z/2026-11-02T00:00:00.000Z",
    "order": "asc",
}
try:
    job = recording_api.post_recording_jobs(query)
    while recording_api.get_recording_job(job.id).state != "READY":
        time.sleep(0.01)
    execute = PureCloudPlatformClientV2.ExecuteRecordingJobsQuery()
    execute.state = "PROCESSING"
    print("started", recording_api.put_recording_job(job.id, execute).state)
except ApiException as e:
    print("Exception when calling RecordingApi: %s\n" % e)
for recording in recording_api.get_conversation_recordings("c-1"):
    print(recording.conversation_id is not None, type(recording.start_time).__name__)
