// The control API: its token, its calls, and the stream of what happens.

const KEPT = "sandbox-control-token";

export const token = {
  /** Takes the token from the address, where it must not stay, or from this tab's memory. */
  find() {
    const given = new URLSearchParams(location.hash.slice(1)).get("token");
    if (given) {
      this.keep(given);
      history.replaceState(null, "", location.pathname + location.search);
    }
    return sessionStorage.getItem(KEPT);
  },
  keep(value) {
    sessionStorage.setItem(KEPT, value);
  },
  forget() {
    sessionStorage.removeItem(KEPT);
  },
};

/** What the sandbox said no to. */
export class Refusal extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

async function request(method, path, body, signal) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem(KEPT)}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const sent = { method, headers, signal, body: body && JSON.stringify(body), cache: "no-store" };
  const response = await fetch(`sandbox/${path}`, sent);
  if (response.ok) return response;
  const error = await response.json().catch(() => ({}));
  throw new Refusal(response.status, error.message ?? `The sandbox answers ${response.status}.`);
}

/** Makes one call, and answers its JSON. */
export async function call(method, path, body) {
  const response = await request(method, path, body);
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

/** Goes through what happens from now on: {kind, organizationId, body}. Calls begun when it can. */
export async function* happenings(begun, signal) {
  const response = await request("GET", "events", undefined, signal);
  begun();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const frames = (text + value).split("\n\n");
    text = frames.pop();
    for (const frame of frames) {
      const [, kind, data] = frame.match(/^event: (.*)\ndata: (.*)$/) ?? [];
      if (kind) yield { kind, ...JSON.parse(data) };
    }
  }
}
