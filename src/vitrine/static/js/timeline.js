/* Moments of the clip in the studio: the lanes of its products, and the frame for its cover.

   Each lane is a form with two range inputs, which do everything by themselves; here a bar can be dragged,
   Shift goes by whole seconds, the preview shows the moment chosen, and lanes light up while it plays. */

const TENTH = 100;
const SECOND = 1000;

const video = () => document.querySelector("#preview video");
const inputs = (form) => form.querySelectorAll("input[type=range]");

function clock(ms) {
  const tenths = Math.round(ms / TENTH);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

function show(ms) {
  const player = video();
  if (!player?.duration) return;
  player.pause();
  player.currentTime = Math.min(ms / SECOND, player.duration - 0.05);
}

function paint(form) {
  const [from, until] = inputs(form);
  const lit = form.querySelector(".lit");
  lit.setAttribute("x", from.value);
  lit.setAttribute("width", until.value - from.value);
  for (const [input, output] of [
    [from, form.querySelector("[data-from]")],
    [until, form.querySelector("[data-until]")],
  ]) {
    output.textContent = clock(Math.min(input.value, form.dataset.end));
    input.setAttribute("aria-valuetext", output.textContent);
  }
}

function paint_all(within) {
  for (const form of within.querySelectorAll("[data-span]")) paint(form);
}

/* Neither end passes the other. */
function slide(input, form) {
  const [from, until] = inputs(form);
  if (input === from) from.value = Math.min(from.value, until.value - TENTH);
  else until.value = Math.max(until.value, Number(from.value) + TENTH);
  paint(form);
}

function pick(input) {
  const said = clock(input.value);
  input.setAttribute("aria-valuetext", said);
  input.form.querySelector("output").textContent = said;
}

document.addEventListener("input", ({ target }) => {
  if (target.type !== "range") return;
  const lane = target.closest("[data-span]");
  if (lane) slide(target, lane);
  else if (target.closest("[data-moment]")) pick(target);
  else return;
  show(target.value);
});

/* Arrow keys go by the sliders' own step, a tenth of a second. */
const SIGNS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
document.addEventListener("keydown", (event) => {
  const { target, key, shiftKey } = event;
  if (!shiftKey || !SIGNS[key] || target.type !== "range" || !target.closest("[data-span], [data-moment]")) return;
  event.preventDefault();
  target.value = Number(target.value) + SIGNS[key] * SECOND;
  for (const name of ["input", "change"]) target.dispatchEvent(new Event(name, { bubbles: true }));
});

/* A bar is moved as a whole and keeps its length. */
document.addEventListener("pointerdown", (event) => {
  const bar = event.target.closest("[data-span] .lit");
  if (!bar || event.button) return;
  event.preventDefault();
  const form = bar.closest("form");
  const [from, until] = inputs(form);
  const [began, ended] = [Number(from.value), Number(until.value)];
  const per_pixel = from.max / bar.ownerSVGElement.getBoundingClientRect().width;
  bar.setPointerCapture(event.pointerId);
  const moved = ({ clientX }) => {
    const wish = Math.round(((clientX - event.clientX) * per_pixel) / TENTH) * TENTH;
    const by = Math.max(-began, Math.min(wish, from.max - ended));
    from.value = began + by;
    until.value = ended + by;
    paint(form);
    show(from.value);
  };
  const let_go = () => {
    bar.removeEventListener("pointermove", moved);
    if (Number(from.value) !== began) from.dispatchEvent(new Event("change", { bubbles: true }));
  };
  bar.addEventListener("pointermove", moved);
  bar.addEventListener("lostpointercapture", let_go, { once: true });
});

/* The ruler above the lanes: press to see a moment. Its ends lie half a thumb inside. */
document.addEventListener("click", ({ target, clientX }) => {
  const ruler = target.closest("[data-ruler]");
  if (!ruler) return;
  const rail = document.querySelector("[data-span] svg").getBoundingClientRect();
  const share = Math.max(0, Math.min(1, (clientX - rail.left) / rail.width));
  show(share * ruler.parentElement.dataset.timeline);
});

/* Where the clip is: a line on each lane, and the lanes that are shown now. */
function follow() {
  const player = video();
  const lanes = document.querySelector("[data-timeline]");
  if (!player || !lanes) return;
  const now = player.currentTime * SECOND;
  lanes.style.setProperty("--now", Math.min(1, now / lanes.dataset.timeline));
  for (const form of lanes.querySelectorAll("[data-span]")) {
    const [from, until] = inputs(form);
    form.closest("[data-lane]").classList.toggle("now", from.value <= now && now < until.value);
  }
  if (!player.paused) requestAnimationFrame(follow);
}

/* Media events do not bubble; the preview is swapped as the clip comes to play. */
for (const name of ["playing", "seeking", "timeupdate"])
  document.addEventListener(
    name,
    ({ target }) => {
      if (target !== video()) return;
      if (name === "playing" || target.paused) follow();
    },
    true,
  );

paint_all(document);
document.addEventListener("htmx:load", (event) => paint_all(event.target));
