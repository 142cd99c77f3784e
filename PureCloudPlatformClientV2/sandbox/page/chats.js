// Conversations, as chats in which one can write as the customer or as the agent.

import { call } from "./control.js";
import {
  button, choice, copyable, doing, empty, field, fill, h, icon, input, pairs, pill, select, values,
} from "./dom.js";
import { message } from "./messages.js";
import { integration, isShown, organizationName, store, watch } from "./store.js";
import { clockTime, shortTime } from "./times.js";

const TYPING_EVERY = 4000;

let openId = null;

const list = h("ul", { class: "conversations", "aria-label": "Conversations" });
const nothing = empty("No conversations yet",
  "Write as a customer here, or have your middleware post an inbound message.");
const chat = h("section", { class: "chat", "aria-label": "Conversation" });
const element = h("div", { class: "chats" },
  h("section", { class: "side", "aria-label": "All conversations" },
    h("header", { class: "bar" }, h("h1", {}, "Chats"),
      h("a", { class: "button", href: "#/chats/new" }, icon("plus"), "New")),
    nothing, list),
  chat);

export const chats = {
  element: () => element,
  open([id]) {
    openId = id ?? null;
    show();
  },
};

watch("conversations integrations organizations", show);

function show() {
  showChat();
  showList();
}

const nameOf = ({ customer }) => customer.name ?? customer.id;

const tint = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 6, 0);

function avatar(conversation) {
  const name = nameOf(conversation);
  const letters = name.match(/\p{L}|\p{N}/gu) ?? ["?"];
  const words = name.split(/[\s@._-]+/).filter(Boolean);
  const initials = words.length > 1 ? words[0][0] + words[1][0] : letters.slice(0, 2).join("");
  return h("span", { class: `avatar tint-${tint(name)}`, "aria-hidden": "true" }, initials.toUpperCase());
}

// The list

const latest = (one) => one.lastMessageTime ?? one.startTime;

function conversations() {
  const all = [...store.conversations.values()].filter(isShown);
  return all.sort((one, other) => latest(other).localeCompare(latest(one)));
}

function showList() {
  const all = conversations();
  nothing.hidden = all.length > 0;
  const version = (one) =>
    JSON.stringify([one.customer, one.state, one.messages?.at(-1), latest(one), one.id === shown,
      store.typing.get(one.id)?.sender]);
  fill(list, all, (one) => one.id, item, version);
}

function item(conversation) {
  const { id, messengerType, state } = conversation;
  const last = conversation.messages?.findLast((one) => one.text || one.content?.length);
  const typing = store.typing.get(id);
  const words = typing ? `${typing.sender} is typing …` : snippet(last);
  return h("li", {},
    h("a", { href: `#/chats/${id}`, "aria-current": id === shown ? "true" : null },
      avatar(conversation),
      h("span", { class: "lines" },
        h("span", { class: "line" }, h("strong", {}, nameOf(conversation)),
          h("time", { datetime: latest(conversation) }, shortTime(latest(conversation)))),
        h("span", { class: "line" }, h("span", { class: "snippet" }, words),
          state === "disconnected" ? pill("ended") : h("span", { class: "messenger" }, messengerType)))));
}

function snippet(last) {
  if (!last) return "no messages";
  const words = last.text || last.content.map((one) => one.contentType).join(", ");
  return last.sender === "customer" ? words : `${last.sender}: ${words}`;
}

// The chat

let shown = null;
/** Whether the focus belongs into the chat that is shown next. */
let beginsToWrite = false;

function showChat() {
  element.dataset.open = openId !== null;
  if (openId === "new") {
    if (shown !== "new") chat.replaceChildren(...beginning());
    shown = "new";
    if (!chat.contains(document.activeElement)) chat.querySelector("input[name=from]")?.focus();
    fillIntegrations();
    return;
  }
  const wide = matchMedia("(min-width: 760px)").matches;
  // Where there is room for one, the latest, until another is picked: not the latest of each moment.
  const first = () => store.conversations.get(shown) ?? conversations()[0];
  const conversation = openId ? store.conversations.get(openId) : wide && first();
  if (!conversation) {
    shown = null;
    chat.replaceChildren(
      openId ? empty("This conversation is gone", "The sandbox has been reset since.") :
        empty("Nothing to show", "Pick a conversation, or begin one as a customer."));
    return;
  }
  if (shown !== conversation.id) {
    shown = conversation.id;
    chat.replaceChildren(h("div"), log(), composer());
  }
  showHead(conversation);
  showMessages(conversation);
  showComposer(conversation);
  if (beginsToWrite) chat.querySelector("textarea").focus();
  beginsToWrite = false;
}

const current = () => store.conversations.get(shown);

function showHead(conversation) {
  const now = JSON.stringify({ ...conversation, messages: null, lastMessageTime: null });
  const old = chat.firstElementChild;
  if (old.version === now) return;
  const head = headOf(conversation);
  head.version = now;
  const before = old.querySelector("details");
  if (before?.open) head.querySelector("details").open = true;
  old.replaceWith(head);
}

