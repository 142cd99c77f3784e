"""Imports one side and makes its client, as the main program of a new process.

With the URL of a server as well, it makes a first call, which lists 25 queues. Prints how many
seconds that took, the most memory that the process had, and how many of the modules had no bytecode
ready. Before the clock starts nothing is loaded that Python does not load itself.
"""

import os
import sys
import time


def start(side: str) -> object:
    """Import a side and make its client.

    Args:
        side: ``bare`` for what no client can do without, ``loaded`` for this package with all that
            it needs for a call, otherwise the package on the path.

    Returns:
        What there is to call with.
    """
    if side == "bare":
        import json
        import ssl

        import certifi
        import urllib3

        pool = urllib3.PoolManager(cert_reqs=ssl.CERT_REQUIRED, ca_certs=certifi.where())
        return pool, json.loads

    import PureCloudPlatformClientV2

    api = PureCloudPlatformClientV2.MessagingApi()
    if side == "loaded":  # what is otherwise loaded with the first call
        from PureCloudPlatformClientV2._calls.making import make_call
        from PureCloudPlatformClientV2._transport.routes import Routes

        http_client = api.api_client.get_http_client()
        assert isinstance(http_client, PureCloudPlatformClientV2.DefaultHttpClient)
        return http_client.rest_client, make_call, Routes
    return api


def call(side: str, host: str) -> object:
    """Import a side and make a first call, to list the queues.

    Args:
        side: ``bare`` for urllib3 and json by hand, otherwise the package on the path.
        host: URL of the server.

    Returns:
        What has been called with, so that it is there to the end.
    """
    if side == "bare":
        import json
        import ssl

        import certifi
        import urllib3

        pool = urllib3.PoolManager(cert_reqs=ssl.CERT_REQUIRED, ca_certs=certifi.where())
        headers = {"Authorization": "Bearer the-token", "Accept": "application/json"}
        answer = pool.request("GET", f"{host}/api/v2/routing/queues", headers=headers)
        names = [queue["name"] for queue in json.loads(answer.data)["entities"]]
        caller: object = pool
    else:
        import PureCloudPlatformClientV2

        client = PureCloudPlatformClientV2.ApiClient(host)
        client.access_token = "the-token"
        queues = PureCloudPlatformClientV2.RoutingApi(client).get_routing_queues()
        names = [queue.name for queue in queues.entities or ()]
        caller = client
    assert len(names) == 25, "the server has 25 queues"
    return caller


def peak_memory() -> int:
    """Give the most memory that this process has had so far.

    Returns:
        Bytes; 0 where the system does not say.
    """
    try:
        # Not from getrusage, where Linux counts what the parent had when it started this process.
        with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123  # imports less
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:
        return 0
    most = getrusage(RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def count_uncompiled() -> int:
    """Count the loaded modules that had to be compiled, and will have to be again."""
    specs = [getattr(module, "__spec__", None) for module in list(sys.modules.values())]
    files = [spec.cached for spec in specs if spec is not None and spec.cached]
    return sum(not os.path.exists(file) for file in files)  # noqa: PTH110  # imports less


if __name__ == "__main__":
    begin = time.perf_counter()
    client = call(*sys.argv[1:]) if sys.argv[2:] else start(sys.argv[1])
    seconds = time.perf_counter() - begin
    sys.stdout.write(f"{seconds} {peak_memory()} {count_uncompiled()}\n")
