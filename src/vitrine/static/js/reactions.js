/* Like, follow, not interested: at once on the screen, then on the server. Without this file the same
   buttons submit the form #act. */

import { leave, say, toast, token } from "./page.js";

async function tell(url, method) {
  const headers = { "X-CSRFToken": token(), "HX-Request": "true", Accept: "application/json" };
  const answer = await fetch(url, { method, headers }).catch(() => null);
  if (answer?.status === 401) {
    const back = location.pathname === "/" ? "/" : location.pathname;
    location.assign(`/account/login/?next=${encodeURIComponent(back)}`);
  } else if (!answer?.ok) {
    toast(answer ? say("That did not work. Please try again.") : say("You seem to be offline."), "error");
  }
  return Boolean(answer?.ok);
}

function show(button, pressed) {
  button.setAttribute("aria-pressed", pressed);
  if (pressed) {
    button.name = "method";
    button.value = "delete";
  } else {
    button.removeAttribute("name");
  }
  const count = button.querySelector(".count");
  if (count) {
    const number = Number(count.dataset.count) + (pressed ? 1 : -1);
    count.dataset.count = number;
    if (number < 1000) count.textContent = number;
  } else {
    button.textContent = pressed ? say("Following") : say("Follow");
  }
}

async function toggle(button) {
  const url = button.getAttribute("formaction");
  const pressed = button.getAttribute("aria-pressed") !== "true";
  const same = [...document.querySelectorAll(`button[formaction="${CSS.escape(url)}"]`)];
  for (const twin of same) show(twin, pressed);
  if (!(await tell(url, pressed ? "POST" : "DELETE"))) for (const twin of same) show(twin, !pressed);
}

async function hide(button) {
  if (!(await tell(button.getAttribute("formaction"), "POST"))) return;
  const dialog = button.closest("dialog");
  if (dialog) leave(dialog);
  const article = document.getElementById(button.dataset.hides ?? `clip-${button.dataset.clip}`);
  article?.dispatchEvent(new CustomEvent("vitrine:hidden", { bubbles: true }));
  toast(button.dataset.done || say("You will not see this clip again."));
}

document.addEventListener("click", (event) => {
  const target = event.target.closest(".like, .follow-toggle, .disinterest");
  if (!target) return;
  event.preventDefault();
  if (target.matches(".disinterest")) hide(target);
  else toggle(target);
});
