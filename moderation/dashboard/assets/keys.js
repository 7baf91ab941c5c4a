// Keys press what is on the page, as the mouse would: a button by the letter it shows, of an open
// dialog alone. (Streamlit hears a shortcut only once its button is drawn and some work after it is
// done, and loses what comes before.) Held down, a key presses once.
// A letter chooses its reason and, with Shift, rejects for it; f chooses the next one, the bold ones
// first; n goes to the note, / to the search; ? lists the keys. What is chosen stands in the browser
// at once, so that the key after it counts with it. Escape leads out of a field, a switch or a
// chooser, which keep the keys.
const FIELDS = { N: "Note for colleagues", "/": "Search" };
const NEXT = "F";
const DIALOG = '[data-testid="stDialog"]';

function isTyping(target) {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

function reject(chooser) {
  const comment = chooser.className.match(/st-key-reason-(\w+)/)[1];
  document.querySelector(`.st-key-reject-${comment} button`)?.click();
}

function nextOf(reasons) {
  const bold = reasons.filter((one) => one.querySelector("strong"));
  const order = [...new Set([...bold, ...reasons])];
  const chosen = order.findIndex((one) => one.getAttribute("aria-checked") === "true");
  return order[(chosen + 1) % order.length];
}

function choose(letter, atOnce) {
  const chooser = document.querySelector('[class*="st-key-reason-"]');
  if (!chooser) return;
  const reasons = [...chooser.querySelectorAll("[role=radio]")];
  const named = reasons.find((one) => one.querySelector("code")?.textContent === letter);
  (letter === NEXT ? nextOf(reasons) : named)?.click();
  if (named && atOnce) reject(chooser);
}

// What is printed on a key; in another script, or while an input method listens, its place counts.
function letterOf({ key, code }) {
  const isPlain = /^[ -~]$/.test(key) || !/^Key[A-Z]$/.test(code);
  return isPlain ? key.toUpperCase() : code.at(-1);
}

function shortcut(letter, layer) {
  const keys = [...layer.querySelectorAll("button:not(:disabled) kbd")];
  return keys.find((one) => one.textContent === letter)?.closest("button");
}

function pressed(event) {
  const target = event.composedPath()[0];
  if (event.key === "Escape" && isTyping(target)) target.blur();
  if (["Control", "Meta", "Alt", "AltGraph"].some((one) => event.getModifierState(one))) return;
  if (isTyping(target)) return;
  const letter = letterOf(event);
  if (/^[A-Z0-9]$/.test(letter)) event.stopPropagation(); // Streamlit would press, too
  if (event.repeat) return;
  const dialog = document.querySelector(DIALOG);
  if (!event.shiftKey) shortcut(letter, dialog ?? document)?.click();
  if (dialog) return;
  if (letter === "?") document.querySelector(".st-key-keys button")?.click();
  choose(letter, event.shiftKey);
  const label = FIELDS[letter];
  const field = label && document.querySelector(`input[aria-label="${label}"]`);
  if (!field) return;
  event.preventDefault();
  field.focus();
}

export default function () {
  window.addEventListener("keydown", pressed, true); // once, however often this is drawn
  document.documentElement.dataset.listens = "";
}
