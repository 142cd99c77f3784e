// What a page looks like, as plain data for visits.py.
() => {
  const article = document.querySelector("article") ?? document.body; // the sandbox has none
  const all = (selector, of = document) => [...of.querySelectorAll(selector)];
  const describe = (element) =>
    `${element.tagName.toLowerCase()} ${element.textContent.trim().slice(0, 40)}`;

  // Whether an element, or one around it, scrolls or hides what is too wide.
  const isInScroller = (element) => {
    for (let one = element; one && one !== article; one = one.parentElement)
      if (getComputedStyle(one).overflowX !== "visible") return true;
    return false;
  };

  // Colours as red, green, blue (0 to 255) and opacity (0 to 1), whatever notation they come in.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = ([r, g, b, a], [R, G, B]) =>
    [[r, R], [g, G], [b, B]].map(([top, below]) => top * a + below * (1 - a)).concat(1);
  const background = (element) => {
    const own = rgba(getComputedStyle(element).backgroundColor);
    if (own[3] === 1) return own;
    return over(own, element.parentElement ? background(element.parentElement) : [255, 255, 255, 1]);
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (element) => {
    const below = background(element);
    const text = over(rgba(getComputedStyle(element).color), below);
    const [dark, light] = [luminance(text), luminance(below)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const hasText = (element) =>
    element.checkVisibility() &&
    !element.matches(".headerlink, .copybtn, .copybtn *") &&
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());

  const { scrollWidth, clientWidth } = document.documentElement;
  return {
    title: document.title,
    headings: all("h1").map((heading) => heading.textContent),
    luminance: luminance(background(article)),
    overflow: scrollWidth - clientWidth,
    protruding: all("*", article)
      .filter((one) => one.getBoundingClientRect().right > clientWidth + 1 && !isInScroller(one))
      .map(describe),
    faint: all("*", article)
      .filter((one) => hasText(one) && contrast(one) < 4.5)
      .map((one) => `${describe(one)} (${contrast(one).toFixed(1)})`),
    pictures: all("img").map((image) => [image.src, image.complete && image.naturalWidth > 0]),
    links: all("a[href]").map((link) => link.href),
    ids: all("[id]").map((one) => one.id),
    blocks: all("div.highlight").map((block) => ({
      language: (block.parentElement.className.match(/highlight-(\w+)/) || [])[1] || "",
      text: block.querySelector("pre").textContent,
      tokens: all("pre span[class]", block).length,
      mistakes: all("pre .err", block).map((one) => one.textContent),
      buttons: all("button.copybtn", block).length,
    })),
  };
}
