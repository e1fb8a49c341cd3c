"""Files as people have them, and as attackers make them. Each is made here, so that no scanner minds the repository."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, PngImagePlugin

SCRIPT = b"<html><body><script>alert(document.cookie)</script></body></html>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\0" * 200


# PDF


def pdf(
    change: Callable[[pikepdf.Pdf], Any] | None = None, *, pages: int = 1, size: tuple[float, float] = (612, 792), **options: Any
) -> bytes:
    """A PDF with so many blank pages, changed by hand."""
    written = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=size)
        if change:
            change(made)
        made.save(written, **options)
    return written.getvalue()


def pdf_action(**action: Any) -> bytes:
    """A PDF that does something when it is opened."""
    return pdf(lambda made: made.Root.__setattr__("OpenAction", Dictionary(**action)))


def pdf_note(**note: Any) -> bytes:
    """A PDF whose page carries a note that is more than a note."""

    def change(made: pikepdf.Pdf) -> None:
        made.pages[0].obj.Annots = Array([made.make_indirect(Dictionary(Type=Name.Annot, Rect=[0, 0, 9, 9], **note))])

    return pdf(change)


def pdf_with_file() -> bytes:
    """A PDF with another file in it."""

    def change(made: pikepdf.Pdf) -> None:
        made.attachments["invoice.exe"] = EXE

    return pdf(change)


def pdf_script_in_names() -> bytes:
    """A PDF whose script hides in a packed stream of objects."""

    def change(made: pikepdf.Pdf) -> None:
        script = made.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))
        made.Root.Names = made.make_indirect(Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script]))))

    return pdf(change, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def pdf_content(content: bytes) -> bytes:
    """A PDF whose page draws this."""

    def change(made: pikepdf.Pdf) -> None:
        made.pages[0].obj.Contents = made.make_stream(content)

    return pdf(change, compress_streams=True)


def pdf_words(words: str) -> bytes:
    """A PDF with a line of text."""

    def change(made: pikepdf.Pdf) -> None:
        page = made.pages[0]
        font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
        page.obj.Contents = made.make_stream(f"BT /F1 24 Tf 72 720 Td ({words}) Tj ET".encode())

    return pdf(change)


def pdf_form(*, script: str = "", extra: Callable[[pikepdf.Pdf], Any] | None = None) -> bytes:
    """A letter on a form: a filled field at the top, a visible signature in the middle (red), a stamp at the bottom (blue)."""

    def change(made: pikepdf.Pdf) -> None:
        font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        filled = _widget(made, 700, FT=Name.Tx, T=String("q1"), TU=String("What was best?"), V=String("MMMMMM"), DA=String("/F1 24 Tf 0 g"))
        if script:
            action = made.make_indirect(Dictionary(S=Name.JavaScript, JS=String(script)))
            filled.AA = Dictionary(F=action, K=action)
        signed = _widget(made, 500, b"1 0 0", FT=Name.Sig, T=String("signature"))
        made.pages[0].obj.Annots = Array([filled, signed, _note(made, 300, b"0 0 1", Subtype=Name.Stamp)])
        fonts = Dictionary(Font=Dictionary(F1=font))
        made.Root.AcroForm = made.make_indirect(Dictionary(Fields=Array([filled, signed]), DR=fonts, SigFlags=3))
        if extra:
            extra(made)

    return pdf(change)


def _widget(made: pikepdf.Pdf, bottom: int, color: bytes = b"", **keys: Any) -> pikepdf.Dictionary:
    return _note(made, bottom, color, Subtype=Name.Widget, **keys)


def _note(made: pikepdf.Pdf, bottom: int, color: bytes, **keys: Any) -> pikepdf.Dictionary:
    note = Dictionary(Type=Name.Annot, Rect=[72, bottom, 272, bottom + 40], F=4, **keys)
    if color:
        drawn = made.make_stream(color + b" rg 0 0 200 40 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 40])
        note.AP = Dictionary(N=drawn)
    return made.make_indirect(note)


def pdf_packed_bomb() -> bytes:
    """A PDF whose stream of objects is 250 MB of nothing once it is unpacked."""
    packed = zlib.compressobj(9)
    content = b"".join(
        [packed.compress(b"10 0 " + b" " * 1_000_000)] + [packed.compress(b" " * 1_000_000) for _ in range(250)] + [packed.flush()]
    )
    made = b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[10 0 R]/Count 1>>endobj\n"
    start = len(made)
    made += b"3 0 obj<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length %d>>stream\n%b\nendstream endobj\n" % (len(content), content)
    where = len(made)
    rows = [(0, 0, 65535), (1, 9, 0), (1, 53, 0), (1, start, 0), (1, where, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows) + struct.pack(">BIH", 2, 3, 0)
    made += b"4 0 obj<</Type/XRef/Size 11/Index[0 5 10 1]/W[1 4 2]/Root 1 0 R/Length %d>>stream\n%b\nendstream endobj\n" % (
        len(table),
        table,
    )
    return made + b"startxref\n%d\n%%%%EOF\n" % where


def pdf_loop() -> bytes:
    """A PDF whose pages contain themselves."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9999999>>endobj\n"
        b"trailer<</Root 1 0 R/Size 3>>\n%%EOF\n"
    )


