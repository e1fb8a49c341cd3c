"""How hard a text is to read: its sentences, and the school grade after Flesch and Kincaid."""

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

# Elements that end a sentence, whether or not a period stands there.
BLOCKS = frozenset("p li dt dd h1 h2 h3 h4 td th caption legend label button summary option div section br figcaption".split())  # noqa: SIM905
# What is not read as running text: code, pictures, choices of a form, and what is there for machines.
SKIPPED = frozenset({"script", "style", "svg", "select", "nav", "footer", "header"})
VOID = frozenset({"input", "br", "img", "hr", "meta", "link", "col", "source"})
WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:[’'][^\W\d_]+)*(?!\w)")
# Words that the counting of vowels gets wrong, and which these pages need often.
KNOWN = {"competency": 4, "competencies": 4, "certificate": 4, "library": 3, "libraries": 3, "evaluator": 5, "evaluators": 5, "people": 2}


class Reader(HTMLParser):
    """Collects the running text of <main>, one line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self.inside: list[str] = []
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.lines.append("")
        if tag in VOID:
            return
        self.inside.append(tag)
        self.skipped += tag in SKIPPED

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.lines.append("")
        while self.inside and tag in self.inside:
            last = self.inside.pop()
            self.skipped -= last in SKIPPED
            if last == tag:
                break

    def handle_data(self, data: str) -> None:
        if "main" in self.inside and not self.skipped:
            self.lines[-1] += data


def page_lines(html: str) -> list[str]:
    """What a person reads in the main part of a page, block by block."""
    reader = Reader()
    reader.feed(html)
    return [" ".join(line.split()) for line in reader.lines if line.strip()]


CHOICE = re.compile(r"\{%\s*if\b(?:(?!\{%\s*if\b).)*?\{%\s*else\s*%\}((?:(?!\{%\s*if\b).)*?)\{%\s*endif\s*%\}", re.S)


def otherwise(source: str) -> str:
    """A template of which only the last branches are left: what is said where nothing special is the case."""
    while (shorter := CHOICE.sub(r"\1", source)) != source:
        source = shorter
    return source


def letter_lines(source: str) -> list[str]:
    """The template of a letter as lines of text: a fact stands as one short word, and of two branches the first is read."""
    first_branches = re.sub(r"\{%\s*(?:else|elif).*?\{%\s*endif\s*%\}", " ", source, flags=re.S)
    text = re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "this", first_branches, flags=re.S), flags=re.S)
    paragraphs = re.split(r"\n\s*\n|\n- ", unescape(text))
    return [" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.strip()]


def sentences(lines: list[str]) -> list[str]:
    """Cut lines into sentences; a heading, a label or a cell of a table with fewer than four words is none."""
    cut = [part.strip() for line in lines for part in re.split(r"(?<=[.!?])[”\"]?\s+|[:;]\s+", line)]
    return [part for part in cut if len(WORD.findall(part)) >= 4]


def syllables(word: str) -> int:
    """About how many syllables a word has."""
    word = word.lower()
    if word in KNOWN:
        return KNOWN[word]
    bare = re.sub(r"[’']s?$", "", word)
    groups = len(re.findall(r"[aeiouyáéíóúü]+", bare))
    silent = bool(re.search(r"[^aeiouyl]e$|[^aeiouydt]ed$|[^aeioucgsxz]es$", bare))
    return max(1, groups - silent)


@dataclass(frozen=True)
class Measured:
    """A text in numbers."""

    words: int
    sentences: int
    syllables: int
    longest: str

    @property
    def grade(self) -> float:
        """The grade after Flesch and Kincaid."""
        if not self.words:
            return 0.0
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59


def measure(lines: list[str]) -> Measured:
    """Count the words of the sentences in these lines."""
    said = sentences(lines)
    words = [WORD.findall(sentence) for sentence in said]
    longest = max(said, key=lambda sentence: len(WORD.findall(sentence)), default="")
    return Measured(sum(map(len, words)), len(said), sum(syllables(word) for row in words for word in row), longest)
