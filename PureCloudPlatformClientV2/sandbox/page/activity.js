// What goes over the wire: webhook deliveries, and the requests that the sandbox was sent.

import { call } from "./control.js";
import { button, doing, empty, fill, h, icon, json, pairs, pill } from "./dom.js";
import { isShown, organizationName, store, watch } from "./store.js";
import { clockTime, until } from "./times.js";

const SHOWN = 300;

const tabs = [
  { id: "webhooks", label: "Webhooks" },
  { id: "requests", label: "Requests" },
];
const lists = { webhooks: h("ul", { class: "wire" }), requests: h("ul", { class: "wire" }) };
const search = h("input", { type: "search", placeholder: "Filter: path, status, text", "aria-label": "Filter" });
const clear = button("Clear", () => clearOne(), { picture: "trash", kind: "quiet" });
const nothings = {
  webhooks: empty("No deliveries yet",
    "Each outbound message of an open integration is posted to its webhook, signed, and shows here with every attempt."),
  requests: empty("No requests yet", "Each call of the API shows here as it comes, with its body and what it was answered. Secrets are masked."),
};

let chosen = "webhooks";

const tabButtons = tabs.map(({ id, label }) =>
  h("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, onclick: () => choose(id) },
    label, h("span", { class: "number" })));

const tabList = h("div", { class: "tabs", role: "tablist", "aria-label": "Activity", onkeydown: move }, tabButtons);

const panels = tabs.map(({ id }) =>
  h("div", { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, class: "panel", tabindex: "-1" },
    nothings[id], lists[id]));

const element = h("div", { class: "activity" },
  h("header", { class: "bar" }, tabList, clear),
  h("div", { class: "search" }, search), panels);

export const activity = {
  element: () => element,
  open([tab]) {
    choose(tab in lists ? tab : chosen);
  },
};

function choose(id) {
  chosen = id;
  tabs.forEach((tab, place) => {
    tabButtons[place].setAttribute("aria-selected", tab.id === id);
    tabButtons[place].tabIndex = tab.id === id ? 0 : -1;
    panels[place].hidden = tab.id !== id;
  });
}

function move(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const place = tabButtons.indexOf(document.activeElement);
  const next = (place + step + tabs.length) % tabs.length;
  tabButtons[next].focus();
  choose(tabs[next].id);
}

async function clearOne() {
  const path = { webhooks: "deliveries", requests: "requests" }[chosen];
  if ((await doing(call("DELETE", path))) === null) return;
  if (chosen === "webhooks") store.deliveries.clear();
  else store.requests = [];
  show();
}

search.oninput = () => show();
choose("webhooks");
watch("deliveries requests organizations", show);

function show() {
  showList("webhooks", [...store.deliveries.values()], (one) => one.id, delivery, JSON.stringify);
  showList("requests", store.requests, (one) => one.correlationId, request, () => "");
}

function showList(id, all, key, build, version) {
  const wanted = search.value.trim().toLowerCase();
  const mine = all.filter(isShown);
  const found = wanted ? mine.filter((one) => JSON.stringify(one).toLowerCase().includes(wanted)) : mine;
  fill(lists[id], found.slice(-SHOWN).reverse(), key, build, version);
  const place = tabs.findIndex((tab) => tab.id === id);
  tabButtons[place].querySelector(".number").textContent = mine.length || "";
  nothings[id].hidden = mine.length > 0;
}

/** A line that opens; what is in it is made when it is opened first. */
function entry(line, parts) {
  const details = h("details", {}, h("summary", {}, icon("chevron"), line));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(h("div", { class: "parts" }, parts()));
  });
  return h("li", {}, details);
}

const part = (title, ...content) => h("section", {}, h("h3", {}, title), content);

const headersOf = (headers) => pairs(Object.entries(headers).map(([name, value]) => [name, String(value)]));

// Webhooks

