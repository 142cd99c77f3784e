// Notification channels: who listens to what.

import { copyable, empty, fill, h, pairs, pill } from "./dom.js";
import { doing } from "./notices.js";
import { isShown, organizationName, refresh, store, watch } from "./store.js";
import { clockTime } from "./times.js";

const list = h("ul", { class: "cards wide" });
const nothing = empty("No channels", "A program opens one by POST /api/v2/notifications/channels, and connects to its WebSocket.");
const element = h("div", { class: "view" },
  h("header", { class: "bar" }, h("h1", {}, "Notification channels")), nothing, list);

export const channels = {
  element: () => element,
  enter: () => doing(refresh("channels")),
};

watch("channels organizations", () => {
  const mine = store.channels.filter(isShown);
  nothing.hidden = mine.length > 0;
  fill(list, mine, (one) => one.id, card);
});

function card({ id, organizationId, connected, expires, topics = [] }) {
  return h("li", {},
    h("p", { class: "line" }, h("strong", {}, copyable(id)), pill(connected ? "connected" : "nobody listens", connected ? "good" : "plain")),
    pairs([
      ["organization", organizationName(organizationId)],
      ...(expires ? [["expires", clockTime(expires)]] : []),
    ]),
    topics.length > 0
      ? h("ul", { class: "topics" }, topics.map((one) => h("li", {}, h("code", {}, one.id ?? one))))
      : h("p", { class: "muted" }, "no topics"));
}
