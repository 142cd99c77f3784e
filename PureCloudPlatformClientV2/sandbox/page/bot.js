// The scripted bot: what it answers to what.

import { call } from "./control.js";
import { ask, button, choice, doing, empty, field, fill, h, input, pill, select, values } from "./dom.js";
import { integration, refresh, store, watch } from "./store.js";

const rules = h("ol", { class: "cards rules" });
const nothing = empty("The bot is silent", "Without a rule that fits, it answers nothing, and an agent has to.");
const clear = button("Take all away", takeAway, { kind: "danger" });
const form = h("form", { class: "sheet inner" });

const element = h("div", { class: "view" },
  h("header", { class: "bar" }, h("h1", {}, "Bot")),
  h("section", {}, h("h2", {}, "Rules"), h("p", { class: "muted" }, "The first that fits what a customer writes is the answer."),
    nothing, rules, h("p", { class: "actions" }, clear)),
  h("section", {}, h("h2", {}, "Another rule"), form));

export const bot = {
  element: () => element,
  enter: () => doing(refresh("rules")),
};

watch("rules integrations", () => {
  nothing.hidden = store.rules.length > 0;
  clear.hidden = !store.rules.length;
  fill(rules, store.rules.map((rule, place) => ({ ...rule, place })), (one) => one.place, item);
  const list = form.elements.integrationId;
  const chosen = list.value;
  const options = store.integrations.map(({ id, name }) => h("option", { value: id }, name));
  list.replaceChildren(h("option", { value: "" }, "all"), ...options);
  list.value = chosen;
});

function item({ text, pattern, integrationId, reply, quickReplies = [], card, carousel, attachment, handOver }) {
  const when = text ? ["“", text, "”"] : pattern ? [h("code", {}, `/${pattern}/`)] : ["anything else"];
  const others = Object.entries({ card, carousel, attachment }).filter(([, value]) => value).map(([name]) => name);
  return h("li", {},
    h("p", {}, h("span", { class: "muted" }, "on "), h("strong", {}, when),
      integrationId && h("span", { class: "muted" }, ` at ${integration(integrationId)?.name ?? integrationId}`)),
    reply && h("p", { class: "bubble" }, reply),
    h("p", { class: "line start" }, quickReplies.map((one) => pill(one.text ?? one)), others.map((one) => pill(one)),
      handOver && pill("hands over", "busy")));
}

async function takeAway() {
  if (!(await ask("Take all rules away?", "The bot is silent then.", "Take away"))) return;
  await doing(call("DELETE", "bot-rules").then(() => refresh("rules")));
}

const MODES = [["text", "this text"], ["pattern", "a pattern"], ["any", "anything"]];

form.append(
  h("div", { class: "columns" },
    h("div", { class: "field" }, h("span", {}, "When the customer writes"), choice("mode", "Kind of rule", MODES, "text", showWords)),
    field("Words", input("words", { required: true, placeholder: "menu" }))),
  field("The bot answers", h("textarea", { name: "reply", rows: 2, placeholder: "What shall it be?" })),
  h("div", { class: "columns" },
    field("Quick replies", input("quickReplies", { placeholder: "Tea, Coffee" }), "with commas between them"),
    field("At the integration", select("integrationId", [["", "all"]]))),
  h("label", { class: "check" }, h("input", { type: "checkbox", name: "handOver" }), " then an agent takes over"),
  h("p", { class: "actions" }, h("button", { class: "primary" }, "Add the rule")));

function showWords() {
  const { words, mode } = form.elements;
  words.disabled = mode.value === "any";
}

form.onsubmit = async (event) => {
  event.preventDefault();
  const { mode, words, reply, quickReplies, integrationId, handOver } = values(form);
  const choices = (quickReplies ?? "").split(",").map((one) => one.trim()).filter(Boolean);
  const rule = { reply, integrationId };
  if (mode !== "any") rule[mode] = words;
  if (choices.length) rule.quickReplies = choices;
  if (handOver) rule.handOver = true;
  if (await doing(call("POST", "bot-rules", rule), "The bot knows one more answer.")) {
    form.reset();
    showWords();
    await doing(refresh("rules"));
  }
};
