/* Turns pushes on in this browser, on the page of channels. */

import { say, toast } from "./page.js";

const section = document.getElementById("push");
const button = document.getElementById("push-on");
const token = section.querySelector("[name=csrfmiddlewaretoken]").value;

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted") {
    toast(say("Your browser does not let this site notify you. Allow it in its settings."), "error");
    return;
  }
  const worker = await navigator.serviceWorker.ready;
  const wish = { userVisibleOnly: true, applicationServerKey: section.dataset.key };
  const earlier = await worker.pushManager.getSubscription();
  await earlier?.unsubscribe(); /* it may be of another key */
  const { endpoint, keys } = (await worker.pushManager.subscribe(wish)).toJSON();
  const body = new URLSearchParams({ endpoint, public_key: keys.p256dh, auth: keys.auth });
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  const answer = await fetch("/notifications/push", { method: "POST", headers, body });
  if (answer.ok) location.reload();
  else toast((await answer.json()).detail, "error");
}

if ("PushManager" in window) {
  button.hidden = false;
  button.addEventListener("click", () => turnOn().catch(() => toast(say("That did not work. Please try again."), "error")));
}
