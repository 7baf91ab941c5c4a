// Keeps the name decisions are signed with in this browser, so that a reload does not change it.
const YEAR_S = 365 * 24 * 3600;

export default function ({ data }) {
  const name = encodeURIComponent(data.name);
  document.cookie = `${data.cookie}=${name}; path=/; max-age=${YEAR_S}; SameSite=Strict`;
}
