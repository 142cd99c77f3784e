// The sandbox's clock, and how times are written.

let ahead = 0;

/** Goes by the sandbox's clock from now on. */
export function setClock(time) {
  ahead = Date.parse(time) - Date.now();
}

export const now = () => Date.now() + ahead;

const CLOCK = new Intl.DateTimeFormat([], { timeStyle: "medium", hourCycle: "h23" });
const SHORT = new Intl.DateTimeFormat([], { timeStyle: "short", hourCycle: "h23" });
const DATE = new Intl.DateTimeFormat([], { month: "short", day: "numeric" });

export const clockTime = (time) => CLOCK.format(new Date(time));

/** Writes a time of today as a time, another one as a date. */
export function shortTime(time) {
  const moment = new Date(time);
  const today = moment.toDateString() === new Date(now()).toDateString();
  return (today ? SHORT : DATE).format(moment);
}

/** Writes how long it takes until a time. */
export function until(time) {
  const seconds = Math.max(0, Math.ceil((Date.parse(time) - now()) / 1000));
  return seconds > 90 ? `in ${Math.round(seconds / 60)} min` : seconds ? `in ${seconds} s` : "now";
}
