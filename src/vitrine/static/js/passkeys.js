/* Passkeys. <form data-passkey="make|use|login"> with a hidden input named "credential" and a
   <button type="button" data-passkey-start hidden>. "make" and "use" find their options in
   <script type="application/json" id="passkey-options">; "login" asks the form's own URL for a
   fresh challenge, and also offers passkeys inside the address field where the browser can. */

import { say } from "./page.js";

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  buffer &&
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const decoded = (list = []) => list.map((entry) => ({ ...entry, id: bytes(entry.id) }));

async function make({ publicKey }) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: decoded(publicKey.excludeCredentials),
    },
  });
  return plain(made, {
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function use({ publicKey }, more = {}) {
  const used = await navigator.credentials.get({
    ...more,
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: decoded(publicKey.allowCredentials),
    },
  });
  return plain(used, {
    authenticatorData: text(used.response.authenticatorData),
    signature: text(used.response.signature),
    userHandle: text(used.response.userHandle),
  });
}

function plain(credential, response) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { ...response, clientDataJSON: text(credential.response.clientDataJSON) },
  };
}

async function challenge(form, signal) {
  const answer = await fetch(form.action, { headers: { Accept: "application/json" }, signal });
  if (!answer.ok) throw new Error("no challenge");
  return (await answer.json()).request_options;
}

function send(form, credential) {
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
}

/* Waits inside the address field until somebody picks a passkey there; aborted by the button, and
   by any form that is sent: the challenge comes with a session's cookie, which would be the newer
   one if it came after that of a sign-in. */
async function waitInField(form, signal) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  try {
    send(form, await use(await challenge(form, signal), { mediation: "conditional", signal }));
  } catch (error) {
    if (error.name !== "AbortError") console.info("No passkey was picked.", error.name);
  }
}

function begin(form) {
  const kind = form.dataset.passkey;
  const button = form.querySelector("[data-passkey-start]");
  const problem = form.querySelector("[data-passkey-problem]");
  const options = document.getElementById("passkey-options");
  const waiting = new AbortController();
  button.hidden = false;
  if (kind === "login") waitInField(form, waiting.signal);
  document.addEventListener("submit", () => waiting.abort());
  button.addEventListener("click", async () => {
    waiting.abort();
    problem.hidden = button.disabled = true;
    try {
      const given = kind === "login" ? await challenge(form) : JSON.parse(options.textContent);
      send(form, await (kind === "make" ? make(given) : use(given)));
    } catch (error) {
      problem.textContent =
        error.name === "InvalidStateError"
          ? say("This device already holds a passkey for your account.")
          : say("Nothing was sent. The passkey was not used; try again or choose another way.");
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) begin(form);
}
