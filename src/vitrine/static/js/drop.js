/* A page that waits: it asks where one stands as often as it was told to, and counts down to the beginning. */

const standing = document.getElementById("standing");
const ENDS = new Set(["sold_out", "over", "bought"]);

/* The seconds until it begins, by the server's clock: this device's may be wrong. */
let behind = 0;

function count() {
  const until = document.getElementById("until");
  if (!until) return;
  const left = Math.max(0, Math.ceil((Date.parse(until.dataset.starts) - Date.now() - behind) / 1000));
  const [hours, minutes, seconds] = [left / 3600, (left % 3600) / 60, left % 60].map(Math.floor);
  until.textContent = [hours, minutes, seconds].map((part) => String(part).padStart(2, "0")).join(":");
}

function read() {
  const until = document.getElementById("until");
  if (until) behind = Date.parse(until.dataset.now) - Date.now();
  count();
  const { state, again } = standing.firstElementChild.dataset;
  if (!ENDS.has(state)) setTimeout(ask, Number(again) * 1000);
}

async function ask() {
  const { state: before, ticket } = standing.firstElementChild.dataset;
  try {
    /* With a ticket the answer costs the server next to nothing. */
    const answer = await fetch(standing.dataset.url + (ticket ? `?ticket=${ticket}` : ""));
    if (answer.ok) standing.innerHTML = await answer.text();
  } catch {
    /* Without a network it asks again later. */
  }
  if (before !== "in" && standing.firstElementChild.dataset.state === "in") {
    standing.querySelector("a.button")?.focus();
  }
  read();
}

read();
setInterval(count, 500);
