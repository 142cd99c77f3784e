// Elements from data, and what the page says and asks. Text only ever becomes a text node,
// whatever is in it.

/** Makes an element: properties beginning with "on" are listeners, others attributes. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child || child === 0));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** Makes one of the pictures that index.html has. */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  picture.append(use);
  return picture;
}

/** Makes a button that says what it does, by words or by a picture with a name. */
export function button(label, action, { picture, kind, wordless, ...others } = {}) {
  const words = h("span", { class: wordless ? "unseen" : null }, label);
  const title = wordless ? label : others.title;
  const properties = { type: "button", class: kind, onclick: action, ...others, title };
  return h("button", properties, picture && icon(picture), words);
}

/** Makes a link to another site, or plain text of what is no web address. */
export function link(url, text = url) {
  if (!/^https?:\/\//i.test(url)) return h("span", {}, text);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text);
}

/** Makes a field with its label. */
export function field(label, input, hint) {
  return h("label", { class: "field" }, h("span", {}, label), input, hint && h("small", {}, hint));
}

export const input = (name, properties = {}) =>
  h("input", { name, autocomplete: "off", spellcheck: "false", ...properties });

/** Makes a choice among [value, label] pairs. */
export function select(name, options, chosen, properties = {}) {
  const items = options.map(([value, label]) =>
    h("option", { value, selected: value === chosen }, label),
  );
  return h("select", { name, ...properties }, items);
}

/** Makes a few alternatives that are all seen. */
export function choice(name, legend, options, chosen, onchange) {
  const one = ([value, label]) =>
    h("label", {}, h("input", { type: "radio", name, value, checked: value === chosen, onchange }),
      h("span", {}, label));
  return h("fieldset", { class: "choice" }, h("legend", { class: "unseen" }, legend), options.map(one));
}

/** Makes a small mark of a state: "good", "bad", "busy" or "plain". */
export const pill = (text, tone = "plain", title) => h("span", { class: `pill ${tone}`, title }, text);

/** Makes what stands where there is nothing yet. */
export const empty = (title, ...text) =>
  h("div", { class: "empty" }, h("p", { class: "title" }, title), h("p", {}, ...text));

/** Makes a text that a click copies. */
export function copyable(text) {
  const copy = async (event) => {
    const mark = event.currentTarget;
    await navigator.clipboard.writeText(text);
    mark.classList.add("copied");
    setTimeout(() => mark.classList.remove("copied"), 1200);
  };
  return h("button", { type: "button", class: "copyable", onclick: copy, title: "Copy" },
    h("code", {}, text), icon("copy"));
}

/** Makes a list of names and values. */
export const pairs = (entries) =>
  h("dl", { class: "pairs" },
    entries.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]).flat());

const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)/g;

/** Shows JSON, indented and coloured; what is none is shown as it is. */
export function json(value) {
  let text = value;
  try {
    text = JSON.stringify(typeof value === "string" ? JSON.parse(value) : value, null, 2);
  } catch {
    return h("pre", { tabindex: "0" }, value);
  }
  const pre = h("pre", { class: "json", tabindex: "0" });
  let end = 0;
  for (const found of text.matchAll(TOKENS)) {
    const [token, string, colon, number] = found;
    const kind = string ? (colon ? "key" : "string") : number ? "number" : "word";
    const shown = string ?? token;
    pre.append(text.slice(end, found.index), h("span", { class: kind }, shown));
    end = found.index + shown.length;
  }
  pre.append(text.slice(end));
  return pre;
}

/** Brings the children of a list in line with items, and leaves alone those that are the same.
 *
 * What is open stays open, and what has the focus keeps it, also in an item that has changed.
 */
export function fill(list, items, key, build, version = JSON.stringify) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const children = items.map((item) => {
    const id = String(key(item));
    const now = version(item);
    const old = known.get(id);
    known.delete(id);
    if (old?.version === now) return old;
    const child = build(item);
    child.dataset.key = id;
    child.version = now;
    if (old) takeOver(old, child, focused);
    return child;
  });
  for (const child of known.values()) child.remove();
  children.forEach((child, place) => {
    if (list.children[place] !== child) list.insertBefore(child, list.children[place] ?? null);
  });
  if (focused?.isConnected && document.activeElement !== focused) focused.focus();
}

const PARTS = "details, button, a, input, summary, textarea";

function takeOver(old, child, focused) {
  const before = [old, ...old.querySelectorAll(PARTS)];
  const after = [child, ...child.querySelectorAll(PARTS)];
  old.replaceWith(child);
  before.forEach((part, place) => {
    if (part.open && after[place]?.tagName === part.tagName) after[place].open = true;
  });
  const place = before.indexOf(focused);
  if (focused && place >= 0) after[place]?.focus();
}

/** Reads a form into an object, without what was left empty. */
export function values(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
}

const SHOWN_MILLISECONDS = 6000;

/** Says something for a few seconds. */
export function notify(text, tone = "good") {
  const notice = h("p", { class: `notice ${tone}` }, text);
  document.querySelector("#notices").append(notice);
  setTimeout(() => notice.remove(), SHOWN_MILLISECONDS);
}

/** Waits for a call, and says that it was done or why not; answers what came, or null. */
export async function doing(promise, done) {
  try {
    const answer = await promise;
    if (done) notify(done);
    return answer ?? true;
  } catch (error) {
    notify(error.status ? error.message : "The sandbox cannot be reached.", "bad");
    return null;
  }
}

/** Asks before something that cannot be taken back. */
export function ask(title, text, verb) {
  const dialog = document.querySelector("#confirm");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("p").textContent = text;
  dialog.querySelector(".danger").textContent = verb;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
  });
}
