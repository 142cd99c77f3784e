// Organizations and integrations.

import { call } from "./control.js";
import { button, copyable, doing, empty, field, fill, h, input, pairs, pill, select, values } from "./dom.js";
import { isShown, organizationName, refresh, store, watch } from "./store.js";

const integrations = h("ul", { class: "cards" });
const nothing = empty("No integrations yet", "Make one below, or by your program: it shows here at once.");
const organizations = h("ul", { class: "cards" });
const made = h("div", { role: "status" });
const form = h("form", { class: "sheet inner" },
  field("Name", input("name", { required: true })),
  h("p", { class: "actions" }, h("button", { class: "primary" }, "Make organization")));
const MESSENGERS = [["open", "open messaging"], ["whatsapp", "WhatsApp"], ["facebook", "Facebook"],
  ["instagram", "Instagram"], ["apple", "Apple"], ["line", "LINE"], ["twitter", "Twitter"]];

const webhook = h("div", { class: "columns" },
  field("Webhook", input("outboundNotificationWebhookUrl", { type: "url", required: true, placeholder: "http://127.0.0.1:9000/" }),
    "where your middleware takes messages"),
  field("Secret", input("outboundNotificationWebhookSignatureSecretToken", { required: true, minlength: 16 }),
    "signs them; 16 characters at least"));
const another = h("form", { class: "sheet inner" },
  h("div", { class: "columns" },
    field("Messenger", select("kind", MESSENGERS, "open", { onchange: showWebhook })),
    field("Name", input("name", { required: true, placeholder: "Shop chat" })),
    field("Organization", select("organizationId", []))),
  webhook,
  h("p", { class: "actions" }, h("button", { class: "primary" }, "Make integration")));

function showWebhook() {
  webhook.hidden = another.elements.kind.value !== "open";
  for (const one of webhook.querySelectorAll("input")) one.disabled = webhook.hidden;
}

const element = h("div", { class: "view" },
  h("header", { class: "bar" }, h("h1", {}, "Setup")),
  h("section", {}, h("h2", {}, "Integrations"), nothing, integrations),
  h("section", {}, h("h2", {}, "Another integration"), another),
  h("section", {}, h("h2", {}, "Organizations"), organizations, made),
  h("section", {}, h("h2", {}, "Another organization"), form));

export const setup = { element: () => element };

watch("integrations organizations", () => {
  const mine = store.integrations.filter(isShown);
  nothing.hidden = mine.length > 0;
  fill(integrations, mine, (one) => one.id, integrationCard);
  fill(organizations, store.organizations, (one) => one.id, organizationCard);
  const list = another.elements.organizationId;
  fill(list, store.organizations, (one) => one.id, ({ id, name }) => h("option", { value: id }, name));
  if (store.organizationId) list.value = store.organizationId;
});

const TONES = { Active: "good", Completed: "good", Error: "bad", Initiated: "busy" };

function integrationCard({ id, organizationId, messengerType, name, status, createStatus, webhookUrl }) {
  const states = [...new Set([status, createStatus].filter(Boolean))];
  return h("li", {},
    h("p", { class: "line" }, h("strong", {}, name ?? "without a name"), states.map((one) => pill(one, TONES[one] ?? "plain"))),
    pairs([
      ["messenger", messengerType],
      ["id", copyable(id)],
      ...(webhookUrl ? [["webhook", h("span", { class: "url" }, webhookUrl)]] : []),
      ["organization", organizationName(organizationId)],
    ]));
}

function organizationCard({ id, name }) {
  const issue = async () => {
    const answer = await doing(call("POST", "tokens", { organizationId: id }));
    if (answer) tell(`A new token of ${name}, with every permission:`, { accessToken: answer.accessToken });
  };
  return h("li", {}, h("strong", {}, name), pairs([["id", copyable(id)]]),
    button("New access token", issue, { "aria-label": `New access token of ${name}` }));
}

const tell = (text, credentials) =>
  made.replaceChildren(h("div", { class: "sheet inner" }, h("p", {}, text),
    pairs(Object.entries(credentials).map(([one, value]) => [one, copyable(value)]))));

another.onsubmit = async (event) => {
  event.preventDefault();
  const { kind, ...body } = values(another);
  if (!(await doing(call("POST", `integrations/${kind}`, body), `The integration ${body.name} is there.`))) return;
  another.reset();
  showWebhook();
};

form.onsubmit = async (event) => {
  event.preventDefault();
  const { name } = form.elements;
  const answer = await doing(call("POST", "organizations", { name: name.value }));
  if (!answer) return;
  form.reset();
  await doing(refresh("organizations"));
  const { name: called, ...credentials } = answer;
  tell(`${called} is there. What it signs in with:`, credentials);
};
