// Small help on every page. Nothing here is needed: all pages work without it.
(() => {
  // After a form came back with mistakes: bring the reader to the summary, and from its links to the fields.
  const summary = document.getElementById("errors");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      const control = link && document.getElementById(link.hash.slice(1));
      if (!control) return;
      event.preventDefault();
      control.focus({ preventScroll: true });
      (control.closest("fieldset, .usa-form-group") || control).scrollIntoView({ block: "start" });
    });
  }
  // Where a form asks for the reader's time zone, the browser knows it.
  for (const field of document.querySelectorAll("input[data-time-zone]")) {
    field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  }
})();
