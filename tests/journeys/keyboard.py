"""Somebody who has a keyboard and nothing else: wherever the focus goes, it can be seen, and nothing covers it."""

from typing import Any

from playwright.sync_api import FileChooser, expect

from tests.journeys.person import Person

# What has the focus, in words, and what is wrong with how it is shown.
FOCUSED = """async () => {
  await new Promise(requestAnimationFrame);
  const element = document.activeElement;
  if (!element || element === document.body) return {words: "", wrong: ""};
  const label = element.labels && element.labels[0];
  const group = element.closest("fieldset");
  const legend = group && group.querySelector("legend");
  if (element.tagName === "MAIN") return {words: "", wrong: ""};
  const words = [element.innerText, element.getAttribute("aria-label"), label && label.innerText, legend && legend.innerText, element.id];
  const marked = (one) => {
    const style = one && getComputedStyle(one);
    return style && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none");
  };
  const wrong = [];
  if (![element, label, element.nextElementSibling].some(marked)) wrong.push("is not marked");
  const seen = ["radio", "checkbox"].includes(element.type) && label ? label : element;
  const box = seen.getClientRects()[0] || seen.getBoundingClientRect();
  if (box.bottom <= 0 || box.right <= 0 || box.top >= innerHeight || box.left >= innerWidth) wrong.push("is not in sight");
  else {
    const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
    const over = document.elementFromPoint(middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
    if (!over || !(seen.contains(over) || over.contains(seen) || element.contains(over))) wrong.push("is covered");
  }
  return {words: words.filter(Boolean).join(" ").replace(/\\s+/g, " "), wrong: wrong.join(", ")};
}"""


class Keyboard:
    """The keys of one person; each step looks at what has the focus."""

    def __init__(self, person: Person) -> None:
        self.person, self.page, self.keys = person, person.page, person.page.keyboard
        self.choosers: list[FileChooser] = []
        self.page.on("filechooser", lambda chooser: self.choosers.append(chooser))

    def look(self) -> str:
        """Say what has the focus; it must be marked, in sight and not covered."""
        found: dict[str, Any] = self.page.evaluate(FOCUSED)
        assert not found["wrong"], f"“{found['words'][:80]}” {found['wrong']} on {self.page.url}"
        return str(found["words"])

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keys.press(key)

    def into_main(self) -> None:
        """Use the skip link, which is the first thing on every page; an address that still says so begins there."""
        if self.page.url.endswith("#main"):
            return
        self.press("Tab")
        assert "Skip to main content" in self.look(), self.page.url
        self.press("Enter")
        expect(self.page.locator("main")).to_be_focused()

    def to(self, words: str, *, at_most: int = 70, by: str = "Tab") -> None:
        """Tab on until what has the focus says these words."""
        passed = []
        for _ in range(at_most):
            self.press(by)
            passed.append(self.look())
            if words in passed[-1]:
                return
        raise AssertionError(f"No {by} leads to “{words}” on {self.page.url}, only to {passed}")

    def enter(self, words: str) -> None:
        """Tab to a link or a button, press Enter, and wait for the page that it leads to."""
        self.to(words)
        with self.page.expect_navigation():
            self.press("Enter")

    def type(self, words: str, text: str) -> None:
        """Tab to a field, and write over what is in it."""
        self.to(words)
        self.press("Control+a")
        self.keys.type(text)

    def choose(self, words: str, *, steps: int = 0) -> None:
        """Tab to radios or a box, go on with the arrows, and choose."""
        self.to(words)
        self.press(*["ArrowDown"] * steps, "Space")
        self.look()

    def date(self, legend: str, month: int, day: int, year: int) -> None:
        """Type a day into its three boxes."""
        for label, value in ((legend, month), ("Day", day), ("Year", year)):
            self.type(label, str(value))

    def upload(self, words: str, name: str, content: bytes, kind: str) -> None:
        """Tab to the field for a file, open it, and pick one."""
        self.to(words)
        self.press("Enter")
        for _ in range(100):
            if self.choosers:
                break
            self.page.wait_for_timeout(50)
        self.choosers.pop().set_files({"name": name, "mimeType": kind, "buffer": content})

    def mend(self, words: str) -> None:
        """After a form came back: the focus is in the summary, whose first link leads to the field."""
        assert "to fix" in self.look(), self.page.url
        self.press("Tab")
        found = self.look()
        assert words in found, f"“{found}” has the focus on {self.page.url}"
        self.press("Enter")
        assert self.page.evaluate("document.activeElement.matches('input, textarea, select')")
        self.look()
