// A form that is sent when the session has ended does not arrive. What was typed waits in this tab, for the same person alone, and is back
// in the form after signing in. Forms that save themselves keep their texts on their own (autosave.js).
(() => {
  const SLOT = "lssc sent";
  const person = document.body.dataset.person || "";
  const HIDDEN = ["hidden", "password", "file", "submit", "button", "reset", "image"];

  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(SLOT));
    } catch {
      return null;
    }
  };
  const write = (sent) => {
    try {
      if (sent) sessionStorage.setItem(SLOT, JSON.stringify(sent));
      else sessionStorage.removeItem(SLOT);
    } catch {
      // The browser keeps nothing (private window, or full).
    }
  };

  const nameOf = (form) => `${form.getAttribute("action") || location.pathname} ${form.id}`;
  const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !HIDDEN.includes(field.type) && field.tagName !== "BUTTON");
  const isTwoStated = (field) => field.type === "radio" || field.type === "checkbox";
  const chosenIn = (field) => (field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value);
  const typedIn = (form) => fieldsOf(form).map((field) => [field.name, field.value, isTwoStated(field) ? field.checked : chosenIn(field)]);

  // The same field again: the next one of its name, and for a choice the one of its value.
  const putBack = (form, typed) => {
    const left = fieldsOf(form);
    for (const [name, value, answer] of typed) {
      const index = left.findIndex((field) => field.name === name && (!isTwoStated(field) || field.value === value));
      if (index < 0) continue;
      const [field] = left.splice(index, 1);
      if (isTwoStated(field)) field.checked = answer;
      else if (field.multiple) for (const option of field.options) option.selected = answer.includes(option.value);
      else field.value = answer;
      for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const tell = (form) => {
    const box = document.createElement("div");
    box.className = "usa-alert usa-alert--warning";
    box.setAttribute("role", "status");
    const heading = document.createElement("h2");
    heading.className = "usa-alert__heading";
    heading.textContent = "This was not sent yet";
    const text = document.createElement("p");
    text.className = "usa-alert__text";
    const files = form.querySelector("input[type=file]") ? " Choose your files again." : "";
    text.textContent = `You were signed out before it arrived. What you typed is back in the form.${files} View it, then send it again.`;
    box.append(heading, text);
    form.before(box);
  };

  const sent = read();
  if (sent && person && sent.person !== person) write(null);
  else if (sent && !person) {
    // Only a page for signing in says so: there, what was sent has not arrived.
    const told = document.querySelector("[data-kept]");
    if (told || sent.lost) write({ ...sent, lost: true });
    else write(null);
    if (told) told.hidden = false;
  } else if (sent && !sent.lost) write(null);
  else if (sent && sent.path === location.pathname) {
    const form = [...document.forms].find((one) => nameOf(one) === sent.form);
    if (form) {
      putBack(form, sent.typed);
      tell(form);
      write(null);
    }
  }

  if (!person) return;
  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-autosave")) return;
    const typed = typedIn(form);
    if (typed.length) write({ person, path: location.pathname, form: nameOf(form), typed });
  });
})();
