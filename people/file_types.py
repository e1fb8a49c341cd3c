"""The kinds of file that we take, by the endings of their names and by their content, and what helps with one that we don't take."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

# Bytes that no plain text has; a tab, ends of lines and pages, and the escape character may be there.
CONTROLS = frozenset(range(32)) - {9, 10, 12, 13, 27}
BEGINNING = 4096
OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."


class Group(StrEnum):
    """How a kind of file can be shown."""

    PAGES = "pages"
    PICTURE = "picture"
    OFFICE = "office"
    SOUND = "sound"
    FILM = "film"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file: its name for people, its endings (the first is the one that we add), its media type, how it is shown."""

    code: str
    name: str
    endings: tuple[str, ...]
    content_type: str
    group: Group


KINDS = {
    kind.code: kind
    for kind in (
        FileType("pdf", "PDF", (".pdf",), "application/pdf", Group.PAGES),
        FileType("docx", "Word (.docx)", (".docx",), f"{OFFICE}wordprocessingml.document", Group.OFFICE),
        FileType("xlsx", "Excel (.xlsx)", (".xlsx",), f"{OFFICE}spreadsheetml.sheet", Group.OFFICE),
        FileType("pptx", "PowerPoint (.pptx)", (".pptx",), f"{OFFICE}presentationml.presentation", Group.OFFICE),
        FileType("odt", "OpenDocument (.odt)", (".odt",), f"{OPEN}text", Group.OFFICE),
        FileType("ods", "OpenDocument table (.ods)", (".ods",), f"{OPEN}spreadsheet", Group.OFFICE),
        FileType("odp", "OpenDocument slides (.odp)", (".odp",), f"{OPEN}presentation", Group.OFFICE),
        FileType("jpeg", "JPEG", (".jpg", ".jpeg"), "image/jpeg", Group.PICTURE),
        FileType("png", "PNG", (".png",), "image/png", Group.PICTURE),
        FileType("webp", "WebP", (".webp",), "image/webp", Group.PICTURE),
        FileType("gif", "GIF", (".gif",), "image/gif", Group.PICTURE),
        FileType("heic", "HEIC", (".heic", ".heif"), "image/heic", Group.PICTURE),
        FileType("mp3", "MP3", (".mp3",), "audio/mpeg", Group.SOUND),
        FileType("m4a", "M4A", (".m4a",), "audio/mp4", Group.SOUND),
        FileType("wav", "WAV", (".wav",), "audio/wav", Group.SOUND),
        FileType("mp4", "MP4", (".mp4", ".m4v"), "video/mp4", Group.FILM),
        FileType("mov", "QuickTime (.mov)", (".mov", ".qt"), "video/quicktime", Group.FILM),
        FileType("webm", "WebM", (".webm",), "video/webm", Group.FILM),
        FileType("text", "plain text", (".txt",), "text/plain", Group.TEXT),
    )
}
# What not every browser shows, or not always: there is a copy that it can.
TURNED = frozenset(KINDS[code].content_type for code in ("heic", "mp4", "mov"))
# What a browser may show in a page, the copy included: it draws or plays it, and runs nothing.
SHOWN = frozenset(kind.content_type for kind in KINDS.values() if kind.group in {Group.PICTURE, Group.SOUND, Group.FILM})
BY_TYPE = {kind.content_type: kind for kind in KINDS.values()}

TO_PDF = "Save it as PDF, and choose that file."
PRINT = "Open it in a browser, and print it to PDF."
HELP = {
    **dict.fromkeys((".doc", ".dot", ".rtf", ".wps", ".wpd"), "Open it in Word or LibreOffice, and save it as .docx or PDF."),
    **dict.fromkeys((".xls", ".ppt", ".pps", ".pub"), TO_PDF),
    **dict.fromkeys(
        (".docm", ".dotm", ".xlsm", ".xltm", ".xlsb", ".xlam", ".pptm", ".potm", ".ppsm"), "It can hold macros. Save it as PDF."
    ),
    ".pages": "In Pages, choose File, Export To, PDF.",
    ".numbers": "In Numbers, choose File, Export To, PDF.",
    ".key": "In Keynote, choose File, Export To, PDF.",
    **dict.fromkeys((".avif", ".tif", ".tiff", ".bmp", ".psd", ".xcf", ".ai", ".raw", ".dng"), "Save it as JPEG, PNG or PDF."),
    ".svg": "Save it as PNG or PDF.",
    **dict.fromkeys((".gdoc", ".gsheet", ".gslides"), "In Google Drive, choose File, Download, PDF."),
    **dict.fromkeys((".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"), "Unpack it, and choose one file."),
    **dict.fromkeys((".avi", ".mkv", ".wmv", ".mpg", ".3gp"), "Save it as MP4, or put it on a site and add its link."),
    **dict.fromkeys((".wma", ".aac", ".ogg", ".opus", ".flac", ".amr", ".aiff"), "Save it as MP3."),
    **dict.fromkeys((".htm", ".html", ".mht", ".mhtml", ".xhtml", ".xml"), PRINT),
    **dict.fromkeys((".eml", ".msg"), "Open the email, and print it to PDF."),
    # A table program runs what a cell of such a file says.
    ".csv": "Save it as .xlsx or PDF.",
    **dict.fromkeys((".vtt", ".srt"), "Captions: open them in a text editor, save them as .txt, and choose that file."),
    **dict.fromkeys((".md", ".markdown", ".tex", ".log"), "Rename it so that it ends in .txt, and choose it again. Or save it as PDF."),
    **dict.fromkeys((".epub", ".mobi", ".azw3"), "A book: open it in Calibre or a reading app, save it as PDF, and choose that file."),
    **dict.fromkeys((".ics", ".vcf"), "Open it in your calendar or address book, print it to PDF, and choose the PDF."),
    ".url": "Add it as a link.",
    ".webloc": "Add it as a link.",
}


