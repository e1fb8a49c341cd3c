"""Evidence of each kind in Alice's draft, comments that staff gave her, a draft that waits for comments, and her private marks."""

from __future__ import annotations

import math
import struct
import wave
import zipfile
from collections.abc import Sequence
from io import BytesIO

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Dictionary, Name

from candidates import queries as candidates
from demo.story import Story, draw
from portfolios import actions as portfolios
from portfolios import queries
from portfolios.models import EvidenceKind, Portfolio
from programs import policy as dates

QUESTION = "Is the incident form enough for competency 9, or should I add a letter of my supervisor?"
OVERALL = (
    "You write clearly, and your examples are your own. Most answers tell what you did. In some of them the reader does not learn yet how "
    "you know that it worked: a number, or what somebody said, would show it."
)
REMARK = "The form is primary evidence and fits well. Say who uses it now, and how often. A letter is not needed, but would not hurt."
GUIDE = [
    "Reserves: a guide for new staff",
    "1. Look at the course list before you take the item.",
    "2. Check who may borrow it, and for how long.",
    "3. Put the green band around the spine.",
    "4. Ask if the title is not on the list. Do not guess.",
]
SHEET = [("Month", "Holds", "Not collected"), ("March", "212", "31"), ("April", "198", "22"), ("May", "240", "19")]
NOTES = "Notes of the desk meeting, May 4\n\nWe shelve holds by the last four digits now.\nI proposed it, and tried it for two weeks.\n"


def tell(story: Story) -> None:
    """Add to what the story tells."""
    alice = story.people["alice@marlow.example"]
    candidacy = candidates.get_candidacy(alice)
    draft = queries.get_portfolio(candidacy, set_code="access") if candidacy else None
    if draft is not None:
        _evidence(story, draft)
        _comments(story, draft)
    portfolios.plan(alice, set_code="youth", numbers=[1, 3, 4, 7, 8, 9, 10])
    portfolios.plan(alice, set_code="cataloging", numbers=[2, 6])
    waiting = story.write(story.admitted(story.person(at=story.ago(200)), days_ago=150), "reference", answers=6, days_ago=9)
    portfolios.ask_to_look(
        waiting, question="Are six answers in this way what you look for?", actor=waiting.candidacy.person, at=story.ago(3)
    )


def _evidence(story: Story, draft: Portfolio) -> None:
    files: tuple[tuple[str, bytes, str, EvidenceKind, list[int], str], ...] = (
        (
            "reserves-guide.pdf",
            _pdf(GUIDE),
            "Guide to reserves for new staff",
            EvidenceKind.PRIMARY,
            [2, 5],
            "I wrote it. Dana drew the bands.",
        ),
        ("hold-shelf.png", draw(), "The new hold shelf", EvidenceKind.PRIMARY, [11], "My idea and my photo."),
        ("holds.xlsx", _table(SHEET), "Holds by month, before and after", EvidenceKind.PRIMARY, [13], ""),
        ("meeting.txt", NOTES.encode(), "Notes of the desk meeting", EvidenceKind.SECONDARY, [12], ""),
        ("story-line.wav", _tone(), "The closing chime that I recorded", EvidenceKind.PRIMARY, [8], "I made the recording."),
    )
    for name, content, title, kind, numbers, own_part in files:
        portfolios.add_evidence(
            draft,
            upload=SimpleUploadedFile(name, content),
            title=title,
            kind=kind,
            own_part=own_part,
            numbers=numbers,
            actor=draft.candidacy.person,
            at=story.ago(5),
        )
    portfolios.add_link(
        draft,
        address="https://photos.example/marlow/orientation",
        title="Photos of the orientation that I led",
        kind=EvidenceKind.PRIMARY,
        own_part="I planned it and led one of two groups.",
        numbers=[7],
        actor=draft.candidacy.person,
        at=story.ago(5),
    )
    competency = draft.responses.select_related("competency").get(competency__number=1).competency
    idea = "Show how you would find a place for one new title in two schemes, and say which serves your readers better."
    portfolios.add_suggestion(competency, text=idea, from_on=dates.today(story.ago(60)), actor=story.rita, at=story.ago(60))


def _comments(story: Story, draft: Portfolio) -> None:
    shared = portfolios.ask_to_look(draft, question=QUESTION, actor=draft.candidacy.person, at=story.ago(5, hour=17))
    portfolios.save_remarks(shared, overall=OVERALL, remarks={2: REMARK}, version=0, actor=story.rita, at=story.ago(4))
    portfolios.send_remarks(shared, actor=story.rita, at=story.ago(4))


def _pdf(lines: list[str]) -> bytes:
    """A page with a few lines."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(612, 792))
        page = pdf.pages[0]
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        page.obj.Resources = Dictionary(Font=Dictionary(F1=font))
        drawn = " ".join(f"({line}) Tj 0 -34 Td" for line in lines)
        page.obj.Contents = pdf.make_stream(f"BT /F1 18 Tf 72 700 Td {drawn} ET".encode())
        pdf.save(out)
    return out.getvalue()


def _table(rows: Sequence[tuple[str, ...]]) -> bytes:
    """A small Excel table."""
    cells = ""
    for row in rows:
        filled = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row)
        cells += f"<row>{filled}</row>"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", f'<Types xmlns="{kinds}"/>')
        packed.writestr("xl/workbook.xml", f'<workbook xmlns="{main}"/>')
        packed.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>')
    return out.getvalue()


def _tone() -> bytes:
    """Two seconds of a soft chime."""
    out = BytesIO()
    with wave.open(out, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(8000)
        recording.writeframes(b"".join(struct.pack("<h", int(9000 * math.exp(-at / 5000) * math.sin(at * 0.518))) for at in range(16_000)))
    return out.getvalue()