function delivery(one) {
  const { id, attempts, url, state } = one;
  const last = attempts.at(-1);
  return entry(
    [outcome(one),
      h("span", { class: "what" }, h("span", { class: "path", title: url }, place(url)),
        h("small", {}, subject(one))),
      h("span", { class: "when" }, h("time", { datetime: one.time }, clockTime(one.time)),
        h("small", {}, tries(one)))],
    () => [
      h("p", { class: "actions" },
        button(state === "delivered" ? "Send again" : "Send now",
          () => doing(call("POST", `deliveries/${id}/retry`, {}), "The webhook has been posted."), { picture: "send" })),
      part("Attempts", h("ol", { class: "attempts" }, attempts.map(attempt))),
      part("Request", h("p", { class: "url" }, "POST ", url), headersOf(one.headers)),
      part("Body", json(one.body)),
      last?.response && part("Response", json(last.response)),
    ]);
}

function outcome({ state, attempts, nextAttempt }) {
  const last = attempts.at(-1);
  const word = last ? String(last.status ?? "no answer") : "…";
  if (state === "delivered") return pill(word, "good", "delivered");
  if (state === "failed") return pill(word, "bad", "failed for good");
  return pill(word, "busy", nextAttempt ? "is tried again" : "is being posted");
}

function place(url) {
  try {
    const { host, pathname } = new URL(url);
    return host + (pathname === "/" ? "" : pathname);
  } catch {
    return url;
  }
}

function subject({ body }) {
  try {
    const { type, text, content, events, status } = JSON.parse(body);
    const more = text ?? content?.[0]?.contentType ?? events?.[0]?.eventType ?? status ?? "";
    return more ? `${type} · ${more}` : type;
  } catch {
    return "";
  }
}

function tries({ state, attempts, nextAttempt }) {
  if (state === "pending" && nextAttempt)
    return [`try ${attempts.length + 1} `, h("span", { "data-until": nextAttempt }, until(nextAttempt))];
  return attempts.length === 1 ? "1 attempt" : `${attempts.length} attempts`;
}

function attempt({ time, status, error, seconds }) {
  const good = status >= 200 && status < 300;
  return h("li", {}, h("time", { datetime: time }, clockTime(time)),
    pill(String(status ?? "no answer"), good ? "good" : "bad"),
    h("span", {}, error ?? "", seconds !== undefined && ` ${Math.round(seconds * 1000)} ms`));
}

// Requests

function request(one) {
  const { method, path, status, fault, time, query } = one;
  const terms = new URLSearchParams(query).toString();
  return entry(
    [pill(status === null ? "reset" : String(status), tone(status)),
      h("span", { class: "what" },
        h("span", { class: "path long", title: path }, h("b", { class: "method" }, method), " ", shorter(path)),
        h("small", {}, fault ? h("span", { class: "fault" }, `fault: ${fault}`) : "", terms && ` ?${terms}`)),
      h("span", { class: "when" }, h("time", { datetime: time }, clockTime(time)),
        h("small", {}, one.organizationId ? organizationName(one.organizationId) : "no token"))],
    () => [
      part("Request", h("p", { class: "url" }, `${method} ${path}`),
        Object.keys(query).length > 0 && headersOf(query)),
      one.json !== null && part("Body", json(one.json)),
      Object.keys(one.form).length > 0 && part("Form", headersOf(one.form)),
      part("Headers", headersOf(one.headers)),
      part("Answer", one.response !== null && json(one.response), pairs([
        ["status", status === null ? "none: the connection was reset" : String(status)],
        ["correlation id", one.correlationId],
        ["changed something", one.applied ? "yes" : "no"],
        ...(fault ? [["fault", `${fault}${one.processed ? "" : ", before it was processed"}`]] : []),
      ])),
    ]);
}

const shorter = (path) => path.replace(/^.*?\/api\/v2\//, "…/");

const tone = (status) => (status === null || status >= 500 ? "bad" : status >= 400 ? "busy" : "good");
