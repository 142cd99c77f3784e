// Searches the names of the reference (reference.md), and leads there from the search of the site.
// The index is a script and not JSON, so that it loads from a folder as well.
(() => {
  "use strict";
  const SHOWN = 60;

  const lookElsewhere = () => {
    const query = new URLSearchParams(location.search).get("q");
    const results = document.getElementById("search-results");
    if (!query || !results) return;
    const line = document.createElement("p");
    const link = document.createElement("a");
    link.href = `reference.html#q=${encodeURIComponent(query)}`;
    link.textContent = `Look for “${query}” among all methods, models and topics of the platform`;
    line.append(link);
    results.before(line);
  };

  // One entry for each method, model and topic: what it is called, what is said of it, and where.
  const readIndex = () =>
    Object.entries(window.referenceIndex).flatMap(([page, lines]) => {
      const owner = page.replace("../", "");
      return lines.map((line) => {
        const [id, ...words] = line.split(" ");
        const name = words.length ? `${owner}.${id}` : id;
        const about = words.length ? words.join(" ") : page === "topics" ? "topic" : "model";
        const fragment = id === owner ? "" : `#${encodeURIComponent(id)}`;
        const text = `${name} ${about}`.toLowerCase();
        return { id: id.toLowerCase(), name, about, href: `reference/${page}.html${fragment}`,
                 text: `${text} ${text.replaceAll("_", "")}` };
      });
    });

  // What is called just so comes first, then what begins so, then the shortest names.
  const find = (entries, query) => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = words.join("_");
    const rank = ({ id }) => (id === wanted ? 0 : id.startsWith(wanted) ? 1 : 2);
    return entries
      .filter(({ text }) => words.every((word) => text.includes(word)))
      .sort((a, b) => rank(a) - rank(b) || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  };

  // A long name may break between its words.
  const append = (element, text) => {
    for (const part of text.split(/(?<=[._/])|(?<=[a-z])(?=[A-Z])/))
      element.append(part, document.createElement("wbr"));
  };

  const start = (form) => {
    const entries = readIndex();
    const [input, status, list] = ["input", "p", "ul"].map((tag) => form.querySelector(tag));

    const show = ({ name, about, href }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const more = document.createElement("span");
      link.href = href;
      append(link, name);
      append(more, about);
      item.append(link, " ", more);
      return item;
    };

    const update = () => {
      const query = input.value.trim();
      const found = query ? find(entries, query) : [];
      list.replaceChildren(...found.slice(0, SHOWN).map(show));
      const rest = found.length > SHOWN ? `, the first ${SHOWN} of them below` : "";
      status.textContent = query ? `${found.length} found${rest}` : "";
      history.replaceState(null, "", query ? `#q=${encodeURIComponent(query)}` : location.pathname);
    };

    // From the field down to the results and back; Enter opens the first, or the one in focus.
    const move = (event) => {
      const stops = [input, ...list.querySelectorAll("a")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        const next = stops[stops.indexOf(document.activeElement) + step];
        if (next) next.focus();
        event.preventDefault();
      } else if (event.key === "Escape") {
        input.value = "";
        update();
        input.focus();
      }
    };

    const readAddress = () => {
      if (!location.hash.startsWith("#q=")) return;
      input.value = decodeURIComponent(location.hash.slice(3));
      update();
      input.focus();
    };

    form.hidden = false;
    input.addEventListener("input", update);
    form.addEventListener("keydown", move);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const first = list.querySelector("a");
      if (first) first.click();
    });
    addEventListener("hashchange", readAddress);
    readAddress();
  };

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("reference-search");
    if (form && window.referenceIndex) start(form);
    else lookElsewhere();
  });
})();
