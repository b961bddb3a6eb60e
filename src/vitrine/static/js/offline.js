/* The page without a network: posters that were seen last, and the way back. */

const MOST = 12;
const RETRY_MS = 5_000;

const again = () => (location.pathname === "/offline" ? location.assign("/") : location.reload());
document.getElementById("again").addEventListener("click", again);
addEventListener("online", again);

/* The event says nothing where the network came back while this page came, or where the site was away. */
const ask = () => fetch("/offline", { method: "HEAD", cache: "no-store" });
setInterval(() => ask().then(again, () => {}), RETRY_MS);

const posters = await (await caches.open("posters")).keys();
const list = document.querySelector("#seen ul");
for (const { url } of posters.reverse().slice(0, MOST)) {
  const tile = document.createElement("li");
  tile.className = "tile";
  const frame = document.createElement("span");
  frame.className = "tile-picture tall";
  const picture = document.createElement("img");
  picture.src = url;
  picture.alt = "";
  frame.append(picture);
  tile.append(frame);
  list.append(tile);
}
document.getElementById("seen").hidden = !posters.length;
