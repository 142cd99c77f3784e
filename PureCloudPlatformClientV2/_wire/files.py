"""Files that are downloaded: what they are called, and how they are made, whole or not at all.

A file grows beside the place where it shall stand, under a name of its own, and takes that place
when it is complete. What has come of it may be kept for another call to go on with.
"""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message
from email.utils import collapse_rfc2231_value
from pathlib import Path
from typing import Any

from .names import expand_home

_READ_AT_ONCE = 1024 * 1024

_LONGEST = 60
"""Characters; file systems allow 255 bytes, and there are up to four in a character."""

_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
"""Names that mean a device to Windows, whatever comes behind the dot."""


_VERSION = re.compile(r'"[!#-~\x80-\xff]*"')
"""A strong ETag (RFC 9110, section 8.8.3)."""


def is_version(etag: object) -> bool:
    """Whether an ETag says for sure, byte by byte, which version of a file it is of."""
    return isinstance(etag, str) and _VERSION.fullmatch(etag) is not None


def file_name(disposition: str, otherwise: str = "") -> str:
    """Find a name for a file, with which it stays in its folder on every system.

    Args:
        disposition: The Content-Disposition header (RFC 6266).
        otherwise: What the file may be called if that says nothing.
    """
    name = re.split(r"[/\\]", _said(disposition) or otherwise)[-1]
    name = re.sub(r'[<>:"|?*]', "_", "".join(filter(str.isprintable, name)))
    name = name[-_LONGEST:].strip(". ")  # from its end, where the kind of the file stands
    return f"_{name}" if _DEVICE.match(name) else name or "download"


def _said(disposition: str) -> str:
    header = Message()
    header["Content-Disposition"] = _decoded(disposition)
    try:
        parameters = header.get_params([], "Content-Disposition")
        names = [value for name, value in parameters if name.lower() == "filename"]
        # That of filename*, which is a tuple, goes before that of filename, unless it is empty.
        names.sort(key=lambda name: isinstance(name, tuple), reverse=True)
        return next(filter(None, map(collapse_rfc2231_value, names)), "")
    except (LookupError, TypeError, ValueError):
        # There is none, or the standard library trips over a broken continuation (RFC 2231).
        return ""


def _decoded(header: str) -> str:
    """Undo that what comes as UTF-8 has been read as Latin-1, as all headers are."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


class Destination(ABC):
    """Where a download goes: a context that ends with the whole file, or with nothing of it.

    Attributes:
        size: How many bytes of the file are there.
        etag: Which version of the file they are of, if the server has said so.
        total: How many bytes that version has, if the server has said so.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.size: int = 0
        self.etag: str | None = None
        self.total: int | None = None

    def __enter__(self) -> Any:
        return self

    @abstractmethod
    def __exit__(self, *_: object) -> None: ...

    @abstractmethod
    def check(self, disposition: str, otherwise: str) -> None:
        """See whether the file may have its place, before all of it has come.

        Raises:
            OSError: It may not.
        """

    @abstractmethod
    def restart(self, etag: str | None, total: int | None) -> None:
        """Take back what is there, and begin with a version of the file.

        Raises:
            OSError: That cannot be done.
        """

    @abstractmethod
    def write(self, piece: bytes) -> None:
        """Add to what is there.

        Raises:
            OSError: There is no room, for example.
        """

    def pieces(self) -> Iterator[bytes]:
        """Read what is there, from its beginning.

        Raises:
            OSError: That cannot be done.
        """
        return iter(())

    @abstractmethod
    def finish(self, disposition: str, otherwise: str) -> Path | None:
        """Put the file in its place, and tell where that is.

        Raises:
            OSError: That cannot be done.
        """