def by_name(name: str) -> FileType | None:
    """The kind that a file's name claims by its last ending."""
    ending = PurePath(name).suffix.lower()
    return next((kind for kind in KINDS.values() if ending in kind.endings), None)


def help_with(name: str) -> str:
    """What helps someone whose file of this name we don't take; empty where we know nothing better than PDF."""
    return HELP.get(PurePath(name).suffix.lower(), "")


def by_content(beginning: bytes, *, members: Collection[str] = ()) -> FileType | None:
    """The kind of a file that begins so, `members` being what a packed file holds; None for what we don't take.

    It says what a file gives itself out for; only opening it (`people.inspection`) says that it is one.
    """
    for sign, code in SIGNS:
        if beginning.startswith(sign):
            return KINDS[code]
    if beginning.startswith(b"PK\x03\x04"):
        return _packed(beginning, members)
    if beginning.startswith(b"RIFF"):
        return {b"WEBP": KINDS["webp"], b"WAVE": KINDS["wav"]}.get(beginning[8:12])
    if beginning[4:8] == b"ftyp":
        return _boxed(beginning[8:12])
    if beginning.startswith(b"\x1a\x45\xdf\xa3"):
        return KINDS["webm"] if b"webm" in beginning[:64] else None
    if beginning[:1] == b"\xff" and len(beginning) > 1 and beginning[1] & 0xE6 == 0xE2:
        return KINDS["mp3"]
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return KINDS["text"] if len(beginning) > 2 else None
    return None if any(byte in CONTROLS for byte in beginning) else KINDS["text"]


SIGNS = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"ID3", "mp3"),
)
MEMBERS = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx"))


def _packed(beginning: bytes, members: Collection[str]) -> FileType | None:
    """What a packed file is; the open formats say it in their first member, which is not packed. One with macros is not taken."""
    if _has_macros(members):
        return None
    for member, code in MEMBERS:
        if member in members:
            return KINDS[code]
    if not {"mimetype", "content.xml"}.issubset(members):
        return None
    named = beginning[30:120].removeprefix(b"mimetype")
    return next((KINDS[code] for code in ("ods", "odp") if named.startswith(KINDS[code].content_type.encode())), KINDS["odt"])


def _boxed(brand: bytes) -> FileType | None:
    """Sound, film or a phone's photo in boxes (ISO 14496-12, 23008-12), by the major brand."""
    if brand in {b"M4A ", b"M4B "}:
        return KINDS["m4a"]
    if brand in {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc"}:
        return KINDS["heic"]
    if brand == b"qt  ":
        return KINDS["mov"]
    return KINDS["mp4"] if brand[:3] in {b"iso", b"mp4", b"avc", b"M4V", b"MSN", b"dby"} else None


def foreign(beginning: bytes, *, members: Collection[str] = ()) -> str:
    """The ending of a file that we don't take, by how it begins and what a packed one holds; empty for what we don't know."""
    if beginning[4:12] in {b"ftypavif", b"ftypavis"}:
        return ".avif"
    if not beginning.startswith(b"PK\x03\x04"):
        return ""
    if _has_macros(members):
        return ".docm"
    if "META-INF/container.xml" in members and b"application/epub+zip" in beginning[:120]:
        return ".epub"
    return next((ending for member, ending in IWORK if member in members), ".zip")


# What Apple's Keynote and Pages pack.
IWORK = (("Index/Slide.iwa", ".key"), ("Index/Document.iwa", ".pages"))


def _has_macros(members: Collection[str]) -> bool:
    return any(name.lower().endswith("vbaproject.bin") for name in members)
