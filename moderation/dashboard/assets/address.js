// Keeps the address that was asked for while its reader signs in, in this tab, and opens it where
// the way back from the provider ends: at the queue.
const KEY = "moderation-address";

export default function ({ data }) {
  const { href, origin, pathname } = window.location;
  if (!data.inside) {
    if (href !== `${origin}/`) window.sessionStorage.setItem(KEY, href); // or a refusal forgets it
    return;
  }
  const asked = window.sessionStorage.getItem(KEY);
  window.sessionStorage.removeItem(KEY);
  if (asked && asked !== href && pathname === "/") window.location.replace(asked);
}
