"""How files arrive: a limit holds while they are read, and a full disk is a sentence, not a failure."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


if TYPE_CHECKING:
    File = UploadedFile[Any]
else:
    File = UploadedFile


class Unread(File):
    """A file of which nothing was kept: it is too large, or there was no room on the disk (`disk_full`)."""

    def __init__(self, *, name: str | None, size: int, disk_full: bool = False) -> None:
        super().__init__(ContentFile(b""), name, "application/octet-stream", size)
        self.disk_full = disk_full


class Bounded(FileUploadHandler):
    """Refuse what is too large in all before it is read, and let go what of one file is above the limit; the form says so at its field."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None) -> None:  # noqa: N803
        """Raise RequestDataTooBig where all files together are too large."""
        if content_length > settings.FILES_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("The files of one form are too large together")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass on what is within the limit."""
        return raw_data if start + len(raw_data) <= settings.FILE_UPLOAD_MAX_BYTES else None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """Stand for a file that is too large; leave any other to those who kept it."""
        return Unread(name=self.file_name, size=file_size) if file_size > settings.FILE_UPLOAD_MAX_BYTES else None


class Spooled(TemporaryFileUploadHandler):
    """Keep a file on the disk while it is looked at, as long as there is room."""

    full = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Open a file for the next one."""
        self._let_go()
        self.full = False
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a part, or note that there is no room for it."""
        try:
            if not self.full:
                super().receive_data_chunk(raw_data, start)
        except OSError as trouble:
            if trouble.errno not in DISK_FULL:
                raise
            self.full = True

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """The file, or what stands for one that had no room."""
        if self.full:
            return Unread(name=self.file_name, size=file_size, disk_full=True)
        uploaded_file = super().file_complete(file_size)
        del self.file
        return uploaded_file

    def upload_complete(self) -> None:
        """Let go of a file that someone else answered for."""
        self._let_go()

    def _let_go(self) -> None:
        if file := self.__dict__.pop("file", None):
            file.close()
