// Adds what plain HTML lacks: theme, filter, keys, and unfolding whatever a link points at.
"use strict";
(() => {
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const help = find("#help");

  const remember = (theme) => {
    root.dataset.theme = theme;
    try { localStorage.setItem("harness-theme", theme); } catch { /* stores may forbid storage */ }
  };
  const recall = () => {
    try { return localStorage.getItem("harness-theme"); } catch { return null; }
  };
  const flipTheme = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    remember(dark ? "light" : "dark");
  };
  const stored = recall();
  if (stored === "light" || stored === "dark") root.dataset.theme = stored;

  // A link may point into a folded test, or at a finding that lives on the test's own page.
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) {
      const found = /^(case-\d+)-finding-\d+$/.exec(id);
      const row = found && document.getElementById(found[1]);
      const page = row && row.querySelector(`:scope > p > a[href="cases/${found[1]}.html"]`);
      if (page) location.replace(page.getAttribute("href") + location.hash);
      return;
    }
    if (target.id === "main") return; // the browser has moved the focus already
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
    target.scrollIntoView({ block: "start" });
    (target.matches("details") ? target.querySelector("summary") : target).focus({ preventScroll: true });
  };

  const filter = find("#filter");
  const applyFilter = () => {
    const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const test of all(".case")) {
      const text = (test.dataset.text ??= test.firstElementChild.textContent.toLowerCase().replaceAll("_", " "));
      test.hidden = !wanted.every((word) => text.includes(word.replaceAll("_", " ")));
      if (!test.hidden) shown += 1;
    }
    for (const group of all(".group")) {
      group.hidden = !group.querySelector(".case:not([hidden])");
      const fold = group.querySelector(":scope > .fold");
      if (fold && wanted.length) fold.open = !group.hidden;
    }
    find("#filter-count").textContent = wanted.length ? `${shown} shown` : "";
  };

  const step = (selector, by) => {
    const items = all(selector).filter((item) => item.checkVisibility());
    const at = items.findIndex((item) => item.contains(document.activeElement));
    const next = items[at < 0 ? (by > 0 ? 0 : items.length - 1) : Math.min(Math.max(at + by, 0), items.length - 1)];
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: selector === ".finding" ? "start" : "nearest" });
  };
  const keys = {
    j: () => step(".case > summary", 1),
    ArrowDown: () => step(".case > summary", 1),
    k: () => step(".case > summary", -1),
    ArrowUp: () => step(".case > summary", -1),
    n: () => step(".finding", 1),
    "/": () => filter && filter.focus(),
    t: flipTheme,
    g: () => { scrollTo(0, 0); find("#main").focus({ preventScroll: true }); },
    "?": () => help.showModal(),
  };
  const takesArrows = (node) => node.matches("video, pre, .scroll");
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input");
    if (typing && event.key === "Escape") { event.target.value = ""; applyFilter(); event.target.blur(); }
    if (typing || help.open || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    if (event.key.startsWith("Arrow") && (takesArrows(event.target) || event.target === document.body)) return;
    event.preventDefault();
    keys[event.key]();
  });

  // Paper cannot unfold anything.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all(".group:not(.group-passed) .case:not([open]), .fold:not([open]), .omitted details:not([open]), .more:not([open])");
    for (const item of folded) item.open = true;
    for (const picture of all("img[loading]")) picture.loading = "eager";
  });
  addEventListener("afterprint", () => { for (const item of folded) item.open = false; });

  const actions = { theme: flipTheme, help: () => help.showModal() };
  for (const button of all("button[data-do]")) {
    button.hidden = false;
    button.addEventListener("click", actions[button.dataset.do]);
  }
  if (filter) {
    filter.closest("p").hidden = false;
    filter.addEventListener("input", applyFilter);
  }
  addEventListener("hashchange", reveal);
  reveal();
})();
