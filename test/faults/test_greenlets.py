"""Two greenlets of one thread do not see each other's limits, nor whether the other has sent."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

PRELUDES = {
    "gevent": """
from gevent import monkey; monkey.patch_all({but})
import gevent
sleep, spawn = gevent.sleep, gevent.spawn
def join(greenlets): gevent.joinall(greenlets, timeout=30)
""",
    "eventlet": """
import warnings; warnings.simplefilter("ignore")
import eventlet; eventlet.monkey_patch({but})
sleep, spawn = eventlet.sleep, eventlet.spawn
def join(greenlets): [one.wait() for one in greenlets]
""",
}

COMMON = """
import json, socket, struct
from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration, MessagingApi

def listen(answer):
    listener, received = socket.create_server(("127.0.0.1", 0)), []
    def serve():
        while True:
            connection = listener.accept()[0]
            spawn(handle, connection)
    def handle(connection):
        received.append(connection.recv(9999))
        answer(connection)
    spawn(serve)
    return listener.getsockname()[1], received

def api(port, scheme="http"):
    configuration = Configuration(host=f"{{scheme}}://127.0.0.1:{{port}}", access_token="t")
    return MessagingApi(ApiClient(configuration=configuration))

def outcome(call):
    try:
        call()
    except ApiException as error:
        return type(error).__name__, error.outcome_unknown
    return "fine", False
"""

LOST_WHILE = """
def reset_late(connection):
    sleep(0.6)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()

def never(connection):
    sleep(20)

port, posts = listen(reset_late)
silent, others = listen(never)
told = []

def post():
    told.append(outcome(lambda: api(port).post_messaging_integrations_line({{"name": "x"}})))

def other():
    sleep(0.2)
    {other}

join([spawn(post), spawn(other)])
print(json.dumps([len(posts), told[0]]))
"""

OTHERS = {
    "a handshake that nobody answers": (
        "outcome(lambda: api(silent, 'https').get_messaging_integrations_line("
        "_deadline=1, _request_timeout=1))"
    ),
    "a request that nobody answers": (
        "outcome(lambda: api(silent).get_messaging_integrations_line("
        "_deadline=1, _request_timeout=1))"
    ),
    "a host that refuses": (
        "outcome(lambda: api(9).get_messaging_integrations_line(_deadline=1, _request_timeout=1))"
    ),
}

LIMITS = """
def never(connection):
    sleep(20)

port, _ = listen(never)
ends = []

def get(name, limit):
    outcome(lambda: api(port).get_messaging_integrations_line(
        _deadline=limit, _request_timeout=limit))
    ends.append(name)

# The long one begins last, so that a limit that is kept beside the call would be its own.
join([spawn(get, "short", 0.5), spawn(get, "long", 2), spawn(get, "middle", 1)])
print(json.dumps(ends))
"""


def run(library: str, program: str, *, thread: bool = False) -> str:
    if find_spec(library) is None:  # to import it here would change this process
        pytest.skip(f"{library} is not installed")
    prelude = PRELUDES[library].format(but="" if thread else "thread=False")
    script = prelude + COMMON.format() + program
    finished = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


@pytest.mark.parametrize("thread", [False, True], ids=["threads as they are", "all patched"])
@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("library", PRELUDES)
def test_a_post_whose_response_is_lost_is_not_sent_again(
    library: str, other: str, thread: bool
) -> None:
    program = LOST_WHILE.format(other=OTHERS[other])
    printed = run(library, program, thread=thread)
    assert printed == '[1, ["ApiConnectionException", true]]'


@pytest.mark.parametrize("library", PRELUDES)
def test_each_call_ends_at_its_own_limit(library: str) -> None:
    assert run(library, LIMITS) == '["short", "middle", "long"]'
