"""Compare every vendored file with its package in node_modules (after `npm ci --ignore-scripts`); `--copy` takes new versions."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = Path(__file__).with_name("manifest.json")


def sha256(path: Path) -> str:
    """Hash a file's content, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def differences(rows: list[dict[str, str]]) -> list[str]:
    """Say for each row what is wrong: the package's version, its file, or our copy of it."""
    problems = []
    for row in rows:
        package = ROOT / "node_modules" / row["package"]
        if not package.is_dir():
            problems.append(f"{row['package']} is not installed: run npm ci --ignore-scripts")
            continue
        version = json.loads((package / "package.json").read_text())["version"]
        if version != row["version"]:
            problems.append(f"{row['package']} is {version}, the manifest says {row['version']}")
        if sha256(package / row["source"]) != row["sha256"]:
            problems.append(f"{row['package']}/{row['source']} differs from the manifest")
        if not (ROOT / row["file"]).is_file() or sha256(ROOT / row["file"]) != row["sha256"]:
            problems.append(f"{row['file']} differs from the manifest")
    return problems


def copy(rows: list[dict[str, str]]) -> None:
    """Copy each file from its package, and write its version and hash into the manifest."""
    for row in rows:
        package = ROOT / "node_modules" / row["package"]
        target = ROOT / row["file"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package / row["source"], target)
        row["version"] = json.loads((package / "package.json").read_text())["version"]
        row["sha256"] = sha256(target)
    MANIFEST.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    manifest = json.loads(MANIFEST.read_text())
    if "--copy" in sys.argv[1:]:
        copy(manifest)
    problems = differences(manifest)
    sys.stdout.write("\n".join(problems) or f"{len(manifest)} vendored files are those of their packages.")
    sys.stdout.write("\n")
    sys.exit(bool(problems))
