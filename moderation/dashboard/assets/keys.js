// Keys that are no buttons: n to the note, / to the search, ? for the list of keys.
const FIELDS = { n: "Note for colleagues", "/": "Search" };

function isTyping(event) {
  const target = event.composedPath()[0];
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

export default function ({ setTriggerValue }) {
  const pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    if (event.key === "?") setTriggerValue("help", true);
    const label = FIELDS[event.key.toLowerCase()];
    const field = label && document.querySelector(`input[aria-label="${label}"]`);
    if (!field) return;
    event.preventDefault();
    field.focus();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
