/* Films that another app has shared with this one: chosen for the person, as if from the list of files. */

const SHARED = "shared";

/* No input: no more may be sent today. The films are kept, and so is the page's address. */
const input = document.querySelector(".chooser input[type=file]");
if (input && new URLSearchParams(location.search).has("shared")) {
  history.replaceState(null, "", location.pathname);
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
