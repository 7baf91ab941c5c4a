// Keys that Streamlit has no shortcuts for: each presses what is on the page, as the mouse would.
// A letter chooses its reason and, with Shift, rejects for it; n goes to the note, / to the search;
// ? lists the keys. Escape leads out of a field, a switch or a chooser, which keep the keys.
const FIELDS = { n: "Note for colleagues", "/": "Search" };

function isTyping(target) {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

function reject(chooser) {
  const comment = chooser.className.match(/st-key-reason-(\w+)/)[1];
  document.querySelector(`.st-key-reject-${comment} button`)?.click();
}

function choose(letter, atOnce) {
  const chooser = document.querySelector('[class*="st-key-reason-"]');
  const letters = [...(chooser?.querySelectorAll("[role=radio] code") ?? [])];
  const chosen = letters.find((one) => one.textContent === letter);
  chosen?.closest("[role=radio]").click();
  if (chosen && atOnce) reject(chooser);
}

function pressed(event) {
  const target = event.composedPath()[0];
  if (event.key === "Escape" && isTyping(target)) target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(target)) return;
  if (event.key === "?") document.querySelector(".st-key-keys button")?.click();
  choose(event.key.toUpperCase(), event.shiftKey);
  const label = FIELDS[event.key.toLowerCase()];
  const field = label && document.querySelector(`input[aria-label="${label}"]`);
  if (!field) return;
  event.preventDefault();
  field.focus();
}

export default function () {
  document.addEventListener("keydown", pressed); // once, however often this is drawn
  document.documentElement.dataset.listens = "";
}
