"""Bring a fresh machine to the point where the program starts: Debian's packages, a virtual environment, the locked Python packages.

Runs under the machine's own python3, which may be too old for the program: then this file must still be able to say so.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
OLDEST = (3, 11)
FONTS = {"fonts-noto-core": "NotoSansDevanagari-Regular.ttf", "fonts-noto-cjk": "NotoSerifCJK-Bold.ttc"}
PROGRAMS = {"fontconfig": "fc-list", "bubblewrap": "bwrap"}
# What shows Office files as pages and films of phones in every browser; the program does without where it is not there.
LIBREOFFICE = ("libreoffice-writer-nogui", "libreoffice-calc-nogui", "libreoffice-impress-nogui")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(text, flush=True)


def has_library(name: str) -> bool:
    """Tell whether the dynamic linker finds a shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_venv() -> bool:
    """Tell whether this Python can make a virtual environment with pip in it; Debian ships that part by itself."""
    code = "import venv, ensurepip"
    return subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode == 0


def missing_packages(*, tests: bool) -> list[str]:
    """List the Debian packages that this machine lacks, for the program or for its tests."""
    missing = []
    if not has_venv():
        missing.append("python3-venv")
    if not has_library("libpango-1.0.so.0"):
        missing.append("libpango-1.0-0")
    if not has_library("libpangoft2-1.0.so.0"):
        missing.append("libpangoft2-1.0-0")
    # Names in every script on certificates and invoices; files from people are shut in. Where an administrator must install these, the
    # program runs without: it asks about names that it can't print, and says that files are opened without a wall.
    if tests or os.geteuid() == 0:
        missing += [package for package, file in FONTS.items() if not any(Path("/usr/share/fonts").rglob(file))]
        missing += [package for package, program in PROGRAMS.items() if not shutil.which(program)]
    if tests:
        if not any(shutil.which(name) for name in CHROMIUMS):
            missing.append("chromium")
        if not (shutil.which("pdfinfo") and shutil.which("pdftotext")):
            missing.append("poppler-utils")
        if not has_library("libatomic.so.1"):  # The driver of the browser is linked against it.
            missing.append("libatomic1")
    return missing


def optional_packages() -> list[str]:
    """List the Debian packages that this machine lacks and the program uses where they are there; tests of them are skipped without."""
    missing = [] if shutil.which("soffice") else list(LIBREOFFICE)
    if not (shutil.which("ffmpeg") and shutil.which("ffprobe")):
        missing.append("ffmpeg")
    return missing


def provide_packages(*, tests: bool) -> None:
    """Install missing Debian packages when we are root; else name them and the command, and end."""
    missing = missing_packages(tests=tests)
    apt = shutil.which("apt-get")
    if tests and (optional := optional_packages()):
        if apt and os.geteuid() == 0:
            missing += optional
        else:
            say("Some tests are skipped, because this machine lacks: " + ", ".join(optional) + ".")
    if not missing:
        return
    names = " ".join(missing)
    if apt is None or os.geteuid() != 0:
        say("This machine lacks: " + ", ".join(missing) + ".")
        if apt is None:
            sys.exit("Install what your system calls these Debian packages, then try again.")
        sys.exit(
            "An administrator must run this once, then try again:\n\n"
            "    apt-get update && apt-get install --yes --no-install-recommends " + names + "\n"
        )
    say("Installing Debian packages: " + names)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quietly([apt, "update"], env=env)
    quietly([apt, "install", "--yes", "--no-install-recommends", *missing], env=env)
    still_missing = missing_packages(tests=tests)
    if still_missing:
        sys.exit("Still missing after the installation: " + ", ".join(still_missing))


def quietly(command: list[str], *, env: dict[str, str] | None = None) -> None:
    """Run a command; show its output only when it fails, and end then."""
    process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=env, cwd=str(PROJECT))
    if process.returncode != 0:
        sys.stdout.write(process.stdout.decode(errors="replace"))
        sys.exit("This failed: " + " ".join(command))


def provide_venv() -> Path:
    """Make `.venv` when it is absent or unusable (moved, or its Python is gone), and return its Python."""
    python = VENV / "bin" / "python"
    probe = "import sys, pip; print(sys.prefix)"
    if python.exists():
        completed_process = subprocess.run([str(python), "-c", probe], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if completed_process.returncode == 0 and Path(completed_process.stdout.decode().strip()) == VENV:
            return python
        say("Making .venv again: it was made for another place or another Python.")
        shutil.rmtree(str(VENV))
    quietly([sys.executable, "-m", "venv", str(VENV)])
    return python


def stamp(requirements: str) -> Path:
    """Name the file whose presence says that exactly this lock file is installed."""
    content = (PROJECT / requirements).read_bytes() + sys.version.encode()
    return VENV / (".installed-" + hashlib.sha256(content).hexdigest()[:16])


def install(requirements: str) -> None:
    """Install a hash-pinned lock file: by uv, which is ten times as fast, else by pip."""
    python = provide_venv()
    if stamp(requirements).exists():
        return
    say(f"Installing Python packages from {requirements}")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes", "-r"]
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(python), "--compile-bytecode", "--require-hashes", "-r"]
    if not (works([*pip, "ops/installer.txt"]) and works([*uv, requirements])):
        quietly([*pip, requirements])
    stamp(requirements).touch()
    if requirements == "requirements-dev.txt":
        stamp("requirements-local.txt").touch()


def works(command: list[str]) -> bool:
    """Run a command whose failure is no harm, because there is another way."""
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=str(PROJECT)).returncode == 0


def main() -> None:
    """Do what is not done yet; a second call takes no time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", action="store_true", help="also what the tests need")
    arguments = parser.parse_args()
    if sys.version_info < OLDEST:
        sys.exit(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}. Try: make PYTHON=python3.11 ...")
    if not sys.platform.startswith("linux"):
        sys.exit("This runs on Linux. Elsewhere, use: docker compose up")
    started = time.monotonic()
    var = PROJECT / "var"
    var.mkdir(exist_ok=True)
    with open(str(var / "setup.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        provide_packages(tests=arguments.tests)
        install("requirements-dev.txt" if arguments.tests else "requirements-local.txt")
    if time.monotonic() - started > 2:
        say(f"This machine is set up ({time.monotonic() - started:.0f} s).")


if __name__ == "__main__":
    main()
