"""Makes the catalog anew: ``python -m PureCloudPlatformClientV2.catalog SWAGGER.json``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from .maker import definition_lines, operation_lines, read_document, read_words, topic_lines

HERE = Path(__file__).parent


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the files of the catalog."""
    parser = argparse.ArgumentParser(
        prog="python -m PureCloudPlatformClientV2.catalog",
        description="Make the catalog of the platform's Swagger document.",
    )
    parser.add_argument(
        "swagger",
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
    given = parser.parse_args(arguments)
    words = read_words((HERE / "words.txt").read_text(encoding="utf-8"))
    document = read_document(given.swagger)
    files = {
        "operations.txt": operation_lines(document, words),
        "definitions.txt": definition_lines(document, words),
    }
    if given.notifications is not None:
        document = read_document(given.notifications)
        files["topics.txt"] = topic_lines(document)
        files["payloads.txt"] = definition_lines(document, words)
    for name, lines in files.items():
        # With the same line ends everywhere.
        (given.output / name).write_bytes("".join(f"{line}\n" for line in lines).encode())


if __name__ == "__main__":
    main()
