// One message of a chat.

import { button, h, icon, link } from "./dom.js";
import { clockTime } from "./times.js";

const STATES = {
  queued: ["wait", "queued"],
  sent: ["tick", "sent"],
  "delivery-success": ["ticks", "delivered"],
  "delivery-failed": ["cross", "not delivered"],
  failed: ["cross", "failed"],
  read: ["ticks", "read"],
  published: ["ticks", "published"],
};

const SENDERS = { customer: "Customer", agent: "Agent", bot: "Bot", api: "API" };

/** Shows a message; what the customer presses is passed to answer, or is what was chosen already. */
export function message(one, answer, chosen) {
  const sender = SENDERS[one.sender] ?? one.sender;
  if (one.type === "Typing")
    return h("li", { class: `message ${one.sender} typing` },
      h("div", { class: "bubble" }, h("span", { class: "unseen" }, `${sender} is typing`), h("i"), h("i"), h("i")));
  if (one.type === "Event" || one.type === "Receipt") return h("li", { class: "note" }, note(one, sender));
  const contents = one.content ?? [];
  const replies = contents.filter((item) => item.quickReply);
  const others = contents.filter((item) => !item.quickReply);
  return h("li", { class: `message ${one.sender} ${bad(one) ? "bad" : ""}` },
    h("p", { class: "meta" }, sender, " ", h("time", { datetime: one.time, title: one.time }, clockTime(one.time))),
    (one.text || others.length > 0) &&
      h("div", { class: "bubble" }, one.text && h("p", {}, one.text), others.map((item) => content(item, answer))),
    replies.length > 0 &&
      h("ul", { class: "replies", "aria-label": "Quick replies" },
        replies.map(({ quickReply }) => h("li", {}, press(quickReply.text, quickReply.payload, answer, chosen)))),
    one.sender !== "customer" && state(one));
}

const bad = ({ status }) => status === "failed" || status === "delivery-failed";

function state({ status, errorInfo }) {
  const [picture, words] = STATES[status] ?? ["wait", status];
  const why = errorInfo?.message ?? errorInfo?.code;
  return h("p", { class: `state ${status}` }, icon(picture), words, why && `: ${why}`);
}

function press(text, payload, answer, chosen) {
  const isChosen = !answer && chosen !== undefined && chosen === (payload || text);
  const title = answer ? "Answer this, as the customer" : "Answered already, or no longer possible";
  return button(text, () => answer?.(payload || text), { disabled: !answer, title, kind: isChosen ? "reply chosen" : "reply" });
}

function note(one, sender) {
  const event = one.content?.[0] ?? {};
  const words = one.text ?? event.eventType ?? event.presence?.type ?? one.status ?? "";
  return `${one.type}: ${words} (${sender.toLowerCase()}, ${clockTime(one.time)})`;
}

const CONTENTS = {
  attachment: attachment,
  card: card,
  carousel: ({ cards = [] }, answer) => h("div", { class: "carousel", tabindex: "0" }, cards.map((one) => card(one, answer))),
  datePicker: ({ title, subtitle, availableTimes = [] }, answer) =>
    h("div", { class: "card" }, h("strong", {}, title), h("p", {}, subtitle),
      availableTimes.map(({ dateTime }) => press(dateTime, dateTime, answer))),
  template: ({ header, body, footer }) =>
    h("div", {}, h("strong", {}, header?.text), h("p", {}, body?.text), h("small", {}, footer?.text)),
  buttonResponse: ({ text }) => h("p", {}, text),
};

function content(item, answer) {
  const [name] = Object.keys(CONTENTS).filter((one) => item[one]);
  return name ? CONTENTS[name](item[name], answer) : h("p", { class: "muted" }, item.contentType);
}

function attachment({ url = "", filename, mediaType, mime }) {
  const name = filename ?? url.split("/").pop();
  if (mediaType === "Image" && url.startsWith(`${location.origin}/`))
    return h("img", { src: url, alt: name, loading: "lazy" });
  return h("p", { class: "attachment" }, icon("file"), link(url, name), h("small", {}, mime ?? mediaType));
}

function card({ title, description, actions = [] }, answer) {
  return h("div", { class: "card" }, h("strong", {}, title), h("p", {}, description),
    actions.map(({ type, text, payload, url }) =>
      type === "Link" ? link(url ?? "", text) : press(text, payload, answer)));
}
