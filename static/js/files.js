// Files: one that is too large is refused before it is sent, and a file that is being checked shows by itself when that is over.
(() => {
  const REST = 3000;
  const MEGABYTE = 1024 * 1024;

  // The server refuses it, too; but only after the upload.
  const refuse = (input, words) => {
    const group = input.closest(".usa-form-group") || input.parentElement;
    const told = document.createElement("p");
    told.className = "usa-error-message";
    told.dataset.tooLarge = "";
    told.setAttribute("role", "alert");
    told.textContent = words;
    group.querySelector("[data-too-large]")?.remove();
    input.before(told);
  };
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file" || !input.dataset.limit) return;
    input.closest(".usa-form-group")?.querySelector("[data-too-large]")?.remove();
    const files = [...input.files];
    const large = files.find((file) => file.size > Number(input.dataset.limit));
    const together = files.reduce((sum, file) => sum + file.size, 0);
    if (large) {
      refuse(input, `“${large.name}” has ${Math.ceil(large.size / MEGABYTE)} MB. The limit is ${Math.floor(input.dataset.limit / MEGABYTE)} MB. Choose a smaller file.`);
    } else if (together > Number(input.dataset.limitTogether)) {
      refuse(input, `These files have ${Math.ceil(together / MEGABYTE)} MB together. The limit is ${Math.floor(input.dataset.limitTogether / MEGABYTE)} MB. Send them in two parts.`);
    } else return;
    input.value = "";
  });

  // Ask for the page again, and take from it only what is said of the files: nothing that someone types is touched.
  const look = async () => {
    if (document.hidden) return setTimeout(look, REST);
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (answer && (!answer.ok || answer.redirected)) return;
    if (answer) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const shown of document.querySelectorAll("[data-checking]")) {
        const alike = `[data-file="${shown.dataset.file}"]`;
        const place = [...document.querySelectorAll(alike)].indexOf(shown);
        const now = fresh.querySelectorAll(alike)[place];
        if (now && !("checking" in now.dataset)) shown.replaceWith(document.importNode(now, true));
      }
    }
    if (document.querySelector("[data-checking]")) setTimeout(look, REST);
  };
  if (document.querySelector("[data-checking]")) setTimeout(look, REST);
})();
