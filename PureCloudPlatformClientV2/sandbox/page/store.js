// What the page knows of the sandbox, and who is told when it changes.

import { call, happenings } from "./control.js";
import { setClock } from "./times.js";

const KEPT_REQUESTS = 500;

export const store = {
  organizations: [],
  integrations: [],
  conversations: new Map(),
  deliveries: new Map(),
  requests: [],
  faults: [],
  signatures: { mode: "right" },
  rules: [],
  channels: [],
  /** Who is typing, by conversation: {sender, until}. */
  typing: new Map(),
  /** The one organization that is looked at, or none for all. */
  organizationId: "",
};

const watchers = [];
const news = new Set();

/** Calls a function when something of these topics has changed, once for many changes. */
export function watch(topics, action) {
  watchers.push([topics.split(" "), action]);
}

/** Tells that something has changed. */
export function changed(topic) {
  if (!news.size) setTimeout(tell, 16);
  news.add(topic);
}

function tell() {
  const topics = [...news];
  news.clear();
  for (const [wanted, action] of watchers)
    if (wanted.some((topic) => topics.includes(topic))) action(topics);
}

/** Whether something belongs to the organization that is looked at. */
export const isShown = ({ organizationId }) =>
  !store.organizationId || !organizationId || organizationId === store.organizationId;

export const integration = (id) => store.integrations.find((one) => one.id === id);

export function organizationName(id) {
  return store.organizations.find((one) => one.id === id)?.name ?? "nobody's";
}

const readers = {
  async organizations() {
    store.organizations = (await call("GET", "organizations")).organizations;
  },
  async integrations() {
    store.integrations = (await call("GET", "integrations")).integrations;
  },
  async conversations() {
    const { conversations } = await call("GET", "conversations");
    store.conversations = new Map(conversations.map((one) => [one.id, one]));
  },
  async deliveries() {
    const { deliveries } = await call("GET", "deliveries");
    store.deliveries = new Map(deliveries.map((one) => [one.id, one]));
  },
  async requests() {
    store.requests = (await call("GET", "requests")).requests.slice(-KEPT_REQUESTS);
  },
  async faults() {
    store.faults = (await call("GET", "faults")).faults;
  },
  async signatures() {
    store.signatures = await call("GET", "signatures");
  },
  async rules() {
    store.rules = (await call("GET", "bot-rules")).rules;
  },
  async channels() {
    store.channels = (await call("GET", "channels")).channels;
  },
  async clock() {
    setClock((await call("GET", "clock")).time);
  },
};

/** Reads some of the sandbox anew. */
export async function refresh(...topics) {
  await Promise.all(topics.map((topic) => readers[topic]()));
  topics.forEach(changed);
}

/** Follows the sandbox until it hangs up; answers why, if it said so. */
export async function follow(ready) {
  const stop = new AbortController();
  let waiting = null;
  let reading = Promise.resolve();
  let failure = null;
  const read = async () => {
    waiting ??= [];
    await refresh(...Object.keys(readers));
    // What has happened meanwhile is in what was read, or is not: to apply it makes both right.
    const missed = waiting;
    waiting = null;
    missed.forEach(apply);
    ready();
  };
  const readNext = () => {
    reading = reading.then(read).catch((error) => {
      failure ??= error;
      stop.abort();
    });
  };
  try {
    for await (const event of happenings(readNext, stop.signal)) {
      if (event.kind === "end") return event.reason;
      if (event.kind === "reset") readNext();
      else if (waiting) waiting.push(event);
      else apply(event);
    }
  } catch (error) {
    throw failure ?? error;
  }
  return null;
}

function apply({ kind, body }) {
  appliers[kind]?.(body);
}

const appliers = {
  conversation({ conversation, message }) {
    const { messages = [] } = store.conversations.get(conversation.id) ?? {};
    const known = message ? messages.findIndex((one) => one.id === message.id) : -1;
    if (known >= 0) messages[known] = message;
    else if (message) messages.push(message);
    if (message && store.typing.get(conversation.id)?.sender === message.sender)
      store.typing.delete(conversation.id);
    store.conversations.set(conversation.id, { ...conversation, messages });
    changed("conversations");
  },
  typing({ conversationId, sender }) {
    const typing = { sender };
    store.typing.set(conversationId, typing);
    changed("conversations");
    setTimeout(() => {
      if (store.typing.get(conversationId) !== typing) return;
      store.typing.delete(conversationId);
      changed("conversations");
    }, 5000);
  },
  delivery(delivery) {
    store.deliveries.set(delivery.id, delivery);
    changed("deliveries");
    if (store.signatures.times) later("signatures"); // one less
  },
  request(entry) {
    if (store.requests.some((one) => one.correlationId === entry.correlationId)) return;
    store.requests = [...store.requests, entry].slice(-KEPT_REQUESTS);
    changed("requests");
  },
  fault({ faults }) {
    store.faults = faults;
    changed("faults");
  },
  clock({ time }) {
    setClock(time);
    changed("clock");
  },
  channel() {
    later("channels");
  },
  integration() {
    later("integrations", "organizations");
  },
};

const wanted = new Set();

/** Reads something anew in a moment, once for many events. */
function later(...topics) {
  if (!wanted.size)
    setTimeout(() => {
      const all = [...wanted];
      wanted.clear();
      // The stream has ended if this fails, and whoever follows it finds out.
      refresh(...all).catch(() => {});
    }, 100);
  topics.forEach((topic) => wanted.add(topic));
}
