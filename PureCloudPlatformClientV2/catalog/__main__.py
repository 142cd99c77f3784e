"""Makes the catalog anew: ``python -m PureCloudPlatformClientV2.catalog SWAGGER.json``.

With ``--stubs``, it writes the stubs for type checkers, as the build does.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from .maker import definition_lines, operation_lines, read_document, topic_lines
from .stubs import write_stubs
from .words import Words

HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the files of the catalog, or the stubs that are made of it, or both."""
    parser = argparse.ArgumentParser(
        prog="python -m PureCloudPlatformClientV2.catalog",
        description="Make the catalog of the platform's Swagger document.",
    )
    parser.add_argument(
        "swagger",
        nargs="?",
        type=Path,
        metavar="SWAGGER.json[.gz]",
        help="the platform's document, Swagger 2.0",
    )
    parser.add_argument(
        "--notifications",
        type=Path,
        metavar="FILE",
        help="a document of the notification topics and what they send; "
        "without it, the topics stay as they are",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=HERE,
        help="the folder; that of the installed catalog if omitted",
    )
    parser.add_argument(
        "--stubs",
        action="store_true",
        help="write what type checkers and editors read, into the package",
    )
    given = parser.parse_args(arguments)
    if given.swagger is None and (given.notifications or not given.stubs):
        parser.error("give a Swagger document, or --stubs alone")
    try:
        if given.swagger is not None:
            _write(given.output, _files(given.swagger, given.notifications))
        if given.stubs:
            write_stubs()
    except (OSError, ValueError) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")


def _files(swagger: Path, notifications: Path | None) -> dict[str, list[str]]:
    """Make the lines of each file."""
    words = Words((HERE / "words.txt").read_text(encoding="utf-8"))
    document = read_document(swagger)
    files = {
        "operations.txt": operation_lines(document, words),
        "definitions.txt": definition_lines(document, words),
    }
    if notifications is not None:
        document = read_document(notifications, "topics")
        files["topics.txt"] = topic_lines(document)
        files["payloads.txt"] = definition_lines(document, words)
        words.check_all_used()
    return files


def _write(folder: Path, files: Mapping[str, list[str]]) -> None:
    """Write the files, none of which is touched before all could be written."""
    with TemporaryDirectory(prefix=".new-", dir=folder) as written:
        for name, lines in files.items():
            # With the same line ends everywhere.
            content = "".join(f"{line}\n" for line in lines).encode()
            (Path(written) / name).write_bytes(content)
        for name in files:
            (Path(written) / name).replace(folder / name)


if __name__ == "__main__":
    main()
