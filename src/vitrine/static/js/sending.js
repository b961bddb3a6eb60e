/* Send one file in parts, and go on wherever the last connection broke (docs/adr/0012-uploads.md).

   The server keeps the offset; this side asks for it after every break, so at most one part is
   sent twice, and of that only what had not arrived. Parts grow to what the line carries in a second or
   two: each waits for the server's disk. After a break they begin small again. */

import { say } from "./page.js";
import { Sha256 } from "./sha256.js";

const LEAST_BYTES = 4 * 1024 * 1024;
const BRISK_MS = 1000;
const SLOW_MS = 4000;
const HASHED_AT_ONCE = 256 * 1024;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;
const STALLED_MS = 30000;
const UNANSWERED_MS = 120000; /* The last part's answer waits until the whole film has been read. */
const TRY_AGAIN = new Set([0, 401, 403, 408, 409, 423, 425, 429, 500, 502, 503, 504, 507]);

/* The server said no: its sentence is for people. */
export class Refused extends Error {
  constructor(problem, status) {
    super(problem?.detail ?? say("The file could not be sent. Please try again."));
    this.status = status;
  }
}

/* The cookie's token, where there is one: signing in again in another tab makes the page's stale. */
export const csrf = () =>
  document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ??
  document.querySelector("input[name=csrfmiddlewaretoken]")?.value ??
  "";
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

async function ask(method, url, body) {
  const headers = { "X-CSRFToken": csrf(), Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  const signal = AbortSignal.timeout(STALLED_MS);
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body), signal });
  if (answer.ok) return answer;
  throw new Refused(await answer.json().catch(() => null), answer.status);
}

/* Open an upload: told {url, clip, offset, …}. clip: the draft to fill, or undefined for a new one.
   remix: what a new one is to be made with, or undefined. */
export async function open(file, uploads, clip, remix) {
  const { size: length, name: filename } = file;
  const answer = await ask("POST", uploads, { length, filename, clip, remix });
  return answer.json();
}

/* Tell where an upload stands: told {state, offset, length, clip, …}. */
export const look = async (url) => (await ask("GET", url)).json();

export const cancel = (url) => ask("DELETE", url);

const pause = (ms) =>
  new Promise((done) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener("online", go);
      done();
    };
    const timer = setTimeout(go, ms);
    addEventListener("online", go);
  });

/* One file on its way. tell: {sent(bytes), trouble(sentence or "")}. */
export class Sending {
  #hash = new Sha256();
  #hashed = 0;
  #request = null;
  #stopped = false;
  #bytes = LEAST_BYTES;
  #most = LEAST_BYTES;

  constructor(file, url, tell) {
    this.file = file;
    this.url = url;
    this.tell = tell;
  }

  stop() {
    this.#stopped = true;
    this.#request?.abort();
  }

  /* Resolve when the server has taken the whole file. Throws Refused. */
  async run() {
    let offset = null;
    let wait = FIRST_PAUSE_MS;
    while (!this.#stopped) {
      try {
        if (offset === null) {
          const told = await look(this.url);
          if (told.state === "refused") throw new Refused({ detail: told.reason }, 422);
          if (told.state === "accepted") return;
          offset = told.offset;
          this.#most = told.part_bytes;
        }
        this.tell.sent(offset);
        const before = offset;
        offset = await this.#part(offset);
        this.tell.trouble("");
        if (offset === "done") return;
        if (offset > before) wait = FIRST_PAUSE_MS;
      } catch (trouble) {
        if (this.#stopped) return;
        const status = trouble.status ?? 0;
        if (trouble instanceof Refused && !TRY_AGAIN.has(status)) throw trouble;
        if (status !== 409)
          this.tell.trouble(
            status === 401 || status === 403
              ? say("You are signed out. Sign in again in another tab: the upload then goes on by itself.")
              : status === 507
                ? trouble.message
                : navigator.onLine
                  ? say("The connection is slow to answer. Trying again…")
                  : say("You are offline. The upload goes on by itself when you are back.")
          );
        await pause(status === 409 ? 0 : wait);
        wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
        offset = null;
        this.#bytes = LEAST_BYTES;
      }
    }
  }

  async #part(offset) {
    const end = Math.min(offset + this.#bytes, this.file.size);
    const part = await this.file.slice(offset, end).arrayBuffer();
    const is_last = end === this.file.size;
    const headers = {
      "Content-Type": "application/partial-upload",
      "Upload-Offset": offset,
      "Upload-Complete": is_last ? "?1" : "?0",
      "X-CSRFToken": csrf(),
      Accept: "application/json",
    };
    if (globalThis.crypto?.subtle) {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", part));
      headers["Content-Digest"] = `sha-256=:${base64(digest)}:`;
    }
    await this.#hash_until(end);
    if (is_last) headers["Repr-Digest"] = `sha-256=:${base64(this.#whole())}:`;
    const began = performance.now();
    const reached = await this.#patch(part, offset, headers, is_last);
    this.#learn(performance.now() - began);
    return reached;
  }

  #learn(took) {
    if (took < BRISK_MS) this.#bytes = Math.min(this.#bytes * 2, this.#most);
    if (took > SLOW_MS) this.#bytes = Math.max(this.#bytes / 2, LEAST_BYTES);
  }

  /* XMLHttpRequest, because fetch does not tell how much of a body has left. */
  #patch(part, offset, headers, is_last) {
    return new Promise((done, fail) => {
      const request = (this.#request = new XMLHttpRequest());
      let stalled;
      const watch = (ms = STALLED_MS) => {
        clearTimeout(stalled);
        stalled = setTimeout(() => request.abort(), ms);
      };
      request.open("PATCH", this.url);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        watch();
        this.tell.sent(offset + event.loaded);
      };
      request.upload.onload = () => {
        watch(UNANSWERED_MS); /* A line that died with a closed laptop says nothing, for ever. */
        if (is_last) this.tell.reading();
      };
      request.onload = () => {
        if (request.status === 204) {
          done(is_last ? "done" : Number(request.getResponseHeader("Upload-Offset")));
        } else {
          let problem = null;
          try {
            problem = JSON.parse(request.responseText);
          } catch {
            /* Not ours: a proxy's page. The plain sentence stands. */
          }
          fail(new Refused(problem, request.status));
        }
      };
      request.onerror = request.onabort = () => fail(new TypeError("no answer"));
      request.onloadend = () => clearTimeout(stalled);
      watch();
      request.send(part);
    });
  }

  /* Hash up to a place in the file; after a reload that is everything before it, read again. */
  async #hash_until(end) {
    while (this.#hashed < end) {
      const next = Math.min(this.#hashed + HASHED_AT_ONCE, end);
      this.#hash.add(new Uint8Array(await this.file.slice(this.#hashed, next).arrayBuffer()));
      this.#hashed = next;
    }
  }

  #digest = null;

  #whole() {
    return (this.#digest ??= this.#hash.end());
  }
}
