// Keys that are no buttons: n to the note, / to the search, ? for the list of keys, and a letter
// for each reason; with Shift it also decides. What was pressed names the subject it was meant for.
const FIELDS = { n: "Note for colleagues", "/": "Search" };

function isTyping(event) {
  const target = event.composedPath()[0];
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

export default function ({ data, setTriggerValue }) {
  const pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event)) return;
    if (event.key === "?") setTriggerValue("help", true);
    const key = event.key.toLowerCase();
    const reason = data.reasons[key];
    if (reason) {
      setTriggerValue("reason", { subject: data.subject, reason, decides: event.shiftKey });
    }
    const label = FIELDS[key];
    const field = label && document.querySelector(`input[aria-label="${label}"]`);
    if (!field) return;
    event.preventDefault();
    field.focus();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
