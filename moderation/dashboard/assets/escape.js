// Escape leads out of a field, a switch or a chooser: as long as one of them has the focus, the
// keys that press buttons are its own.
const FIELDS = ["INPUT", "TEXTAREA", "SELECT"];

export default function () {
  const pressed = (event) => {
    const target = event.composedPath()[0];
    if (event.key === "Escape" && FIELDS.includes(target.tagName)) target.blur();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
