"""``whoami``: which organization a command talks to, as whom, and what that permits."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from .._wire.names import camel_case
from . import PROGRAM
from .errors import written
from .global_options import GlobalOptions, global_options
from .help_text import SectionedCommand

if TYPE_CHECKING:
    from ..api_client import ApiClient
    from ..identity import Identity

_HELP = """\
Tell which organization this is, and who you are there.

It shows region, organization, OAuth client or user, scopes, roles, divisions and permissions of
the token, and never the token.

\b
Examples:
  {0} whoami
  {0} whoami --profile sales --output json
  {0} whoami --query 'permissions[]'
"""


class Whoami(SectionedCommand, click.Command):
    """The command."""

    def __init__(self) -> None:
        """Make it."""
        super().__init__(
            "whoami",
            short_help="Tell which organization this is, and who you are there",
            help=_HELP.format(PROGRAM),
            params=global_options(),
        )

    def invoke(self, ctx: click.Context) -> None:
        """Ask, and write what is known."""
        # Imported here for the sake of start-up time: most commands are others.
        from .output import output_format, write_request, write_result
        from .results import Result, compile_query, search
        from .session import NotSent, open_client

        options = GlobalOptions.collect(ctx)
        query = compile_query(options.query)
        with open_client(options) as client:
            try:
                identity = _ask(client)
            except NotSent as dry_run:
                with written():
                    write_request(dry_run.request, output_format(options))
                return
        with written():
            if options.is_plain():
                sys.stdout.write(f"{identity}\n")
            else:
                found = search(query, Result(_wire(identity)))
                write_result(found, output_format(options), options.columns)


def _ask(client: ApiClient) -> Identity:
    # Imported here for the sake of start-up time, as above.
    from ..exceptions import ApiException
    from ..identity import whoami
    from .endpoints import read_endpoint
    from .failures import CallFailedError
    from .index import load_class
    from .session import wrong_use

    try:
        with wrong_use():
            return whoami(client)
    except ApiException as failure:
        endpoint = read_endpoint(load_class("TokensApi"), "get_tokens_me")
        raise CallFailedError(failure, endpoint, {}) from failure


def _wire(identity: Identity) -> dict[str, Any]:
    """Give it as JSON would have it, by names as they are on the wire."""
    # Imported here for the sake of start-up time, as above.
    from .._wire.json_values import to_json_value

    return {camel_case(name): to_json_value(one) for name, one in identity.to_dict().items()}


whoami_command: Whoami = Whoami()
"""The command; there need be no other."""