def pdf_deep() -> bytes:
    """A PDF with arrays in arrays in arrays."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/X " + b"[" * 200_000 + b"]" * 200_000 + b">>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


# Pictures


def picture(kind: str = "PNG", *, mode: str = "RGB", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """A picture with a dark left half."""
    image = Image.new(mode, size)
    if mode in {"RGB", "L"}:
        image.paste((255,) * len(mode) if mode == "RGB" else 255, (size[0] // 2, 0, *size))
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def png(width: int, height: int, *extra: tuple[bytes, bytes], depth: int = 8, color: int = 2, body: bytes = b"") -> bytes:
    """A PNG by its chunks."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunk(*one) for one in extra) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def gray16() -> bytes:
    """A scan in 65,536 grays."""
    rows = b"".join(b"\0" + b"".join(struct.pack(">H", column * 800) for column in range(60)) for _ in range(40))
    return png(60, 40, depth=16, color=0, body=rows)


def gif_script() -> bytes:
    """A GIF that is JavaScript, too."""
    return b"GIF89a/*" + picture("GIF")[8:] + b"*/=1;alert(document.cookie);//"


def gif_flood() -> bytes:
    """A GIF as large as its head can say."""
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0)
        + b","
        + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0)
        + b"\x02\x01\x00\x00;"
    )


def webp_flood() -> bytes:
    """A WebP as large as its head can say."""
    frame = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (16382).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", 4 + len(frame)) + b"WEBP" + frame


def jpeg_comment(comment: bytes) -> bytes:
    """A JPEG with a comment."""
    content = picture("JPEG")
    return content[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + content[2:]


def rotated() -> bytes:
    """A photo from a phone that was held upright: 60 by 40 points, to be shown as 40 by 60."""
    turned = Image.Exif()
    turned[0x0112] = 6
    return picture("JPEG", exif=turned)


SECRETS = (b"Nokia 3310", b"Marlow, Kentucky")


def photo(kind: str, **options: Any) -> bytes:
    """A photo of a phone, with a camera, a place and words in it."""
    image = Image.radial_gradient("L").resize((64, 48)).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Nokia 3310"
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (37.0, 59.0, 1.0)
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "Marlow, Kentucky")
    xmp = b"<x:xmpmeta>Marlow, Kentucky</x:xmpmeta>"
    more: dict[str, dict[str, Any]] = {
        "PNG": {"pnginfo": words, "exif": exif},
        "JPEG": {"comment": b"Marlow, Kentucky", "xmp": xmp, "exif": exif},
        "WEBP": {"xmp": xmp, "exif": exif},
        "GIF": {"comment": b"Marlow, Kentucky"},
        "HEIF": {"xmp": xmp, "exif": exif.tobytes()},
    }
    if kind == "HEIF":
        pillow_heif.register_heif_opener()
    written = io.BytesIO()
    image.save(written, kind, **more[kind], **options)
    return written.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(document.cookie)</script></svg>'


# Packed documents

TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def packed(*members: tuple[str, bytes], stored: bool = False) -> bytes:
    """A folder packed as ZIP."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return written.getvalue()


def word(body: bytes = b"<w:p><w:r><w:t>My work at the desk.</w:t></w:r></w:p>", head: bytes = b"") -> bytes:
    """The main part of a Word document."""
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        + head
        + b'<w:document xmlns:w="'
        + WORD.encode()
        + b'"><w:body>'
        + body
        + b"</w:body></w:document>"
    )


def docx(*more: tuple[str, bytes], document: bytes = word(), types: bytes = TYPES) -> bytes:
    """A Word document, as LibreOffice packs one, with more members."""
    usual = (
        ("_rels/.rels", b"<Relationships/>"),
        ("[Content_Types].xml", types),
        ("docProps/app.xml", b"<Properties/>"),
        ("word/document.xml", document),
    )
    return packed(*usual, *more)


def relation(kind: str, target: str) -> tuple[str, bytes]:
    """A part of a Word document that lies somewhere else."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    said = f'<Relationship Id="r1" Type="{office}/{kind}" Target="{target}" TargetMode="External"/>'
    return "word/_rels/settings.xml.rels", f"<Relationships>{said}</Relationships>".encode()


def xlsx(*more: tuple[str, bytes]) -> bytes:
    """An Excel table with one line."""
    sheet = b'<worksheet><sheetData><row><c t="s"><v>0</v></c><c><v>54</v></c></row></sheetData></worksheet>'
    strings = ("xl/sharedStrings.xml", b"<sst><si><t>Questions</t></si></sst>")
    return packed(("[Content_Types].xml", TYPES), ("xl/workbook.xml", b"<workbook/>"), strings, ("xl/worksheets/sheet1.xml", sheet), *more)


def pptx(*more: tuple[str, bytes], types: bytes = TYPES) -> bytes:
    """PowerPoint slides."""
    slide = b'<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>Getting on the Wi-Fi</a:t></a:r></a:p></p:sld>'
    return packed(("[Content_Types].xml", types), ("ppt/presentation.xml", b"<p/>"), ("ppt/slides/slide1.xml", slide), *more)


OOXML = "http://schemas.openxmlformats.org"
RELATIONS = f"{OOXML}/officeDocument/2006/relationships"
OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN_TYPES = {
    "word/document.xml": "wordprocessingml.document",
    "xl/workbook.xml": "spreadsheetml.sheet",
    "ppt/presentation.xml": "presentationml.presentation",
    "word/header1.xml": "wordprocessingml.header",
    "xl/worksheets/sheet1.xml": "spreadsheetml.worksheet",
    "xl/worksheets/sheet2.xml": "spreadsheetml.worksheet",
    "xl/styles.xml": "spreadsheetml.styles",
    "ppt/slides/slide1.xml": "presentationml.slide",
    "ppt/slides/slide2.xml": "presentationml.slide",
    "ppt/notesSlides/notesSlide1.xml": "presentationml.notesSlide",
}


def relations(*targets: tuple[str, str]) -> bytes:
    """The relations of a part: r1, r2, ... each with its kind and target."""
    said = "".join(
        f'<Relationship Id="r{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>' for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{OOXML}/package/2006/relationships">{said}</Relationships>'.encode()


def whole(*parts: tuple[str, bytes]) -> bytes:
    """An office document that office programs open: its parts, the main one first, and what says of which type each is."""
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{OFFICE}{kind}{".main" if part == 0 else ""}+xml"/>'
        for part, (name, _) in enumerate(parts)
        if (kind := MAIN_TYPES.get(name))
    )
    usual = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    said = f'<Types xmlns="{OOXML}/package/2006/content-types">{usual}{types}</Types>'.encode()
    return packed(("[Content_Types].xml", said), ("_rels/.rels", relations(("officeDocument", parts[0][0]))), *parts)


def letter() -> bytes:
    """A Word document with a header, a table, a tab, and a page in red."""
    head = f'xmlns:w="{WORD}" xmlns:r="{RELATIONS}"'
    row = "<w:tr><w:tc><w:p><w:r><w:t>Questions</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>54</w:t></w:r></w:p></w:tc></w:tr>"
    body = (
        '<w:p><w:pPr><w:shd w:val="clear" w:fill="FF0000"/></w:pPr>'
        "<w:r><w:t>My</w:t><w:tab/><w:t>work</w:t><w:br/><w:t>at the desk</w:t></w:r></w:p>"
        f'<w:tbl>{row}</w:tbl><w:sectPr><w:headerReference w:type="default" r:id="r1"/></w:sectPr>'
    )
    header = f"<w:hdr {head}><w:p><w:r><w:t>Marlow Public Library</w:t></w:r></w:p></w:hdr>"
    return whole(
        ("word/document.xml", f"<w:document {head}><w:body>{body}</w:body></w:document>".encode()),
        ("word/header1.xml", header.encode()),
        ("word/_rels/document.xml.rels", relations(("header", "header1.xml"))),
    )


