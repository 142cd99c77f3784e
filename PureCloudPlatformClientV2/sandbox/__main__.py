"""The command ``python -m PureCloudPlatformClientV2.sandbox``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from .addresses import WILDCARDS
from .store import StoreError

if TYPE_CHECKING:
    from .demo import Demo
    from .server import Sandbox

PROGRAM = "python -m PureCloudPlatformClientV2.sandbox"

DESCRIPTION = """\
A local stand-in for the messaging of Genesys Cloud, for trying the SDK and for tests.
It prints an access token, OAuth credentials and the address of a page on which to watch it, and
serves until it is interrupted.
"""

EXAMPLE = """\
examples:
  python -m PureCloudPlatformClientV2.sandbox --demo
  python -m PureCloudPlatformClientV2.sandbox --port 8080 --database sandbox.sqlite3

  Then, in another shell, with the token that was printed:

  export GENESYSCLOUD_REGION=http://127.0.0.1:8080
  export GENESYSCLOUD_ACCESS_TOKEN=...
  python your_script.py

exit code:
  0 after Ctrl-C or SIGTERM, 1 if the sandbox cannot start, 2 for wrong usage
"""

BANNER = """\
The sandbox of Genesys Cloud listens at {host}{elsewhere}

{urls}  access token   {access_token}
  client id      {client_id}
  client secret  {client_secret}
  control token  {control_token}

Watch it in a browser, and write as customer or agent:

  {page_url}

Point the client at it:

  {pointer}
  export GENESYSCLOUD_ACCESS_TOKEN={access_token}
{trust}{demo}
Stop it with Ctrl-C.
"""

DEMO = """
Customers have written, a bot answers, and a middleware repeats what you say as the agent:

  {webhook_url}
"""

GATEWAY_URLS = """\
  API            {api_url}
  sign-in        {login_url}

