// Small help on every page. Nothing here is needed: all pages work without it.
(() => {
  // After a form came back with mistakes: bring the reader to the summary, and from its links to the fields.
  const summary = document.getElementById("errors");
  if (summary) {
    summary.focus();
    // Where the address still says #main, as the skip link leaves it, the browser takes the focus there once the page is loaded.
    document.getElementById("main").addEventListener("focus", () => summary.focus(), { once: true });
    summary.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      const control = link && document.getElementById(link.hash.slice(1));
      if (!control) return;
      event.preventDefault();
      control.focus({ preventScroll: true });
      (control.closest("fieldset, .usa-form-group") || control).scrollIntoView({ block: "start" });
    });
  }
  // The link of a picture or a recording has died, since the page lies open for long: say so in its place.
  for (const shown of document.querySelectorAll(".leafbed img, .leafbed audio, .leafbed video")) {
    const told = () => {
      const note = document.createElement("p");
      note.className = "note";
      note.textContent = `Load the page again to see this: ${shown.alt || shown.getAttribute("aria-label")}`;
      shown.replaceWith(note);
    };
    if (shown.error || (shown.complete && !shown.naturalWidth)) told();
    else shown.addEventListener("error", told, { once: true });
  }
  // The number of words in a form, as they are typed.
  for (const told of document.querySelectorAll("form [data-words]")) {
    const form = told.closest("form");
    const count = () => {
      const words = [...form.querySelectorAll("textarea")].flatMap((field) => field.value.match(/\S+/g) || []).length;
      told.textContent = words === 1 ? "1 word." : `${words.toLocaleString("en-US")} words.`;
    };
    form.addEventListener("input", count);
    count();
  }
  // How long a text may be is said at the field, and nothing is cut: a browser would shorten what is pasted without a word.
  for (const field of document.querySelectorAll("[data-most]")) {
    const most = Number(field.dataset.most);
    const note = Object.assign(document.createElement("p"), { className: "usa-hint", id: `${field.id || field.name}_most` });
    note.setAttribute("role", "status");
    const count = () => {
      const left = most - [...field.value.normalize("NFC")].length;
      const say = (number) => `${number.toLocaleString("en-US")} ${number === 1 ? "character" : "characters"}`;
      note.textContent = left < 0 ? `Too long by ${say(-left)}. There is room for ${say(most)}.` : left * 10 < most && most > 100 ? `Room for ${say(left)} more.` : "";
      note.className = left < 0 ? "usa-error-message" : "usa-hint";
    };
    field.after(note);
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${note.id}`.trim());
    field.addEventListener("input", count);
    field.form?.addEventListener("input", count);
    count();
  }
  // Where a form asks for the reader's time zone, the browser knows it.
  for (const field of document.querySelectorAll("input[data-time-zone]")) {
    field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  }
})();