function headOf(conversation) {
  const { id, state, messengerType, integrationId } = conversation;
  const connected = state === "connected";
  const ids = pairs([
    ["conversation", copyable(id)],
    ["customer", copyable(conversation.customer.id)],
    ["integration", copyable(integrationId)],
    ...["queueId", "userId", "agentParticipantId", "agentCommunicationId"]
      .filter((name) => conversation[name])
      .map((name) => [name, copyable(conversation[name])]),
    ["organization", organizationName(conversation.organizationId)],
    ["began", clockTime(conversation.startTime)],
  ]);
  return h("header", { class: "head" },
    h("a", { class: "back", href: "#/chats" }, icon("back"), h("span", { class: "unseen" }, "All chats")),
    avatar(conversation),
    h("div", { class: "who" },
      h("h2", {}, nameOf(conversation)),
      h("p", {}, messengerType, " · ", integration(integrationId)?.name ?? "an integration that is gone")),
    pill(connected ? "connected" : "ended", connected ? "good" : "plain"),
    h("details", { class: "ids" }, h("summary", {}, "Ids"), ids),
    connected && button("End", () => doing(call("POST", `conversations/${id}/disconnect`, {})),
      { picture: "end", kind: "quiet", title: "End the conversation, as the agent" }));
}

function log() {
  return h("div", { class: "log", role: "log", "aria-label": "Messages", tabindex: "0" }, h("ol"));
}

function showMessages(conversation) {
  const scroller = chat.querySelector(".log");
  const { scrollHeight, scrollTop, clientHeight } = scroller;
  const atEnd = scrollHeight - scrollTop - clientHeight < 80;
  const items = [...(conversation.messages ?? [])];
  const typing = store.typing.get(conversation.id);
  if (typing) items.push({ id: "typing", sender: typing.sender, type: "Typing" });
  const last = items.findLast((one) => one.type !== "Typing" && one.type !== "Receipt");
  const open = conversation.state === "connected" || conversation.messengerType === "open";
  const chosen = (one) => items[items.indexOf(one) + 1]?.text;
  fill(scroller.firstElementChild, items, (one) => one.id,
    (one) => message(one, open && one === last ? answer : null, chosen(one)),
    (one) => JSON.stringify([one, one === last && open, one.content && chosen(one)]));
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

// Writing

async function answer(text) {
  const conversation = current();
  const { organizationId, integrationId, customer } = conversation;
  const body = { organizationId, integrationId, from: customer.id, text };
  return doing(call("POST", "customer-messages", body));
}

const reply = (text) => doing(call("POST", `conversations/${shown}/agent-messages`, { text }));

function composer() {
  const form = h("form", { class: "composer", "aria-label": "Write a message" });
  const text = h("textarea", { name: "text", rows: 1, required: true, "aria-label": "Message",
    placeholder: "Write a message" });
  const senders = [["customer", "as customer"], ["agent", "as agent"]];
  let lastTyping = 0;
  text.oninput = () => {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 2}px`;
    const { state } = current();
    if (Date.now() - lastTyping < TYPING_EVERY || !text.value || state !== "connected") return;
    lastTyping = Date.now();
    doing(call("POST", `conversations/${shown}/typing`, { sender: new FormData(form).get("sender") }));
  };
  text.onkeydown = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    const { sender, text: written } = values(form);
    if (!written?.trim()) return;
    text.value = "";
    text.style.height = "auto";
    lastTyping = 0;
    const sent = await (sender === "agent" ? reply(written) : answer(written));
    if (sent === null && !text.value) text.value = written;
    text.focus();
  };
  form.append(
    h("div", { class: "line" }, choice("sender", "Write as", senders, "customer"),
      h("p", { class: "reason", role: "status" })),
    h("div", { class: "row" }, text,
      h("button", { class: "primary send" }, icon("send"), h("span", { class: "unseen" }, "Send"))),
    h("p", { class: "hint" }, h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift"), "+", h("kbd", {}, "Enter"),
      " begins a line"));
  return form;
}

function showComposer({ state, agentParticipantId }) {
  const agent = chat.querySelector("input[value=agent]");
  const reason = state !== "connected" ? "It has ended; the customer may write again." :
    agentParticipantId ? "" : "The bot has it; an agent may write once it hands over.";
  agent.disabled = reason !== "";
  const line = chat.querySelector(".composer .reason");
  if (line.textContent !== reason) line.textContent = reason;
  if (agent.disabled) chat.querySelector("input[value=customer]").checked = true;
}

// A new conversation

function beginning() {
  const form = h("form", { class: "sheet" },
    h("a", { class: "back", href: "#/chats" }, icon("back"), h("span", { class: "unseen" }, "All chats")),
    h("h2", {}, "Write as a customer"),
    h("p", { class: "muted" }, "Opens a conversation, or continues the one that this customer has there."),
    field("Integration", select("integrationId", [], "", { required: true })),
    h("div", { class: "columns" },
      field("Customer's id", input("from", { required: true, value: "ann@example.com" }),
        "an address or number, as its messenger has it"),
      field("Name", input("name", { value: "Ann Lee" }))),
    field("Message", h("textarea", { name: "text", rows: 3, required: true }, "Hello")),
    h("p", { class: "actions" }, h("button", { class: "primary" }, icon("send"), "Send")));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const body = values(form);
    body.organizationId = integration(body.integrationId)?.organizationId;
    const conversation = await doing(call("POST", "customer-messages", body));
    if (!conversation) return;
    beginsToWrite = true;
    location.hash = `#/chats/${conversation.id}`;
  };
  return [form, h("div", { class: "without" },
    empty("No integration to write to", "Make one in ", h("a", { href: "#/setup" }, "Setup"),
      ", or by your program."))];
}

function fillIntegrations() {
  const usable = store.integrations.filter(isShown);
  const list = chat.querySelector("select[name=integrationId]");
  const several = new Set(usable.map((one) => one.organizationId)).size > 1;
  fill(list, usable, (one) => one.id, (one) =>
    h("option", { value: one.id }, `${one.name} (${one.messengerType})`,
      several && ` of ${organizationName(one.organizationId)}`));
  chat.querySelector(".sheet").hidden = !usable.length;
  chat.querySelector(".without").hidden = usable.length > 0;
}
