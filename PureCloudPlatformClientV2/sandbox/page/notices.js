// What the page says to whoever uses it, and what it asks first.

import { h } from "./dom.js";

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
