// Light, dark, or as the system has it: kept by the browser where Streamlit looks for it when a
// page loads, under the path of that page.
const CHOICES = { System: "As your system", Light: "Light", Dark: "Dark" };

function keys() {
  const links = document.querySelectorAll('[data-testid="stSidebarNavLink"]');
  const paths = [...links].map((link) => new URL(link.href).pathname);
  return [window.location.pathname, ...paths].map((path) => `stActiveTheme-${path}-v2`);
}

export default function ({ parentElement }) {
  const select = parentElement.querySelector("select");
  const kept = JSON.parse(window.localStorage.getItem(keys()[0])) ?? "System";
  select.replaceChildren(
    ...Object.entries(CHOICES).map(([value, name]) => new Option(name, value, false, value === kept)),
  );
  select.onchange = () => {
    for (const key of keys()) {
      if (select.value === "System") window.localStorage.removeItem(key);
      else window.localStorage.setItem(key, JSON.stringify(select.value));
    }
    window.location.reload();
  };
}