def table() -> bytes:
    """An Excel table with a day, and a hidden sheet."""
    head = f'xmlns="{OOXML}/spreadsheetml/2006/main" xmlns:r="{RELATIONS}"'
    sheets = '<sheet name="Desk" sheetId="1" r:id="r1"/><sheet name="Notes" sheetId="2" state="hidden" r:id="r2"/>'
    text = '<c r="A1" t="inlineStr"><is><t>{}</t></is></c>'
    formats = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    first = f'<row r="1">{text.format("Began")}<c r="B1" s="1"><v>46085</v></c></row>'
    second = f'<row r="1">{text.format("Not for all")}</row>'
    parts = (("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/sheet2.xml"), ("styles", "styles.xml"))
    return whole(
        ("xl/workbook.xml", f"<workbook {head}><sheets>{sheets}</sheets></workbook>".encode()),
        ("xl/worksheets/sheet1.xml", f"<worksheet {head}><sheetData>{first}</sheetData></worksheet>".encode()),
        ("xl/worksheets/sheet2.xml", f"<worksheet {head}><sheetData>{second}</sheetData></worksheet>".encode()),
        ("xl/styles.xml", f"<styleSheet {head}>{formats}</styleSheet>".encode()),
        ("xl/_rels/workbook.xml.rels", relations(*parts)),
    )


def slides(*more: tuple[str, bytes]) -> bytes:
    """Two PowerPoint slides, the second of which comes first; one has notes, one is hidden."""
    head = f'xmlns:p="{OOXML}/presentationml/2006/main" xmlns:a="{OOXML}/drawingml/2006/main" xmlns:r="{RELATIONS}"'
    place = '<p:spPr><a:xfrm><a:off x="900000" y="900000"/><a:ext cx="6000000" cy="2000000"/></a:xfrm><a:prstGeom prst="rect"/></p:spPr>'
    shape = (
        '<p:sp><p:nvSpPr><p:cNvPr id="{id}" name="a"/><p:cNvSpPr/><p:nvPr>{holder}</p:nvPr></p:nvSpPr>{place}'
        "<p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )
    group = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    tree = "<p:cSld><p:spTree>" + group + "{shapes}</p:spTree></p:cSld>"

    def page(name: str, *texts: tuple[str, str], said: str = "") -> bytes:
        shapes = "".join(shape.format(id=number, holder=holder, place=place, text=text) for number, (holder, text) in enumerate(texts, 2))
        return f"<p:{name} {head} {said}>{tree.format(shapes=shapes)}</p:{name}>".encode()

    number = ('<p:ph type="sldNum"/>', "7")
    order = '<p:sldIdLst><p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r1"/></p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/>'
    return whole(
        ("ppt/presentation.xml", f"<p:presentation {head}>{order}</p:presentation>".encode()),
        ("ppt/slides/slide1.xml", page("sld", ("", "Kept back"), said='show="0"')),
        ("ppt/slides/slide2.xml", page("sld", ("", "Getting on the Wi-Fi"))),
        ("ppt/notesSlides/notesSlide1.xml", page("notes", ("", "Ask who has a phone."), number)),
        ("ppt/slides/_rels/slide2.xml.rels", relations(("notesSlide", "../notesSlides/notesSlide1.xml"))),
        ("ppt/_rels/presentation.xml.rels", relations(("slide", "slides/slide1.xml"), ("slide", "slides/slide2.xml"))),
        *more,
    )


def container(kind: str = "00020820-0000-0000-C000-000000000046", *names: str) -> bytes:
    """An old container of an embedded object (MS-CFB): its head, and a directory whose root says of which class it is."""
    head = bytearray(512)
    head[:8] = OLE[:8]
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<I", head, 48, 0)
    root = bytearray(128)
    root[80:96] = UUID(f"{{{kind}}}").bytes_le
    others = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    return bytes(head) + bytes(root) + others.ljust(384, b"\0")


def opened(kind: str = "text", *more: tuple[str, bytes], content: bytes = b"") -> bytes:
    """An OpenDocument, its type first and not packed."""
    body = content or b'<o:document-content xmlns:o="o" xmlns:text="t"><text:h>Desk</text:h><text:p>My work.</text:p></o:document-content>'
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        archive.writestr("content.xml", body)
        for name, part in more:
            archive.writestr(name, part)
    return written.getvalue()


def bomb(name: str, megabytes: int) -> bytes:
    """A Word document with a member that is nothing but zeros, so many of them."""
    return docx((name, b"\0" * megabytes * 1024 * 1024))


def lying() -> bytes:
    """A Word document whose main part says that it has ten bytes, and has fifty million."""
    content = bytearray(docx(document=b"<w>" + b" " * 50_000_000 + b"</w>"))
    for place in (content.find(b"word/document.xml") - 8, content.rfind(b"word/document.xml") - 22):
        content[place : place + 4] = struct.pack("<I", 10)
    return bytes(content)


def overlapping() -> bytes:
    """A ZIP whose many members are one and the same bytes."""
    content = docx(("word/media/a.bin", b"\0" * 2_000_000))
    place = content.find(b"PK\x01\x02")
    end = content.rfind(b"PK\x05\x06")
    members = content[place:end]
    last = members.rfind(b"PK\x01\x02")
    entry = members[last:]
    copies = b"".join(entry.replace(b"word/media/a.bin", f"word/media/{number:05}"[-16:].encode().ljust(16, b"x")) for number in range(500))
    count = members.count(b"PK\x01\x02") + 500
    return (
        content[:place] + members + copies + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(members + copies), place, 0)
    )


