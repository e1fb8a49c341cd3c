// Forms with data-autosave save themselves: after two seconds of rest, on leaving a field, and when the page is hidden.
// What could not be saved is kept in this browser until it is. A text that another tab has changed is never overwritten.
(() => {
  const REST = 2000;
  const PATIENCE = 20000;
  const RETRY = [3000, 5000, 10000, 30000];
  const person = document.body.dataset.person || "";

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const checkMark = () => {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    for (const [name, value] of [["viewBox", "0 0 20 20"], ["aria-hidden", "true"], ["focusable", "false"]]) svg.setAttribute(name, value);
    for (const [name, value] of [["fill", "none"], ["stroke", "currentColor"], ["stroke-width", "2.5"], ["d", "M3 10.500l4.500 4.500L17 5"]]) path.setAttribute(name, value);
    svg.append(path);
    return svg;
  };

  const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);

  // What a person typed or chose in a form, by the names of its fields; several answers to one name are joined.
  const typedIn = (form) => {
    const answers = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value !== "string" || name === "version" || name === "csrfmiddlewaretoken") continue;
      answers[name] = name in answers ? [].concat(answers[name], value) : value;
    }
    return answers;
  };

  const fill = (form, answers) => {
    for (const field of form.elements) {
      if (!field.name || ["version", "csrfmiddlewaretoken"].includes(field.name) || ["file", "submit", "button"].includes(field.type)) continue;
      const answer = answers[field.name];
      if (field.type === "radio" || field.type === "checkbox") field.checked = [].concat(answer ?? []).includes(field.value);
      else if (answer !== undefined) field.value = answer;
    }
  };

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  // The words that a person sees for a field and for what is in it.
  const labelOf = (form, name) => {
    const field = [].concat(form.elements[name] instanceof RadioNodeList ? [...form.elements[name]] : form.elements[name])[0];
    const label = field?.closest("fieldset")?.querySelector("legend") || field?.labels?.[0];
    return label ? label.textContent.trim() : name;
  };
  const wordsOf = (form, name, answer) => {
    const chosen = [...form.elements].filter((field) => field.name === name && ["radio", "checkbox"].includes(field.type));
    const given = [].concat(answer ?? []);
    if (!chosen.length) return given.join("\n");
    return chosen.filter((field) => given.includes(field.value)).map((field) => field.labels[0].firstChild.textContent.trim()).join("\n");
  };

  const autosave = (form) => {
    const key = `lssc ${person} ${location.pathname} ${form.id}`;
    const address = form.dataset.autosave || form.getAttribute("action") || location.href;
    const status = form.querySelector("[data-saved]") || form.appendChild(element("p", { className: "saved", role: "status" }));
    status.setAttribute("role", "status");
    let saved = typedIn(form);
    let running = false;
    let again = false;
    let waiting = null;
    let leaving = false;
    let conflict = null;
    let timer = 0;
    let failures = 0;

    const say = (text, good, ...more) => {
      status.classList.toggle("saved--not", !good);
      status.replaceChildren(...(good ? [checkMark()] : []), element("span", {}, text, ...more));
    };
    const version = () => form.elements.version?.value;
    // A draft may be longer than what can be sent: it is kept, and not called saved.
    const tooLong = () => [...form.elements].find((field) => field.dataset.most && [...field.value.normalize("NFC")].length > Number(field.dataset.most));
    const keep = (sent) => {
      try {
        localStorage.setItem(key, JSON.stringify({ answers: typedIn(form), version: version(), sent }));
      } catch {
        // The browser keeps nothing (private window, or full): what was typed is still in the form.
      }
    };
    const forget = () => {
      try {
        localStorage.removeItem(key);
      } catch {
        // Nothing was kept.
      }
    };
    const kept = () => {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch {
        return null;
      }
    };
    const later = (wait) => {
      clearTimeout(timer);
      timer = setTimeout(save, wait);
    };
    const tryLater = () => later(RETRY[Math.min(failures++, RETRY.length - 1)]);
    // After signing in in another tab, the old token of this page is void; the cookie has the new one.
    const renewToken = () => {
      const token = cookie("csrftoken");
      if (token && form.elements.csrfmiddlewaretoken) form.elements.csrfmiddlewaretoken.value = token;
    };

    async function save() {
      clearTimeout(timer);
      const answers = typedIn(form);
      if (conflict || leaving || same(answers, saved)) return;
      if (running) {
        again = true;
        return;
      }
      running = true;
      keep(false);
      renewToken();
      const body = new FormData(form);
      for (const [name, value] of [...body]) if (typeof value !== "string") body.delete(name);
      let response = null;
      let told = {};
      try {
        response = await fetch(address, {
          method: "POST",
          body: new URLSearchParams(body),
          headers: { "X-Autosave": "1", Accept: "application/json" },
          redirect: "manual",
          signal: AbortSignal.timeout(PATIENCE),
          keepalive: document.visibilityState === "hidden" && String(new URLSearchParams(body)).length < 60000,
        });
        if (response.headers.get("Content-Type")?.includes("json")) told = await response.json();
      } catch {
        response = null;
      }
      running = false;
      answer(response, told, answers);
      if (waiting && !conflict) {
        const { button } = waiting;
        waiting = null;
        form.requestSubmit(button);
      } else if (again) {
        again = false;
        later(0);
      }
    }

    function answer(response, told, answers) {
      if (response?.ok && told.saved) {
        failures = 0;
        saved = answers;
        if (form.elements.version && told.version !== undefined) form.elements.version.value = told.version;
        if (same(typedIn(form), saved)) forget();
        else later(REST);
        const long = tooLong();
        if (long) say(`Too long: shorten “${labelOf(form, long.name)}” before you send it. What you typed is kept.`, false);
        else say(`Saved ${told.saved}`, true);
      } else if (!response) {
        say("Not saved: no connection. We keep trying. Your text is safe on this page.", false);
        tryLater();
      } else if (response.status === 409) {
        showConflict(told);
      } else if (response.type === "opaqueredirect" || [401, 403].includes(response.status)) {
        const link = element("a", { href: "/account/login/", target: "_blank" }, "Sign in on another tab");
        say("Not saved: you are signed out. ", false, link, ", then come back. Your text stays here.");
        tryLater();
      } else if (response.status >= 500) {
        say("Not saved: something went wrong on our side. We keep trying. Your text is safe on this page.", false);
        tryLater();
      } else {
        say(`Not saved. ${told.error || "Use the button to save, and see what is missing."}`, false);
      }
    }

    // Someone, or another tab, saved first: read what is saved now, show both, and let the person choose.
    async function showConflict(told) {
      conflict = element("section", { className: "conflict", tabIndex: -1 });
      waiting = null;
      say("Not saved: this was changed in another tab. Choose below which text to keep.", false);
      let theirs = null;
      try {
        const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
        theirs = page.querySelector(form.id ? `form[id="${form.id}"]` : "form[data-autosave]");
      } catch {
        theirs = null;
      }
      if (!theirs) {
        conflict = null;
        tryLater();
        return;
      }
      const mine = typedIn(form);
      const others = typedIn(theirs);
      const settle = (answers) => {
        if (form.elements.version) form.elements.version.value = theirs.elements.version?.value ?? told.version;
        saved = others;
        if (answers) fill(form, answers);
        conflict.remove();
        conflict = null;
        forget();
        if (same(typedIn(form), saved)) say("You kept the text that was saved.", true);
        else save();
        form.querySelector("textarea, input:not([type=hidden])")?.focus();
      };
      const names = [...new Set([...Object.keys(mine), ...Object.keys(others)])].filter((name) => !same(mine[name], others[name]));
      if (!names.length) {
        settle(null);
        return;
      }
      conflict.append(
        element("h3", {}, "This was changed in another tab"),
        element("p", {}, "Nothing is lost. You can also copy a part from one text to the other before you choose."),
      );
      for (const name of names) {
        conflict.append(
          element("div", { className: "conflict__texts" },
            element("div", {}, element("h4", {}, `Saved now: ${labelOf(form, name)}`), element("div", { className: "conflict__text", tabIndex: 0 }, wordsOf(theirs, name, others[name]) || "(empty)")),
            element("div", {}, element("h4", {}, `In this tab: ${labelOf(form, name)}`), element("div", { className: "conflict__text", tabIndex: 0 }, wordsOf(form, name, mine[name]) || "(empty)")),
          ),
        );
      }
      const take = element("button", { type: "button", className: "usa-button usa-button--outline" }, "Take the saved text");
      const stay = element("button", { type: "button", className: "usa-button" }, "Keep the text in this tab");
      take.addEventListener("click", () => settle(others));
      stay.addEventListener("click", () => settle(null));
      conflict.append(element("div", { className: "usa-button-group" }, stay, take));
      conflict.setAttribute("aria-label", "Two versions of your text");
      form.before(conflict);
      conflict.focus();
    }

    // What this browser kept from an earlier visit is offered, never put in by itself.
    function offerKept() {
      const copy = kept();
      if (!copy) return;
      if (same(copy.answers, saved) || (copy.sent && copy.version !== version())) {
        forget();
        return;
      }
      const back = element("button", { type: "button", className: "usa-button" }, "Put it back");
      const away = element("button", { type: "button", className: "usa-button usa-button--outline" }, "Delete it");
      const box = element("div", { className: "usa-alert usa-alert--warning", role: "status" },
        element("h2", { className: "usa-alert__heading" }, "This browser has text that was not saved"),
        element("p", { className: "usa-alert__text" }, "You typed it here earlier. You can put it back into the form, and look at it before it is saved."),
        element("div", { className: "usa-button-group" }, back, away),
      );
      back.addEventListener("click", () => {
        fill(form, copy.answers);
        box.remove();
        form.dispatchEvent(new Event("input", { bubbles: true }));
      });
      away.addEventListener("click", () => {
        forget();
        box.remove();
      });
      form.before(box);
    }

    const changed = () => {
      if (conflict || same(typedIn(form), saved)) return;
      keep(false);
      later(REST);
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("focusout", () => save());
    // A save that is on its way ends first: it makes the version that the form must name.
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (running) {
        event.preventDefault();
        waiting = { button: event.submitter };
        return;
      }
      leaving = true;
      renewToken();
      if (!same(typedIn(form), saved)) keep(true);
    });
    addEventListener("pageshow", () => {
      leaving = false;
    });
    document.addEventListener("visibilitychange", () => save());
    addEventListener("online", () => save());
    addEventListener("focus", () => failures && save());
    offerKept();
  };

  // Who signs out leaves nothing behind; browsers hear Clear-Site-Data only where the connection is safe.
  addEventListener("submit", ({ target }) => {
    if (!target.action?.endsWith?.("/account/logout/")) return;
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith("lssc ")) localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  });
  for (const form of document.querySelectorAll("form[data-autosave]")) autosave(form);
})();
