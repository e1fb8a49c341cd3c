"""What the set-up does on a machine that lacks something: it installs as root, and names the command to everybody else."""

import os
import subprocess
from pathlib import Path

import pytest

from ops import setup


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with apt-get, which writes down what it is asked, and without anything that we need."""
    installer = tmp_path / "apt-get"
    installed = f"touch {tmp_path}/installed; ln -s /bin/true {tmp_path}/bwrap; ln -s /bin/true {tmp_path}/fc-list"
    installer.write_text(f'#!/bin/sh\nPATH=/bin\necho "$@" >> {tmp_path}/asked\n[ "$1" = update ] || {{ {installed}; }}\n')
    installer.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(setup, "has_library", lambda name: (tmp_path / "installed").exists())
    monkeypatch.setattr(setup, "FONTS", {})
    monkeypatch.setattr(setup, "has_venv", lambda: (tmp_path / "installed").exists())
    return tmp_path


def test_root_installs_what_is_missing(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    setup.provide_packages(tests=False)
    packages = "python3-venv libpango-1.0-0 libpangoft2-1.0-0 fontconfig bubblewrap"
    assert (bare / "asked").read_text() == f"update\ninstall --yes --no-install-recommends {packages}\n"


def test_others_are_told_the_command_for_an_administrator(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as end:
        setup.provide_packages(tests=False)
    assert capsys.readouterr().out == "This machine lacks: python3-venv, libpango-1.0-0, libpangoft2-1.0-0.\n"
    command = "apt-get update && apt-get install --yes --no-install-recommends python3-venv libpango-1.0-0 libpangoft2-1.0-0"
    assert f"\n    {command}\n" in str(end.value)
    assert not (bare / "asked").exists()


def test_the_tests_need_a_browser_and_a_reader_of_pdf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(setup, "has_library", lambda name: False)
    assert {"chromium", "poppler-utils", "libatomic1"} <= set(setup.missing_packages(tests=True))
    assert not {"chromium", "poppler-utils", "libatomic1"} & set(setup.missing_packages(tests=False))


def test_what_papers_and_strangers_files_need_is_installed_and_in_the_image(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    needed = {"fonts-noto-core", "fonts-noto-cjk", "fontconfig", "bubblewrap"}
    image = (setup.PROJECT / "Dockerfile").read_text().split()
    assert needed <= set(image)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(Path, "rglob", lambda folder, name: iter(()))
    assert needed <= set(setup.missing_packages(tests=False))


def test_root_gets_what_only_some_tests_need_and_others_are_told_what_is_skipped(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "missing_packages", lambda tests: [])
    monkeypatch.setattr(setup.shutil, "which", lambda name: str(bare / name) if name == "apt-get" else None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    setup.provide_packages(tests=True)
    assert not (bare / "asked").exists()
    assert "Some tests are skipped, because this machine lacks: libreoffice-writer-nogui" in capsys.readouterr().out
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    setup.provide_packages(tests=False)
    assert not (bare / "asked").exists()
    setup.provide_packages(tests=True)
    assert (bare / "asked").read_text().endswith("libreoffice-impress-nogui ffmpeg\n")


def test_another_chromium_will_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("google-chrome", "pdfinfo", "pdftotext"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not {"chromium", "poppler-utils"} & set(setup.missing_packages(tests=True))


def test_a_changed_lock_file_is_installed_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(setup, "PROJECT", tmp_path)
    (tmp_path / "requirements.txt").write_text("one")
    first = setup.stamp("requirements.txt")
    (tmp_path / "requirements.txt").write_text("two")
    assert setup.stamp("requirements.txt") != first


def test_the_set_up_needs_no_package() -> None:
    """Run under the machine's own Python, cut off from every installed package."""
    done = subprocess.run(
        ["/usr/bin/python3", "-I", "-S", "-c", "import sys; sys.path.insert(0, '.'); import ops.setup"],
        cwd=setup.PROJECT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-local.txt", "requirements-dev.txt", "ops/installer.txt"])
def test_lock_files_pin_by_hash_and_name_no_host(lock: str) -> None:
    text = (setup.PROJECT / lock).read_text()
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert pins
    assert all("==" in line and line.endswith("\\") for line in pins)
    assert "://" not in text
