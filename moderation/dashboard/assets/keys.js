// Keys press what is on the page, as the mouse would: a button by the letter it shows, of an open
// dialog alone. (Streamlit hears a shortcut only once its button is drawn and some work after it is
// done, and loses what comes before.) Held down, a key presses once.
// A letter chooses its reason and, with Shift, rejects for it; f chooses the next one, the bold ones
// first; n goes to the note, / to the search; ? lists the keys. What is chosen stands in the browser
// at once, so that the key after it counts with it. Escape leads out of a field, a switch or a
// chooser, which keep the keys.
const FIELDS = { n: "Note for colleagues", "/": "Search" };
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
  return order[(order.findIndex((one) => one.ariaChecked === "true") + 1) % order.length];
}

function choose(letter, atOnce) {
  const chooser = document.querySelector('[class*="st-key-reason-"]');
  if (!chooser) return;
  const reasons = [...chooser.querySelectorAll("[role=radio]")];
  const named = reasons.find((one) => one.querySelector("code")?.textContent === letter);
  (letter === NEXT ? nextOf(reasons) : named)?.click();
  if (named && atOnce) reject(chooser);
}

function shortcut(letter) {
  const layer = document.querySelector(DIALOG) ?? document;
  const keys = [...layer.querySelectorAll("button:not(:disabled) kbd")];
  return keys.find((one) => one.textContent === letter)?.closest("button");
}

function pressed(event) {
  const target = event.composedPath()[0];
  if (event.key === "Escape" && isTyping(target)) target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(target)) return;
  const button = !event.shiftKey && shortcut(event.key.toUpperCase());
  if (button) event.stopImmediatePropagation(); // Streamlit would press it again
  if (event.repeat) return;
  if (button) button.click();
  if (document.querySelector(DIALOG)) return;
  if (event.key === "?") document.querySelector(".st-key-keys button")?.click();
  choose(event.key.toUpperCase(), event.shiftKey);
  const label = FIELDS[event.key.toLowerCase()];
  const field = label && document.querySelector(`input[aria-label="${label}"]`);
  if (!field) return;
  event.preventDefault();
  field.focus();
}

export default function () {
  window.addEventListener("keydown", pressed, true); // once, however often this is drawn
  document.documentElement.dataset.listens = "";
}
