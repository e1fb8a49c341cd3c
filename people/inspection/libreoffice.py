"""Office documents as pages: drawn by LibreOffice, where it is installed, in the process that already is shut in."""

import shutil
import subprocess
from pathlib import Path

from people.inspection import LONGEST_TEXT, InspectedFile, pages

# By the clock; a document that takes longer is shown as text.
SECONDS = 20
RESTART = 81  # what it answers once its profile is made
# A profile of this document alone, in which nothing runs and nothing is fetched.
SETTINGS = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "1"),
)
ITEM = '<item oor:path="/org.openoffice.Office.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
HEAD = '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'


def draw(path: Path, code: str, folder: Path, seen: InspectedFile) -> None:
    """Add the pages to what was seen. Does nothing where LibreOffice is missing or makes none: it says nothing of failures."""
    soffice = shutil.which("soffice")
    if soffice is None:
        return
    profile, source = folder / "profile", folder / f"pages.{code}"
    drawn = source.with_suffix(".pdf")
    (profile / "user").mkdir(parents=True)
    items = "".join(ITEM.format(*setting) for setting in SETTINGS)
    (profile / "user" / "registrymodifications.xcu").write_text(f"{HEAD}{items}</oor:items>", encoding="utf-8")
    shutil.copyfile(path, source)
    program = [str(Path(soffice).resolve().with_name("soffice.bin")), f"-env:UserInstallation={profile.as_uri()}"]
    options = ["--headless", "--norestore", "--nologo", "--nolockcheck", "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": str(folder), "SAL_USE_VCLPLUGIN": "svp"}
    try:
        for _ in range(2):
            process = subprocess.run(  # noqa: S603 (no word of the file's)
                [*program, *options],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
            if process.returncode != RESTART:
                break
    except (subprocess.TimeoutExpired, OSError):
        return
    if drawn.exists():
        text = seen.text
        pages.draw(drawn, folder, seen)
        seen.text = (text or seen.text)[:LONGEST_TEXT]
