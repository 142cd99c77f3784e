// The page: signs in, follows the sandbox, and shows one of its parts.

import { activity } from "./activity.js";
import { bot } from "./bot.js";
import { channels } from "./channels.js";
import { chats } from "./chats.js";
import { call, token } from "./control.js";
import { ask, doing, h, notify } from "./dom.js";
import { faults } from "./faults.js";
import { setup } from "./setup.js";
import { changed, follow, store, watch } from "./store.js";
import { clockTime, now, until } from "./times.js";

const find = (selector) => document.querySelector(selector);

// Signing in, and staying in touch

const LIVE = {
  connecting: "Connecting",
  live: "Live",
  lost: "Reconnecting",
  left: "Watched elsewhere",
};

function showLive(state) {
  const live = find("#live");
  if (live.dataset.state === state) return;
  live.dataset.state = state;
  live.replaceChildren(
    state === "left"
      ? h("button", { type: "button", onclick: stayInTouch }, "Watch here again")
      : LIVE[state],
  );
  if (state === "left") notify("Other pages watch this sandbox now, more than it can serve at once.");
}

async function stayInTouch() {
  showLive("connecting");
  for (;;) {
    let reason = null;
    try {
      reason = await follow(() => showLive("live"));
    } catch (error) {
      if (error.status === 401) await signIn("The sandbox has another token than this one.");
      else if (error.status) notify(error.message, "bad");
    }
    if (reason === "superseded") return showLive("left");
    showLive("lost");
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function signIn(problem) {
  const dialog = find("#sign-in");
  const form = dialog.querySelector("form");
  token.forget();
  const line = dialog.querySelector(".problem");
  line.hidden = !problem;
  line.textContent = problem ?? "";
  form.reset();
  dialog.showModal();
  return new Promise((resolve) => {
    form.onsubmit = () => token.keep(new FormData(form).get("token").trim());
    // Escape closes it as well, and would leave a page on which nothing works.
    dialog.onclose = () => (token.find() ? resolve() : dialog.showModal());
  });
}

// Parts

const PARTS = { chats, activity, setup, bot, faults, channels };

const WIDE = matchMedia("(min-width: 1180px)");

function show() {
  const [, name = "chats", ...rest] = location.hash.split("/");
  const part = name in PARTS && !(name === "activity" && WIDE.matches) ? name : "chats";
  const main = find("#main");
  const aside = find("#activity");
  for (const anchor of document.querySelectorAll(".rail a")) {
    const isShown = anchor.getAttribute("href") === `#/${part}`;
    if (isShown) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
    if (isShown) document.title = `${anchor.firstElementChild.nextSibling.data} · Sandbox`;
  }
  if (WIDE.matches && !aside.hasChildNodes()) aside.replaceChildren(PARTS.activity.element());
  if (!WIDE.matches) aside.replaceChildren();
  const shown = PARTS[part].element();
  if (main.firstElementChild !== shown) {
    main.replaceChildren(shown);
    PARTS[part].enter?.();
  }
  PARTS[part].open?.(rest.map(decodeURIComponent));
}

// The top of the page

const THEMES = ["auto", "light", "dark"];

function showTheme() {
  const { theme } = document.documentElement.dataset;
  const label = `Theme: ${theme === "auto" ? "as the system's" : theme}`;
  find("#theme").title = label;
  find("#theme .unseen").textContent = label;
}

find("#theme").onclick = () => {
  const { dataset } = document.documentElement;
  dataset.theme = THEMES[(THEMES.indexOf(dataset.theme) + 1) % THEMES.length];
  localStorage.setItem("sandbox-theme", dataset.theme);
  showTheme();
};

find("#reset").onclick = async () => {
  const { organizationId } = store;
  const all = "Everything is gone then: integrations, conversations, faults, the log. The clock is turned back.";
  const one = "What this organization has is gone then, and its part of the log.";
  if (await ask("Go back to the beginning?", organizationId ? one : all, "Reset"))
    await doing(call("POST", "reset", organizationId ? { organizationId } : {}), "The sandbox is as new.");
};

async function turn(seconds) {
  const clock = find("#clock");
  if (clock.ariaBusy === "true") return;
  clock.ariaBusy = "true";
  await doing(call("POST", "clock", { seconds }), `The clock was turned forward by ${seconds} s.`);
  clock.ariaBusy = "false";
}

find("#clock").onclick = (event) => {
  const { seconds } = event.target.dataset;
  if (seconds) turn(Number(seconds));
};
find("#clock").onsubmit = (event) => {
  event.preventDefault();
  turn(Number(new FormData(event.target).get("seconds")));
};

function tick() {
  find("#clock time").textContent = clockTime(now());
  for (const element of document.querySelectorAll("[data-until]"))
    element.textContent = until(element.dataset.until);
}

watch("organizations", () => {
  const label = find("#organization");
  const options = store.organizations.map(({ id, name }) => h("option", { value: id }, name));
  label.hidden = options.length < 2;
  if (!store.organizations.some((one) => one.id === store.organizationId)) store.organizationId = "";
  const list = label.querySelector("select");
  list.replaceChildren(h("option", { value: "" }, "All organizations"), ...options);
  list.value = store.organizationId;
});

find("#organization select").onchange = (event) => {
  store.organizationId = event.target.value;
  for (const topic of ["conversations", "deliveries", "requests", "integrations"]) changed(topic);
};

watch("faults", () => {
  const count = find(".rail .count");
  count.hidden = !store.faults.length;
  count.textContent = store.faults.length;
  count.title = "faults may still hit";
});

watch("clock", tick);

// Beginning

async function begin() {
  showTheme();
  if (!token.find()) await signIn();
  show();
  setInterval(tick, 1000);
  stayInTouch();
}

addEventListener("hashchange", () => {
  if (location.hash.includes("token=")) {
    token.find();
    location.reload();
  } else show();
});
WIDE.addEventListener("change", show);
begin();
