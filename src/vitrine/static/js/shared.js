/* Films that another app has shared with this one: chosen for the person, as if from the list of files. */

const SHARED = "shared";

if (new URLSearchParams(location.search).has("shared")) {
  history.replaceState(null, "", location.pathname);
  const input = document.querySelector(".chooser input[type=file]");
  const chosen = new DataTransfer();
  const kept = await caches.open(SHARED);
  for (const request of await kept.keys()) {
    const answer = await kept.match(request);
    const name = decodeURIComponent(answer.headers.get("X-Name"));
    chosen.items.add(new File([await answer.blob()], name, { type: answer.headers.get("Content-Type") }));
  }
  await caches.delete(SHARED);
  if (chosen.files.length) {
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
