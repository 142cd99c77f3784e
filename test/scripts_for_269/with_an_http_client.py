import json
import os

import urllib3

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2.abstract_http_client import AbstractHttpClient
from PureCloudPlatformClientV2.http_request_options import HttpRequestOptions
from PureCloudPlatformClientV2.purecloud_region_hosts import PureCloudRegionHosts
from PureCloudPlatformClientV2.rest import ApiException, RESTResponse


class CountingHttpClient(AbstractHttpClient):
    def __init__(self):
        super().__init__()
        self.pool = urllib3.PoolManager()
        self.count = 0

    def request(self, http_request_options):
        if not isinstance(http_request_options, HttpRequestOptions):
            raise ValueError("not a request")
        if self.pre_hook:
            http_request_options = self.pre_hook(http_request_options)
        self.count += 1
        options = http_request_options
        kind = options.headers.get("Content-Type", "application/json")
        if kind == "application/x-www-form-urlencoded":
            response = self.pool.request(
                options.method,
                options.url,
                fields=options.post_params,
                encode_multipart=False,
                headers=options.headers,
            )
        elif options.method == "GET":
            response = self.pool.request(
                "GET", options.url, fields=options.query_params, headers=options.headers
            )
        else:
            response = self.pool.request(
                options.method, options.url, body=json.dumps(options.body), headers=options.headers
            )
        response = RESTResponse(response)
        response.data = response.data.decode("utf8")
        if response.status not in range(200, 206):
            raise ApiException(http_resp=response)
        return response


def add_header(http_request_options):
    http_request_options.headers["X-Script"] = "yes"
    return http_request_options


PureCloudPlatformClientV2.configuration.host = PureCloudRegionHosts.us_east_1.value
http_client = CountingHttpClient()
http_client.set_timeout(16000)
http_client.set_pre_request_hook(add_header)
api_client = PureCloudPlatformClientV2.ApiClient()
api_client.set_http_client(http_client)
api_client.get_client_credentials_token(
    os.environ["GENESYS_CLIENT_ID"], os.environ["GENESYS_CLIENT_SECRET"]
)
print("same", api_client.http_client is http_client, api_client.get_http_client() is http_client)

messaging_api = PureCloudPlatformClientV2.MessagingApi(api_client)
body = PureCloudPlatformClientV2.LineIntegrationRequest()
body.name = "Sent by another client"
print("created", messaging_api.post_messaging_integrations_line(body).name)
print("total", messaging_api.get_messaging_integrations_line(page_size=1).total)
try:
    messaging_api.get_messaging_integrations_line_integration_id("unknown")
except ApiException as e:
    print("refused", e.status, json.loads(e.body)["code"])
print("requests", http_client.count)
