// Notification channels: who listens to what.

import { call } from "./control.js";
import { button, copyable, doing, empty, fill, h, pairs, pill } from "./dom.js";
import { isShown, organizationName, refresh, store, watch } from "./store.js";
import { clockTime, shortTime } from "./times.js";

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

const DISTURBANCES = [
  ["drop", "Drop", "The connection breaks off"],
  ["silence", "Silence", "The connection stays, and nothing comes any more, not even a heartbeat"],
  ["socket-closing", "Announce closing", "As before maintenance of the platform"],
  ["close", "Close", "The channel ends, and with it what it is subscribed to"],
];

function card({ id, organizationId, userId, connected, expires, topics }) {
  const disturb = ([what, label, title]) =>
    button(label, () => doing(call("POST", `channels/${id}/${what}`)), { title });
  return h("li", {},
    h("p", { class: "line" }, copyable(id), pill(connected ? "connected" : "nobody listens", connected ? "good" : "plain")),
    pairs([
      ["organization", organizationName(organizationId)],
      ...(userId ? [["user", copyable(userId)]] : []),
      ["expires", `${shortTime(expires)}, ${clockTime(expires)}`],
    ]),
    topics.length > 0
      ? h("ul", { class: "topics", "aria-label": "Topics" }, topics.map((topic) => h("li", {}, h("code", {}, topic))))
      : h("p", { class: "muted" }, "no topics"),
    h("p", { class: "actions" }, DISTURBANCES.filter(([what]) => connected || what === "close").map(disturb)));
}
