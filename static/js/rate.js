// Single keys for rating: 1 2 3 choose, C comment, E evidence, N next. A button in sight turns them off, and this browser remembers it.
(() => {
  const list = document.querySelector("[data-keys]");
  const form = list?.closest("form");
  if (!form) return;
  const STORED = "lssc keys";
  const read = () => {
    try {
      return localStorage.getItem(STORED) !== "off";
    } catch {
      return true;
    }
  };
  let on = read();

  const button = document.createElement("button");
  button.type = "button";
  button.className = "usa-button usa-button--unstyled";
  const show = () => {
    button.textContent = on ? "Turn shortcuts off" : "Turn shortcuts on";
    for (const key of list.querySelectorAll("li:not(:last-child)")) key.hidden = !on;
    for (const key of form.querySelectorAll("label kbd")) key.hidden = !on;
  };
  button.addEventListener("click", () => {
    on = !on;
    try {
      localStorage.setItem(STORED, on ? "on" : "off");
    } catch {
      // The choice holds for this page.
    }
    show();
  });
  list.append(document.createElement("li"));
  list.lastChild.append(button);
  list.hidden = false;
  show();

  const focus = (target) => {
    if (!target) return;
    if (!target.matches("a, button, input, textarea, select, [tabindex]")) target.tabIndex = -1;
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  };
  const ratings = () => [...form.querySelectorAll(".choice input[type=radio]")];
  const actions = {
    1: () => ratings()[0]?.click(),
    2: () => ratings()[1]?.click(),
    3: () => ratings()[2]?.click(),
    c: () => focus(form.querySelector("textarea")),
    e: () => focus(document.querySelector(".evidence")),
    n: () => form.requestSubmit(form.querySelector("button[type=submit], button:not([type])")),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("textarea, select, input:not([type=radio], [type=checkbox])");
    if (!on || typing || event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const action = actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
})();
