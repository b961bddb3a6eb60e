/* The files on their way when there are several: a row for each, with its own bar.

   The list belongs to this script and not to the page, so that it stays while htmx changes #main. */

let tray = null;

const clone = (name) =>
  document.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);

/* Show the list above whatever #main shows now. */
export function settle() {
  if (tray) document.getElementById("main").prepend(tray);
}

/* Return a new row, a place for upload.js to tell things in. */
export function add(file) {
  tray ??= clone("tray");
  const row = clone("tray-row");
  row.querySelector("[data-name]").textContent = file.name;
  const bar = row.querySelector("progress");
  bar.max = file.size || 1;
  bar.setAttribute("aria-label", file.name);
  tray.querySelector("ul").append(row);
  settle();
  return row;
}

/* Name the upload that a row stands for, and the page of its draft. */
export function name(row, url, page) {
  row.dataset.upload = url;
  const link = row.querySelector("[data-page]");
  link.href = page;
  link.hidden = row.querySelector("[data-cancel]").hidden = false;
}

/* End a row: nothing of it can be cancelled any more. */
export function end(row, sentence) {
  row.querySelector("[data-cancel]").hidden = true;
  row.querySelector("[data-sent]").textContent = sentence;
}
