"""``download`` and ``upload``: files of any size, with a progress bar on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, ClassVar

import click
from click.shell_completion import CompletionItem

from .._wire.json_values import parse_json
from .._wire.response import RESTResponse
from ..api_client import ApiClient
from ..exceptions import ApiException, causes
from . import PROGRAM
from .errors import ExitCode, NotWrittenError, written
from .failures import CallFailedError
from .files import read_argument
from .global_options import GlobalOptions, global_options
from .help_text import SectionedCommand
from .options import Argument, Option, complete_file
from .output import output_format, write_line, write_request, write_result
from .results import Result, compile_query, search
from .session import NotSent, open_client, wrong_use

_DOWNLOAD = """\
Download a file, and print its path.

URL_OR_PATH is a path of the platform, an https URL, or @FILE or @- for a file or standard
input that has it: a signed URL on the command line shows in the list of processes. The
access token goes to the platform only.

\b
Examples:
  {0} download /api/v2/downloads/1f0c2 --to exports
  {0} recording get-conversation-recording C R --query 'mediaUris."0".mediaUri' |
      {0} download @- --to call.opus --resume
"""

_UPLOAD = """\
Upload a file, and print what is answered.

URL_OR_PATH is a path of the platform, an https URL, or @FILE or @- for a file or standard
input that has it, or all that the platform has answered. A signed URL gets the file by PUT
and without the access token, the platform itself in a form by POST.

\b
Examples:
  {0} uploads post-recordings --file-name a.wav |
      {0} upload a.wav @-
  {0} upload contacts.csv /uploads/v2/contactlist \\
      --field fileType=contactlist --field id=... --field contact-id-name=Id