class OpenFile(Destination):
    """A file that the caller has opened."""

    def __init__(self, file: Any) -> None:
        """Begin where it stands.

        Raises:
            TypeError: It takes no bytes.
        """
        super().__init__()
        if isinstance(file, io.TextIOBase) or not hasattr(file, "write"):
            kind = type(file).__name__
            raise TypeError(f"to: give a path, or a file opened in binary mode, not a {kind}")
        self._file = file
        self._start = file.tell() if hasattr(file, "seekable") and file.seekable() else None

    def __exit__(self, *_: object) -> None:
        """Leave it as it is: the caller knows what has gone wrong, and closes it."""

    def check(self, disposition: str, otherwise: str) -> None:
        """Find nothing in the way of a file that is open."""

    def restart(self, etag: str | None, total: int | None) -> None:
        """Go back to where it began."""
        if self.size:
            if self._start is None:
                raise io.UnsupportedOperation("what was written to the file cannot be taken back")
            self._file.seek(self._start)
            self._file.truncate()
        self.size, self.etag, self.total = 0, etag, total

    def write(self, piece: bytes) -> None:
        """Add to it."""
        _write_all(self._file, piece)
        self.size += len(piece)

    def finish(self, disposition: str, otherwise: str) -> None:
        """Have it written as far as Python is concerned."""
        if hasattr(self._file, "flush"):
            self._file.flush()


