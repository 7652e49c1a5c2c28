// Keyboard, bulk selection and toasts. Every page works without it.
(() => {
  const SEEN_FOR_MS = 8000;
  const FIELDS = "input:not([type=checkbox]), select, textarea, [contenteditable]";
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const stored = (use) => { try { return use(localStorage); } catch { return null; } };
  let keysOff = stored((store) => store.getItem("keys")) === "off";
  const keepOff = (off) => {
    keysOff = off;
    stored((store) => store.setItem("keys", off ? "off" : "on"));
  };

  // The row under the keyboard, by its id: it survives a swapped list.
  let cursor = "";
  const rows = () => all("[data-rows] [data-row]");
  const current = () => one("[data-row].is-cursor");
  const mark = (row, focus) => {
    all(".is-cursor").forEach((other) => other.classList.remove("is-cursor"));
    if (!row) return;
    row.classList.add("is-cursor");
    cursor = row.dataset.row;
    if (!focus) return;
    (one("a[data-open]", row) || one("a, button, input", row))?.focus();
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const list = rows();
    const at = list.indexOf(current());
    mark(list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))], true);
  };

  const ticks = (form) => all("[data-row] input[type=checkbox]", form);
  const count = (form) => {
    const boxes = ticks(form);
    const chosen = boxes.filter((box) => box.checked).length;
    const bar = one("[data-bulk-bar]", form);
    if (!bar) return;
    bar.classList.toggle("is-active", chosen > 0);
    one("[data-bulk-count]", bar).textContent = chosen ? `${chosen} selected` : "Select rows";
    const every = one("[data-bulk-all]", bar);
    every.checked = chosen > 0 && chosen === boxes.length;
    every.indeterminate = chosen > 0 && chosen < boxes.length;
    const scope = one("[name=scope]", bar);
    if (scope && !chosen) scope.checked = false;
  };
  const tickAll = (form, value) => {
    ticks(form).forEach((box) => { box.checked = value; });
    count(form);
  };
  const tick = (every) => {
    const row = current();
    const form = row?.closest("[data-bulk]") || one("[data-bulk]");
    if (!form) return;
    if (every) return tickAll(form, ticks(form).some((box) => !box.checked));
    const box = row && one("input[type=checkbox]", row);
    if (box) { box.checked = !box.checked; count(form); }
  };

  const showKeys = () => {
    const dialog = one("#shortcuts");
    one("#keys-on").checked = !keysOff;
    if (!dialog.open) dialog.showModal();
  };
  const escape = () => {
    if (document.activeElement.matches(FIELDS)) {
      document.activeElement.blur();
      return mark(current() || rows()[0], true);
    }
    all("[data-bulk]").forEach((form) => tickAll(form, false));
  };
  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    o: () => { const link = one(".is-cursor a[data-open]"); if (link) location.assign(link.href); },
    x: () => tick(false),
    X: () => tick(true),
    n: () => one("a[data-key=n]")?.click(),
    p: () => one("a[data-key=p]")?.click(),
    "/": () => one("[data-search]")?.focus(),
    "?": showKeys,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || one("dialog[open]")) return;
    if (event.key === "Escape") return escape();
    // Enter on a tick would press the first button of the bulk form; it opens the row instead.
    if (event.key === "Enter" && event.target.matches("[data-bulk] [type=checkbox]")) {
      event.preventDefault();
      return one(".is-cursor a[data-open]")?.click();
    }
    if (event.target.closest(FIELDS) || keysOff || !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  document.addEventListener("focusin", (event) => mark(event.target.closest("[data-row]") || current(), false));
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.id === "keys-on") keepOff(!box.checked);
    const form = box.closest("[data-bulk]");
    if (!form) return;
    if (box.matches("[data-bulk-all]")) tickAll(form, box.checked);
    else count(form);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-shortcuts]")) showKeys();
    event.target.closest("[data-dismiss]")?.closest(".app-toast")?.remove();
  });

  // A toast with something to press stays until it is dismissed.
  const fade = () => all(".app-toast:not([data-timed])", one("#toasts")).forEach((toast) => {
    toast.dataset.timed = "";
    if (!one("form, a", toast)) setTimeout(() => toast.remove(), SEEN_FOR_MS);
  });
  new MutationObserver(fade).observe(one("#toasts"), { childList: true });

  const refresh = () => {
    if (cursor && !current()) mark(rows().find((row) => row.dataset.row === cursor), false);
    all("[data-bulk]").forEach(count);
  };
  ["htmx:afterSwap", "htmx:after:swap"].forEach((name) => document.addEventListener(name, refresh));
  refresh();
})();
