"""The client that a command works with."""

from __future__ import annotations

import logging
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, ClassVar, NoReturn

import click

from .._transport.http_client import DefaultHttpClient
from .._transport.request import HttpRequestOptions
from ..api_client import ApiClient
from ..configuration import Configuration
from ..logger import LogLevel, pause_logger
from .errors import ExitCode
from .global_options import GlobalOptions

if TYPE_CHECKING:
    from ..sandbox.server import Sandbox

HOW_TO_SIGN_IN = (
    "set GENESYSCLOUD_ACCESS_TOKEN, or GENESYSCLOUD_OAUTHCLIENT_ID and "
    "GENESYSCLOUD_OAUTHCLIENT_SECRET, or give the options of the same purpose, or put them into "
    "the configuration file"
)


class NotSignedInError(click.ClickException):
    """There are no credentials."""

    exit_code: ClassVar[int] = ExitCode.NOT_SIGNED_IN


class NotSent(Exception):  # noqa: N818  # what --dry-run is for is no error
    """The request that ``--dry-run`` has not sent."""

    def __init__(self, request: HttpRequestOptions) -> None:
        """Carry the request to whoever shows it."""
        super().__init__()
        self.request = request


class DryRunClient(DefaultHttpClient):
    """Sends nothing."""

    def request(self, http_request_options: HttpRequestOptions) -> NoReturn:
        """Hand back the request."""
        raise NotSent(http_request_options)


@contextmanager
def wrong_use() -> Generator[None, None, None]:
    """Report a ``ValueError``, by which the package says that an argument or a setting is wrong."""
    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error), click.get_current_context(silent=True)) from error


@contextmanager
def open_client(
    options: GlobalOptions, *, signs_in: bool = True
) -> Generator[ApiClient, None, None]:
    """Make the client, and a sandbox if one is wanted.

    Args:
        options: Where to, and as whom.
        signs_in: Whether what is called needs credentials.
    """
    with ExitStack() as stack:
        with wrong_use():
            configuration = _configuration(options)
            if options.sandbox:
                _use_sandbox(configuration, stack.enter_context(_start_sandbox(options)))
            client = stack.enter_context(ApiClient(configuration=configuration))
            known = bool(configuration.client_credentials() or configuration.access_token)
            gateway = configuration.gateway_configuration
        if options.dry_run:
            client.set_http_client(DryRunClient())
            if known:
                client.access_token = "not-needed"  # noqa: S105  # stands for that of a sign-in
        elif signs_in and not known and not gateway:  # which may add credentials of its own
            raise NotSignedInError(f"There are no credentials: {HOW_TO_SIGN_IN}")
        if not options.verbose:  # which has the log say it
            stack.enter_context(_telling_of_pauses())
        yield client


class _Note(logging.Handler):
    """Writes what is logged as a note."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it to what is standard error now: a progress bar has its own."""
        sys.stderr.write(f"note: {record.getMessage()}\n")


@contextmanager
def _telling_of_pauses() -> Generator[None, None, None]:
    """Say on standard error how long a call waits before it is sent again."""
    handler, level, propagates = _Note(), pause_logger.level, pause_logger.propagate
    # A log that the configuration file wants is to have no more lines than without this.
    pause_logger.propagate = propagates and pause_logger.isEnabledFor(logging.INFO)
    pause_logger.setLevel(logging.INFO)
    pause_logger.addHandler(handler)
    try:
        yield
    finally:
        pause_logger.removeHandler(handler)
        pause_logger.setLevel(level)
        pause_logger.propagate = propagates


def _configuration(options: GlobalOptions) -> Configuration:
    configuration = Configuration(
        host=options.region,
        access_token=options.access_token,
        client_id=options.client_id,
        client_secret=options.client_secret,
        config_file_path=options.config_file,
        profile=options.profile,
    )
    if options.timeout is not None:
        configuration.deadline = options.timeout
    if options.verbose:
        configuration.logger.log_to_console = True
        configuration.logger.log_level = LogLevel.LTrace if options.verbose > 1 else LogLevel.LDebug
    return configuration


def _start_sandbox(options: GlobalOptions) -> Sandbox:
    for name in ("region", "access_token", "client_id", "client_secret"):
        if getattr(options, name):
            option = f"--{name.replace('_', '-')}"
            raise ValueError(f"--sandbox brings host and token of its own: leave {option} out")
    try:
        # Imported here for the sake of start-up time, and because it is an optional extra.
        from ..sandbox.server import Sandbox
    except ModuleNotFoundError as error:
        if error.name not in ("cheroot", "flask", "werkzeug"):
            raise
        raise ValueError(f"--sandbox: {error}") from error
    return Sandbox()


def _use_sandbox(configuration: Configuration, sandbox: Sandbox) -> None:
    configuration.host = sandbox.host
    configuration.access_token = sandbox.access_token
    configuration.gateway_configuration = None
    configuration.proxy = None