class NewFile(Destination):
    """A file by its path."""

    def __init__(
        self, to: str | os.PathLike[str], *, overwrite: bool | None = None, resume: bool = False
    ) -> None:
        """Begin beside it.

        Args:
            to: The path of the file, or of a folder.
            overwrite: Whether to replace a file that is there; where the caller has named it, and
                not the service, if ``None``.
            resume: Whether to go on with what another call has left, and to leave what has come.

        Raises:
            ValueError: The file cannot be made there.
        """
        super().__init__()
        if not os.fspath(to):
            raise ValueError("to: give a path; it is empty")
        self._overwrite = overwrite
        self._resumes = resume
        self._is_in_place = False
        self._claim: int | None = None
        """What holds the lock; apart from the file, as Windows moves none that is open."""
        try:
            self._open(Path(os.path.realpath(expand_home(os.fspath(to)))), str(to))
        except OSError as error:
            if error.errno is None:  # none of the system's, but from a caller's signal handler
                raise
            raise ValueError(f"to: {error.filename}: {error.strerror}") from None
        if resume:
            self._recall()

    def _open(self, path: Path, given: str) -> None:
        self._name = None if path.is_dir() or given.endswith(("/", os.sep)) else path.name
        self._folder = path if self._name is None else path.parent
        if not self._folder.is_dir():
            raise ValueError(f"to: there is no folder {str(self._folder)!r}")
        if self._name is None and self._resumes:
            raise ValueError("resume: give the path of the file itself as to, not of a folder")
        if self._name is not None and path.exists():
            if self._overwrite is False:
                raise ValueError(f"to: there is a file {str(path)!r} already; see overwrite")
            if not path.is_file():
                raise ValueError(f"to: {str(path)!r} is a device or a pipe; open it and give that")
        part = f"{path.name}.part" if self._resumes else f".{secrets.token_hex(8)}.part"
        self._part = self._folder / part
        self._notes = self._folder / f"{path.name}.part.json"  # which version the part is of
        self._file = self._claim_part() if self._resumes else _new_file(self._part)

    def _claim_part(self) -> io.FileIO:
        """Open the part for this download alone, where the system can see to that."""
        while True:
            file = _new_file(self._part)
            try:
                self._claim = _lock(file)
                if self._claim is None or _is_at(self._part, file):
                    return file
            except BlockingIOError:
                file.close()
                text = f"resume: another download writes to {str(self._part)!r}; wait for its end"
                raise ValueError(text) from None
            except BaseException:
                self._release(file)
                raise
            self._release(file)  # the other has just put it in place

    def _release(self, file: io.FileIO) -> None:
        file.close()
        if self._claim is not None:
            # Before it is closed, as a child that was forked meanwhile has it open as well.
            _unlock(self._claim)
            os.close(self._claim)
            self._claim = None

    def _recall(self) -> None:
        """Find out what another call has left; without its version it is worth nothing."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            notes = json.loads(self._notes.read_bytes())
            etag, total, size = notes["etag"], notes["total"], self._file.seek(0, os.SEEK_END)
            # At least a byte is asked for, whose version is then known to be the same.
            if is_version(etag) and isinstance(total, int) and size > 0 < total:
                self.etag, self.total, self.size = etag, total, min(size, total - 1)
                self._file.seek(self.size)
                self._file.truncate()

    def __exit__(self, *_: object) -> None:
        """Take away what is not needed."""
        self._file.close()
        if not (self._resumes and self.etag and self.total and self.size):
            if not self._is_in_place:  # else it would be another download's
                self._remove(self._part)
            if self._resumes:
                self._remove(self._notes)
        self._release(self._file)

    @staticmethod
    def _remove(path: Path) -> None:
        with suppress(OSError):  # it is not there, or the failure that led here counts for more
            path.unlink()

    def check(self, disposition: str, otherwise: str) -> None:
        """See whether something is there that may not be replaced."""
        path = self._path(disposition, otherwise)
        if self._may_replace():
            self._hide_as(path)
        elif os.path.lexists(path):
            raise _is_taken(path)

    def _hide_as(self, path: Path) -> None:
        """Let nobody read what comes who may not read what it replaces."""
        with suppress(FileNotFoundError):  # there is nothing to replace
            # Its owner must get at it, as another call may go on with it.
            self._part.chmod(path.stat().st_mode & 0o777 | 0o600)

    def _path(self, disposition: str, otherwise: str) -> Path:
        return self._folder / (self._name or file_name(disposition, otherwise))

    def _may_replace(self) -> bool:
        return self._name is not None if self._overwrite is None else self._overwrite

    def restart(self, etag: str | None, total: int | None) -> None:
        """Empty it, and note the version."""
        if self._resumes:
            self._notes.unlink(missing_ok=True)  # first of all: they are of what was there
        self._file.seek(0)
        self._file.truncate()
        self.size, self.etag, self.total = 0, etag, total
        if self._resumes and etag is not None and total is not None:
            notes = json.dumps({"etag": etag, "total": total})
            self._notes.write_bytes(notes.encode())

    def write(self, piece: bytes) -> None:
        """Add to it."""
        try:
            _write_all(self._file, piece)
        except OSError as error:
            error.filename = str(self._folder)  # the name of the part says nothing
            raise
        self.size += len(piece)

    def pieces(self) -> Iterator[bytes]:
        """Read what is there from its beginning."""
        left = self.size
        self._file.seek(0)
        while left:
            piece = self._file.read(min(left, _READ_AT_ONCE))
            if not piece:
                raise OSError(f"{self._part} has been cut off meanwhile")
            left -= len(piece)
            yield piece

    def finish(self, disposition: str, otherwise: str) -> Path:
        """Put it in its place."""
        path = self._path(disposition, otherwise)
        os.fsync(self._file.fileno())
        self._file.close()  # as Windows moves no open file
        if self._may_replace():
            if path.exists():
                shutil.copymode(path, self._part)
            self._part.replace(path)
        else:
            _move_where_nothing_is(self._part, path)
            self._remove(self._part)
        self._is_in_place, self.etag = True, None
        return path


def _new_file(path: Path) -> io.FileIO:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0)  # what a link leads to is not for a download to write
    return io.FileIO(os.open(path, flags, 0o666), "r+b")


def _lock(file: io.FileIO) -> int | None:
    """Lock a file; ``None`` if the system, or the file system, has no such locks.

    Raises:
        BlockingIOError: Somebody else has locked it.
    """
    try:
        import fcntl
    except ImportError:  # on Windows
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError as error:
        if error.errno is None:  # a caller's signal handler's
            raise
        return None
    return os.dup(file.fileno())


def _unlock(descriptor: int) -> None:
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_UN)


def _is_at(path: Path, file: io.FileIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _move_where_nothing_is(source: Path, path: Path) -> None:
    try:
        path.hardlink_to(source)  # which fails where something is, even if it has come just now
    except FileExistsError:
        raise _is_taken(path) from None
    except OSError:  # this file system has no links
        if path.exists():
            raise _is_taken(path) from None
        source.replace(path)


def _is_taken(path: Path) -> FileExistsError:
    return FileExistsError(f"there is a file {str(path)!r} already; see overwrite")


def _write_all(file: Any, piece: bytes) -> None:
    while piece:
        written = file.write(piece)
        if written is None and isinstance(file, io.RawIOBase):
            raise BlockingIOError("the file takes nothing now: it was opened without blocking")
        # What writes all that it is given may say nothing.
        piece = b"" if written is None else piece[written:]