"""

GATEWAY_POINTER = (
    'api_client.set_gateway("{name}", "{scheme}", {port}, "{login_path}", "{api_path}")'
)

TRUST = """
Its certificate must be one that the client trusts: configuration.ssl_ca_cert
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sandbox until a signal ends it."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    with_demo = vars(options).pop("demo")
    if with_demo and (options.database or options.client_ca):
        parser.error("--demo keeps nothing and shows no certificate: no --database, no --client-ca")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        # Here, so that a missing Flask or cheroot is told in a line.
        from .server import Sandbox

        try:
            sandbox = Sandbox(**vars(options))
        except ValueError as error:
            parser.error(str(error))
        sandbox.start()
    except (ModuleNotFoundError, OSError, StoreError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    with ExitStack() as running:
        running.callback(sandbox.stop)
        demo = running.enter_context(make_demo(sandbox)) if with_demo else None
        announce(sandbox, options.address, demo)
        # Windows delivers Ctrl-C only between waits.
        while not stop.wait(0.5):
            pass
    _say_goodbye()
    return 0


def make_demo(sandbox: Sandbox) -> Demo:
    """Describe what there is to look at."""
    # Imported here for the sake of start-up time: who asks for no demo needs none of it.
    from .demo import Demo

    return Demo(sandbox)


def announce(sandbox: Sandbox, address: str, demo: Demo | None) -> None:
    """Print where the sandbox listens and what it accepts."""
    everywhere = address in WILDCARDS
    urls = ""
    if _is_gateway(sandbox):
        urls = GATEWAY_URLS.format(api_url=sandbox.api_url, login_url=sandbox.login_url)
    sys.stdout.write(
        BANNER.format(
            host=sandbox.host,
            elsewhere=" and at every other address of this machine" if everywhere else "",
            urls=urls,
            page_url=sandbox.page_url,
            pointer=_pointer(sandbox),
            trust=TRUST if sandbox.host.startswith("https:") else "",
            demo="" if demo is None else DEMO.format(webhook_url=demo.webhook_url),
            access_token=sandbox.access_token,
            client_id=sandbox.client_id,
            client_secret=sandbox.client_secret,
            control_token=sandbox.control_token,
        )
    )
    sys.stdout.flush()


def _is_gateway(sandbox: Sandbox) -> bool:
    return {sandbox.api_url, sandbox.login_url} != {sandbox.host}


def _pointer(sandbox: Sandbox) -> str:
    """What makes a client find the sandbox."""
    host = sandbox.host
    if not _is_gateway(sandbox):
        return f"export GENESYSCLOUD_REGION={host}"
    scheme, _, authority = host.partition("://")
    return GATEWAY_POINTER.format(
        name=authority.rpartition(":")[0],
        scheme=scheme,
        port=sandbox.port,
        login_path=sandbox.login_url.removeprefix(host).strip("/"),
        api_path=sandbox.api_url.removeprefix(host).strip("/"),
    )


def _say_goodbye() -> None:
    try:
        sys.stdout.write("Stopped.\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Who read the banner has left; without this, Python would try again at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def build_parser() -> argparse.ArgumentParser:
    """Describe the command line; the options are those of Sandbox."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description=DESCRIPTION,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "--demo",
        action="store_true",
        help="start with integrations, customers who write, a bot and an echoing middleware",
    )
    add("--port", type=whole(0, 65535), default=0, help="port to listen at (default: a free one)")
    add(
        "--streaming-port",
        type=whole(0, 65535),
        default=0,
        help="port of the WebSockets of notifications (default: a free one)",
    )
    add(
        "--address",
        default="127.0.0.1",
        help="interface to listen at (default: 127.0.0.1, which only this machine can reach)",
    )
    add(
        "--database",
        metavar="FILE",
        help="keep integrations, tokens and OAuth clients in this file (default: in memory)",
    )
    add("--access-token", metavar="TOKEN", help="accept this token (default: a random one)")
    add("--client-id", metavar="ID", help="accept this OAuth client (default: a random one)")
    add("--client-secret", metavar="SECRET", help="its secret (default: a random one)")
    add("--control-token", metavar="TOKEN", help="token for /sandbox (default: a random one)")
    add(
        "--organization",
        metavar="NAME",
        default="sandbox",
        help="organization of SAML assertions (default: sandbox)",
    )
    add(
        "--token-lifetime",
        metavar="SECONDS",
        type=whole(1),
        default=86400,
        help="life of a token from /oauth/token (default: 86400); the access token never expires",
    )
    add(
        "--rate-limit",
        metavar="N",
        type=rate_limit,
        default=300,
        help='requests per token and window, or "off" (default: 300)',
    )
    add(
        "--rate-limit-window",
        metavar="SECONDS",
        type=whole(1),
        default=60,
        help="length of the window (default: 60)",
    )
    add(
        "--rate-limit-headers",
        action="store_true",
        help="send the inin-ratelimit-* headers, as the service did in 2019",
    )
    add(
        "--max-page-size",
        metavar="N",
        type=whole(1),
        default=500,
        help="largest pageSize that is accepted (default: 500)",
    )
    add(
        "--creation-time",
        metavar="SECONDS",
        type=whole(0),
        default=0,
        help="until a new integration of today's platform is complete (default: 0)",
    )
    add(
        "--published-receipts",
        action="store_true",
        help="tell a middleware by a webhook that what it sent has arrived",
    )
    add(
        "--creation-reads",
        metavar="N",
        type=whole(0),
        default=0,
        help="how often it must be read for that (default: 0)",
    )
    add(
        "--consistency-delay",
        metavar="SECONDS",
        type=whole(0),
        default=0,
        help="until those who read notice what was created or deleted (default: 0)",
    )
    add(
        "--login-path",
        metavar="PATH",
        help="serve the token endpoint below this path, as a gateway would (default: none)",
    )
    add(
        "--api-path",
        metavar="PATH",
        help="serve the API below this path, as a gateway would (default: none)",
    )
    add(
        "--outbound",
        metavar="HOST",
        action="append",
        default=[],
        help="post webhooks to this host as well, such as *.example.com; may be repeated"
        " (default: this machine only)",
    )
    add(
        "--webhook-timeout",
        metavar="SECONDS",
        type=whole(1),
        default=10,
        help="until a webhook is taken for unanswered (default: 10)",
    )
    add(
        "--webhook-ca",
        metavar="FILE",
        help="trust middlewares with a certificate of this authority (PEM)",
    )
    add("--certificate", metavar="FILE", help="speak HTTPS with this certificate (PEM)")
    add("--key", metavar="FILE", help="its private key, unless it is in the same file (PEM)")
    add(
        "--client-ca",
        metavar="FILE",
        help="demand a certificate of every client, from this authority (PEM)",
    )
    add(
        "--hosts",
        metavar="NAME",
        action="append",
        default=[],
        help="a further name by which a browser may ask for the page, such as sandbox.test; may be"
        " repeated (default: those of this machine)",
    )
    return parser


def whole(minimum: int, maximum: int | None = None) -> Callable[[str], int]:
    """Make the argparse type of whole numbers in a range."""

    def parse(text: str) -> int:
        number = int(text)
        if number < minimum or (maximum is not None and number > maximum):
            raise ValueError
        return number

    parse.__name__ = "number"  # argparse says: invalid number value
    return parse


def rate_limit(text: str) -> int | None:
    """Parse the value of --rate-limit."""
    return None if text == "off" else whole(1)(text)


if __name__ == "__main__":
    sys.exit(main())
