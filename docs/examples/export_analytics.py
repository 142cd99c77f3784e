"""Export a view of the performance of queues as CSV: start the export, wait for it, download it.

Where and as whom comes from the environment: GENESYSCLOUD_REGION, and GENESYSCLOUD_OAUTHCLIENT_ID
with GENESYSCLOUD_OAUTHCLIENT_SECRET, or GENESYSCLOUD_ACCESS_TOKEN.

Exit status: 0 exported, 2 not exported, 130 interrupted.
"""

import argparse
from pathlib import Path

from PureCloudPlatformClientV2 import (
    AnalyticsApi,
    ApiClient,
    ApiException,
    Configuration,
    ReportingExportJobRequest,
    ReportingExportJobResponse,
    ViewFilter,
    paginate,
    wait_until,
)

FAILED = ("FAILED", "CANCELLED", "COMPLETED_WITH_PARTIAL_RESULTS")


def export(client: ApiClient, view: str, interval: str, path: Path) -> Path:
    api = AnalyticsApi(client)
    started = api.post_analytics_reporting_exports(
        ReportingExportJobRequest(
            name=path.stem,
            time_zone="UTC",
            export_format="CSV",
            interval=interval,
            period="PT30M",
            view_type=view,
            filter=ViewFilter(media_types=["voice"]),
            read=False,
            locale="en-us",
        )
    )

    def read() -> ReportingExportJobResponse | None:
        """Find it among the exports; there is no other way to ask for one."""
        found = paginate(api.get_analytics_reporting_exports, page_size=100)
        return next((one for one in found if one.id == started.id), None)

    done = wait_until(
        read,
        lambda one: one is not None and one.status == "COMPLETED",
        failed=lambda one: (
            one is not None
            and one.status in FAILED
            and (one.export_error_messages_type or one.status)
        ),
        deadline=1800,
    )
    assert done is not None
    return client.download(done.download_url or "", path)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("interval", help="2026-11-01T00:00:00Z/2026-11-02T00:00:00Z, for example")
    parser.add_argument("file", nargs="?", type=Path, default=Path("queues.csv"), help="where to")
    parser.add_argument("--view", default="QUEUE_PERFORMANCE_SUMMARY_VIEW")
    arguments = parser.parse_args()
    try:
        configuration = Configuration()
        if not (configuration.access_token or configuration.client_id):
            parser.error("there is no account in the environment; --help says what to set")
        with ApiClient(configuration=configuration) as client:
            print(export(client, arguments.view, arguments.interval, arguments.file))
    except (ApiException, ValueError) as error:  # ValueError: of a setting, which it names
        parser.exit(2, f"{parser.prog}: not exported: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"{parser.prog}: interrupted; the export goes on at the platform\n")


if __name__ == "__main__":
    main()