"""


class InterruptedTransferError(click.ClickException):
    """Ctrl-C has ended what goes on, or may have been done."""

    exit_code: ClassVar[int] = ExitCode.INTERRUPTED


class _Command(SectionedCommand, click.Command):
    """What both have in common."""

    def invoke(self, ctx: click.Context) -> None:
        """Move the file, and write what comes of it."""
        options = GlobalOptions.collect(ctx)
        with wrong_use():
            place = _read_place(ctx.params["url_or_path"])
        own = isinstance(place, str) and place.startswith("/")
        with open_client(options, signs_in=own) as client:
            try:
                with wrong_use(), _told():
                    self.move(client, place, options, ctx.params)
            except NotSent as dry_run:
                with written():
                    write_request(dry_run.request, output_format(options))

    def move(
        self, client: ApiClient, place: Any, options: GlobalOptions, given: Mapping[str, Any]
    ) -> None:
        """Move it."""
        raise NotImplementedError


class Download(_Command):
    """The command ``download``."""

    def __init__(self) -> None:
        """Make it."""
        super().__init__(
            "download",
            short_help="Download a file",
            help=_DOWNLOAD.format(PROGRAM),
            params=[
                _place_argument("Where it is."),
                Option(
                    ["--to"],
                    metavar="PATH",
                    default=".",
                    help="The file to make, a folder, or - for standard output; the present "
                    "folder if omitted.",
                ),
                Option(
                    ["--resume"],
                    is_flag=True,
                    help="Go on with what an earlier download has left in PATH.part, and "
                    "leave what has come should this one fail.",
                ),
                Option(
                    ["--overwrite/--no-overwrite"],
                    default=None,
                    help="Whether a file that is there is replaced; only the one that --to "
                    "names if omitted.",
                ),
                Option(
                    ["--checksum"],
                    metavar="NAME:DIGEST",
                    help="The digest that it must have, such as sha256:9f86d0...",
                ),
                *global_options(),
            ],
        )

    def move(
        self, client: ApiClient, place: Any, options: GlobalOptions, given: Mapping[str, Any]
    ) -> None:
        """Download it."""
        to: Any = sys.stdout.buffer if given["to"] == "-" else given["to"]
        if not isinstance(place, str):
            raise ValueError("url_or_path: that is JSON, but no text with a URL")
        if given["resume"] and Path(given["to"]).is_dir():
            raise ValueError(
                "--resume: give the path of the file itself with --to, not of a folder"
            )
        settings = {name: given[name] for name in ("checksum", "overwrite", "resume")}
        try:
            with _bar("Downloading") as progress:
                path = client.download(
                    place, to, progress=progress, _deadline=options.timeout, **settings
                )
        except KeyboardInterrupt as interrupt:
            if not given["resume"]:
                raise
            raise InterruptedTransferError(
                "Interrupted: run the same command again to go on."
            ) from interrupt
        if path is not None:
            with written():
                write_line(str(path))


class Upload(_Command):
    """The command ``upload``."""

    def __init__(self) -> None:
        """Make it."""
        super().__init__(
            "upload",
            short_help="Upload a file",
            help=_UPLOAD.format(PROGRAM),
            params=[
                Argument(["file"], metavar="FILE", description="The file."),
                _place_argument("Where to."),
                Option(
                    ["--field", "fields"],
                    metavar="NAME=VALUE",
                    multiple=True,
                    help="A field of the form; may be given several times.",
                ),
                Option(
                    ["--file-field", "field"],
                    metavar="NAME",
                    default="file",
                    help="What the file is called among the fields; file if omitted.",
                ),
                Option(["--name"], metavar="NAME", help="The file's own name in the form."),
                Option(["--content-type"], metavar="TYPE", help="What it is, such as audio/wav."),
                Option(
                    ["--method"],
                    type=click.Choice(["PUT", "POST"]),
                    help="By which verb; as said above if omitted.",
                ),
                *global_options(),
            ],
        )

    def move(
        self, client: ApiClient, place: Any, options: GlobalOptions, given: Mapping[str, Any]
    ) -> None:
        """Upload it."""
        query = compile_query(options.query)
        fields = [_read_field(one) for one in given["fields"]]
        names = ("field", "name", "content_type", "method")
        settings = {name: given[name] for name in names}
        try:
            with _bar("Uploading") as progress:
                response = client.upload(
                    given["file"],
                    place,
                    fields=fields,
                    progress=progress,
                    _deadline=options.timeout,
                    **settings,
                )
        except KeyboardInterrupt as interrupt:
            raise InterruptedTransferError(
                "Interrupted: the file may have arrived, so look before you send it again."
            ) from interrupt
        with written():
            value = _value(response)
            if value is not None:
                found = search(query, Result(value))
                write_result(found, output_format(options), options.columns)


def _place_argument(description: str) -> Argument:
    return Argument(
        ["url_or_path"],
        metavar="URL_OR_PATH",
        description=f"{description} A path, a URL, or @FILE.",
        shell_complete=_complete_place,
    )


def _complete_place(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return complete_file(ctx, param, incomplete) if incomplete.startswith("@") else []


def _read_place(text: str) -> Any:
    """Read a place; what the platform has answered may have it, or a query of that."""
    if not text.startswith("@"):
        return text
    found = read_argument(text).strip()
    return parse_json(found.encode()) if found[:1] in ('"', "{") else found


def _read_field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ValueError(f"--field {text!r}: give NAME=VALUE")
    return name, value


def _value(response: RESTResponse) -> Any:
    if not response.content:
        return None
    try:
        return parse_json(response.content)
    except ValueError:
        return response.data


@contextmanager
def _told() -> Generator[None, None, None]:
    """Say what went wrong, be it on the way or on this machine."""
    try:
        yield
    except ApiException as failure:
        local = next((one for one in causes(failure) if isinstance(one, OSError)), None)
        if local is None or not 200 <= failure.status < 300:
            raise CallFailedError(failure) from failure
        if isinstance(local, BrokenPipeError):  # nobody wants to read on
            raise local from failure
        raise NotWrittenError("The file", local) from failure


def _bar(description: str) -> Any:
    """A progress bar, if there is a terminal."""
    if not sys.stderr.isatty():
        return nullcontext()
    # Imported here for the sake of start-up time: Rich is for who looks at it.
    from .tables import transfer_bar

    return transfer_bar(description)
