"""Join the style sheets of src/, in their order, into the one that pages link."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = ("tokens", "base", "parts", "own", "site", "evidence", "map", "office")


def built() -> str:
    """The whole sheet. It lies one folder above its sources, so that relative addresses lose one step."""
    return "".join((HERE / "src" / f"{part}.css").read_text() for part in PARTS).replace('url("../', 'url("')


if __name__ == "__main__":
    (HERE / "lssc.css").write_text(built())
