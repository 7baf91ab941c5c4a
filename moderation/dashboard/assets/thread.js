// Draws comments as a list. Text goes in by textContent only: nothing a commenter wrote is
// ever parsed as markup. The shape of `data` is documented in live.thread_view.
const INDENT_LEVELS = 10;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// Puts the first characters of a text into a holder, its marked parts in elements of their own.
function fill(holder, characters, marks, count) {
  const part = (from, to) => characters.slice(from, Math.min(to, count)).join("");
  holder.replaceChildren();
  let place = 0;
  for (const [start, end, what] of marks) {
    if (start >= count) break;
    const marked = element("mark", "", part(start, end));
    marked.title = what;
    holder.append(part(place, start), marked);
    place = end;
  }
  holder.append(part(place, count));
}

function passage(className, text, limit, marks = []) {
  const holder = element("div", className);
  holder.dir = "auto";
  const characters = Array.from(text);
  if (characters.length <= limit) {
    fill(holder, characters, marks, characters.length);
    return [holder];
  }
  const total = characters.length.toLocaleString("en");
  const more = element("button", "more");
  more.type = "button";
  const show = (all) => {
    fill(holder, characters, marks, all ? characters.length : limit);
    if (!all) holder.append("…");
    more.textContent = all ? "Show less" : `Show all ${total} characters`;
    more.setAttribute("aria-expanded", String(all));
  };
  more.onclick = () => show(more.getAttribute("aria-expanded") !== "true");
  show(false);
  return [holder, more];
}

function quoted(node, limit) {
  if (!node.quoted) return [];
  const parts = passage("quoted", node.quoted, limit);
  parts[0].setAttribute("role", "note");
  parts[0].setAttribute("aria-label", "Quoted from other comments");
  return parts;
}

function score(node) {
  if (node.top === null) return element("span", "score none", "not scored");
  const { name, value, flagged } = node.top;
  const chip = element("span", flagged ? "score flagged" : "score");
  const bar = element("span", "bar");
  bar.style.setProperty("--value", `${Math.round(value * 100)}%`);
  bar.setAttribute("aria-hidden", "true");
  chip.append(bar, `${name} ${value.toFixed(2)}`);
  return chip;
}

function head(node, data, open) {
  const line = element("div", "head");
  const author = element("bdi", "author", node.author || "no name");
  line.append(author);
  if (node.when) line.append(element("bdi", "when", node.when));
  if (node.depth >= INDENT_LEVELS) line.append(element("span", "level", `level ${node.depth + 1}`));
  line.append(score(node));
  if (node.place) line.append(element("bdi", "place", node.place));
  if (node.mark) line.append(element("span", "mark", node.mark));
  if (node.state) line.append(element("span", `state ${node.state}`, node.state));
  if (!node.current && data.open_label) {
    const link = element("a", "open", data.open_label);
    link.href = `./?comment=${encodeURIComponent(node.id)}`;
    link.setAttribute("aria-label", `${data.open_label}: comment by ${node.author || "no name"}`);
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(node.id);
    };
    line.append(link);
  }
  return line;
}

function foldable(items) {
  const folded = new Set();
  const redraw = () => {
    let hiddenBelow = Infinity;
    for (const item of items) {
      if (item.level <= hiddenBelow) hiddenBelow = Infinity;
      item.row.hidden = hiddenBelow < item.level;
      if (!item.row.hidden && folded.has(item)) hiddenBelow = item.level;
    }
  };
  items.forEach((item, index) => {
    let end = index + 1;
    while (end < items.length && items[end].level > item.level) end += 1;
    const count = end - index - 1;
    if (!count) return;
    const button = element("button", "fold");
    button.type = "button";
    const label = () => {
      const open = !folded.has(item);
      button.textContent = open ? "−" : `+${count}`;
      button.setAttribute("aria-expanded", String(open));
      const noun = count === 1 ? "reply" : "replies";
      button.setAttribute("aria-label", `${open ? "Hide" : "Show"} ${count} ${noun}`);
    };
    button.onclick = () => {
      if (!folded.delete(item)) folded.add(item);
      label();
      redraw();
    };
    label();
    item.row.querySelector(".head").prepend(button);
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const list = element("ol", data.dense ? "thread dense" : data.fold ? "thread heat" : "thread");
  list.setAttribute("aria-label", data.label);
  const open = (id) => setTriggerValue("open", id);
  if (data.blur) list.classList.add(`blur-${data.blur}`);
  const items = data.nodes.map((node) => {
    const row = element("li", node.current ? "comment current" : "comment");
    if (node.harsh) row.classList.add("harsh");
    row.style.setProperty("--depth", Math.min(node.depth, INDENT_LEVELS));
    row.style.setProperty("--heat", `${Math.round((node.top?.value ?? 0) * 100)}%`);
    if (node.gap) {
      row.className = "gap";
      row.textContent = node.gap;
    } else if (data.dense) {
      const text = passage("text", node.text, data.limit)[0];
      row.append(head(node, data, open), text);
      if (node.current) row.setAttribute("aria-current", "true");
    } else {
      const limit = node.current ? data.limit * 4 : data.limit;
      row.append(head(node, data, open), ...quoted(node, data.quoted_limit));
      row.append(...passage("text", node.text, limit, node.marks));
      if (node.why) row.append(element("div", "why", node.why));
      if (node.current) row.setAttribute("aria-current", "true");
    }
    // What is blurred is shown while it is pointed at or focused, by keyboard too.
    if (data.blur && (node.harsh || node.marks?.length)) {
      const text = row.querySelector(".text");
      if (text) text.tabIndex = 0;
    }
    return { row, level: node.depth };
  });
  list.append(...items.map((item) => item.row));
  if (data.fold) foldable(items);
  parentElement.querySelector(".thread")?.remove();
  parentElement.append(list);
}
