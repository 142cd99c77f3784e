// What shall go wrong: faults of the API, and wrong signatures of webhooks.

import { call } from "./control.js";
import { button, choice, doing, empty, field, fill, h, input, pill, select, values } from "./dom.js";
import { organizationName, store, watch } from "./store.js";

const KINDS = {
  status: ["A status instead of an answer", "status", "retryAfter", "body"],
  delay: ["Processed at once, answered late", "seconds"],
  late: ["Processed late, even if nobody waits any more", "seconds"],
  reset_before: ["The connection is reset before it is processed"],
  reset_after: ["Processed, then the connection is reset"],
  truncate: ["Half of the answer, then the end"],
  slow: ["The answer comes a byte at a time", "interval", "limit"],
};

const FIELDS = {
  status: ["Status", { type: "number", min: 200, max: 599, value: 503, required: true }],
  retryAfter: ["Retry-After", { placeholder: "seconds, or a date" }],
  body: ["Body", { placeholder: "an ErrorBody, unless given" }],
  seconds: ["Seconds", { type: "number", min: 0, step: "any", value: 3, required: true }],
  interval: ["Seconds between two bytes", { type: "number", min: 0, step: "any", value: 0.05, required: true }],
  limit: ["The rest at once after", { type: "number", min: 0, step: "any", placeholder: "30" }],
};

const READY = [
  ["Too many requests", "429 with Retry-After: 1, once", { kind: "status", status: 429, retryAfter: 1 }],
  ["Unavailable", "503 for the next three calls", { kind: "status", status: 503, times: 3 }],
  ["Lost answer", "carried out, but the answer is lost, once", { kind: "reset_after", method: "POST" }],
  ["Slow platform", "each call is answered 3 s late", { kind: "delay", seconds: 3, times: null }],
  ["Down", "each call is answered 500", { kind: "status", status: 500, times: null }],
];

const planned = h("ul", { class: "cards faults" });
const nothing = h("p", { class: "muted" }, "None: every call is answered as it should be.");
const clear = button("Call all off", () => doing(call("DELETE", "faults")), { kind: "danger" });
const form = h("form", { class: "sheet inner" });
const signatures = h("form", { class: "sheet inner", onsubmit: (event) => event.preventDefault() });

const element = h("div", { class: "view" },
  h("header", { class: "bar" }, h("h1", {}, "Faults")),
  h("section", {}, h("h2", {}, "Switched on"), nothing, planned, h("p", { class: "actions" }, clear)),
  h("section", {}, h("h2", {}, "Switch on"),
    h("ul", { class: "cards ready" }, READY.map(([name, words, body]) =>
      h("li", {}, h("strong", {}, name), h("p", {}, words), button("Switch on", () => plan(body), { "aria-label": `Switch on: ${name}` }))))),
  h("section", {}, h("h2", {}, "One of your own"), form),
  h("section", {}, h("h2", {}, "Signatures of webhooks"), signatures));

export const faults = { element: () => element };

const plan = (body) => doing(call("POST", "faults", body), "The fault is switched on.");

watch("faults", showPlanned);
watch("organizations", showOrganizations);
watch("signatures", showSignatures);

function showPlanned() {
  nothing.hidden = store.faults.length > 0;
  clear.hidden = !store.faults.length;
  fill(planned, store.faults.map((fault, place) => ({ ...fault, place })), (one) => one.place, item);
}

function item(fault) {
  const { kind, method, path, times, after, organizationId } = fault;
  const numbers = ["status", "retryAfter", "seconds", "interval"].filter((name) => fault[name] != null);
  const which = [method === "*" ? "any method" : method, path === "*" ? "any path" : path];
  if (organizationId) which.push(organizationName(organizationId));
  return h("li", {},
    h("strong", {}, kind.replace("_", " "), " ", numbers.map((name) => (name === "status" ? fault[name] : `${fault[name]} s`)).join(", ")),
    h("p", {}, which.join(" · ")),
    pill(times === null ? "until called off" : times === 1 ? "once" : `${times} times`, "busy"),
    after > 0 && pill(`after ${after} calls`));
}

const own = h("div", { class: "columns" });
const kinds = Object.entries(KINDS).map(([kind, [words]]) => [kind, words]);
const kind = select("kind", kinds, "status", { onchange: showOwn });
const organization = select("organizationId", []);

form.append(
  field("What happens", kind), own,
  h("div", { class: "columns" },
    field("Method", select("method", ["*", "GET", "POST", "PUT", "PATCH", "DELETE"].map((one) => [one, one === "*" ? "any" : one]))),
    field("Path", input("path", { placeholder: "*" }), "a pattern, such as /api/v2/messaging/*"),
    field("Times", input("times", { type: "number", min: 1, value: 1, placeholder: "all" }), "empty: until called off"),
    field("Pass first", input("after", { type: "number", min: 0, placeholder: "0" }), "so many calls"),
    field("Organization", organization)),
  h("p", { class: "actions" }, h("button", { class: "primary" }, "Switch on")));

function showOwn() {
  own.replaceChildren(...KINDS[kind.value].slice(1).map((name) => field(FIELDS[name][0], input(name, FIELDS[name][1]))));
}

function showOrganizations() {
  const all = [{ id: "", name: "any" }, ...store.organizations];
  fill(organization, all, (one) => one.id, ({ id, name }) => h("option", { value: id }, name));
}

form.onsubmit = (event) => {
  event.preventDefault();
  const body = { times: null, ...values(form) };
  for (const name of ["status", "seconds", "interval", "limit", "times", "after"])
    if (name in body && body[name] !== null) body[name] = Number(body[name]);
  if (/^\d+$/.test(body.retryAfter)) body.retryAfter = Number(body.retryAfter);
  plan(body);
};

const times = input("times", { type: "number", min: 1, placeholder: "all", onchange: sign });
const MODES = ["right", "wrong", "missing"].map((mode) => [mode, mode]);

signatures.append(
  h("p", { class: "muted" }, "A middleware that checks signatures refuses what has a wrong one, or none."),
  choice("mode", "Signatures", MODES, "right", sign),
  field("For so many webhooks", times));

async function sign() {
  const { mode, times } = values(signatures);
  // A number alone changes nothing, and what is chosen next must not be overtaken by it.
  if (mode === "right" && store.signatures.mode === "right") return;
  const body = times && mode !== "right" ? { mode, times: Number(times) } : { mode };
  const answer = await doing(call("PUT", "signatures", body));
  if (answer) store.signatures = answer;
}

function showSignatures() {
  const { mode, times: left } = store.signatures;
  signatures.elements.mode.value = mode;
  if (mode !== "right") times.value = left ?? "";
}

showOwn();
showOrganizations();
showPlanned();