# Sound and film


def box(kind: bytes, content: bytes = b"") -> bytes:
    """One box of an MP4."""
    return struct.pack(">I4s", len(content) + 8, kind) + content


def mp4(brand: bytes = b"isom", *, moov: bytes = b"") -> bytes:
    """The boxes of a film."""
    return box(b"ftyp", brand + b"\0\0\2\0" + brand) + box(b"moov", box(b"mvhd", b"\0" * 100) + moov) + box(b"mdat", b"\0" * 64)


def film(brand: bytes = b"isom", *, codec: bytes = b"avc1") -> bytes:
    """A film by its boxes, with a day, a place, a camera, and a track that says the places along the way."""
    place = b"+37.9840-085.9720/ Nokia 3310 Marlow, Kentucky"
    days = b"\0\0\0\0" + b"\xe6\x00\x00\x01" * 2 + b"\0" * 88
    head = box(b"ftyp", brand + b"\0\0\2\0" + brand)
    beside = box(b"udta", box(b"\xa9xyz", place)) + box(b"meta", place)
    start = len(head) + 8
    seen = box(b"trak", box(b"tkhd", days) + box(b"mdia", _media(b"vide", codec, start, 4)))
    along = box(b"trak", box(b"mdia", _media(b"meta", b"mebx", start + 4, len(place))))
    moov = box(b"moov", box(b"mvhd", days) + seen + along + beside)
    return head + box(b"mdat", b"\1\2\3\4" + place) + moov


def _media(kind: bytes, codec: bytes, place: int, length: int) -> bytes:
    """What a track holds: one sample, and where it is."""
    tables = box(b"stsd", struct.pack(">II", 0, 1) + box(codec, b"\0" * 8))
    tables += box(b"stsc", struct.pack(">5I", 0, 1, 1, 1, 1)) + box(b"stsz", struct.pack(">4I", 0, 0, 1, length))
    tables += box(b"stco", struct.pack(">3I", 0, 1, place))
    return box(b"hdlr", b"\0" * 8 + kind + b"\0" * 13) + box(b"minf", box(b"stbl", tables))


def mp3(*, tag: bool = True, frames: int = 6) -> bytes:
    """Silence in MPEG layer III, 128 kbit/s at 44.1 kHz."""
    head = b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"\0" * 10 if tag else b""
    return head + (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames


def wav() -> bytes:
    """A quarter of a second of silence."""
    samples = b"\0" * 4000
    head = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webm(kind: bytes = b"webm") -> bytes:
    """The beginning of a film in WebM."""
    head = b"\x42\x86\x81\x01\x42\x82" + bytes([0x80 | len(kind)]) + kind
    return b"\x1a\x45\xdf\xa3" + bytes([0x80 | len(head)]) + head + b"\x18\x53\x80\x67\x01\0\0\0\0\0\0\x20" + b"\0" * 32
