// Keeps the address that was asked for while its reader signs in, in this tab, and opens it where
// the way back from the provider ends: at the queue.
const KEY = "moderation-address";

export default function ({ data }) {
  if (!data.inside) {
    window.sessionStorage.setItem(KEY, window.location.href);
    return;
  }
  const asked = window.sessionStorage.getItem(KEY);
  window.sessionStorage.removeItem(KEY);
  const { pathname, origin } = window.location;
  if (asked && asked !== `${origin}/` && pathname === "/") window.location.replace(asked);
}
