"use strict";
// Everything works without this file, by forms; it spares the reload and keeps the picture moving.

const EVERY_MS = 100;
const RETRY_MS = 500;
const NOTHING_PX = 16;
const main = document.getElementById("main");
const state = document.getElementById("state");
const told = document.getElementById("told");
const picture = document.getElementById("picture");
const GONE = "The harness does not answer any more: is it still running in the terminal?";

document.documentElement.classList.add("live");

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const active = document.activeElement;
  const focus = active?.id;
  const open = [...document.querySelectorAll("details[open]")].map(({ id }) => id);
  for (const details of page.querySelectorAll("details")) details.open = open.includes(details.id);
  for (const old of document.querySelectorAll("[data-part]")) {
    const now = page.querySelector(`[data-part="${old.dataset.part}"]`);
    if (now && now.outerHTML !== old.outerHTML) old.replaceWith(document.adoptNode(now));
  }
  document.title = page.title;
  if (focus && document.activeElement === document.body) resume(active, document.getElementById(focus));
}

// What is new is read out; the places it stands in are replaced, which a screen reader does not notice.
function words() {
  return [...document.querySelectorAll(".notice")].map(({ textContent }) => textContent);
}

// Whoever typed on while the answer was on its way goes on typing.
function resume(before, now) {
  const typed = before.value !== before.defaultValue && before.form?.classList.contains("auto");
  if (typed && now?.type === "text") now.value = before.value;
  now?.focus();
}

async function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  main.setAttribute("aria-busy", "true");
  state.textContent = form.dataset.wait || "Working ...";
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
    const text = await answer.text();
    const before = words();
    if (answer.ok) show(text);
    state.textContent = answer.ok ? "" : text;
    told.textContent = words().filter((line) => !before.includes(line)).join(" ");
  } catch {
    state.textContent = GONE;
  }
  main.removeAttribute("aria-busy");
}

let last = Promise.resolve();
document.addEventListener("submit", (event) => {
  event.preventDefault();
  const { target, submitter } = event;
  last = last.then(() => send(target, submitter));
});

document.addEventListener("change", ({ target }) => {
  if (target.form?.classList.contains("auto")) target.form.requestSubmit();
});

let asked = 0;
function look() {
  picture.src = `/picture.jpg?${asked++}`;
}
picture.addEventListener("load", () => {
  const idle = document.hidden || picture.naturalWidth <= NOTHING_PX;
  setTimeout(look, idle ? RETRY_MS : EVERY_MS);
});
picture.addEventListener("error", () => setTimeout(look, RETRY_MS));
look();
