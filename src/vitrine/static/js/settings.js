/* What a viewer has chosen, remembered on this device only. */

const KEY = "vitrine.watching";
const DEFAULTS = { sound: false, captions: true, keys: true, speed: 1, kbps: 0 };

function read() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY)) };
  } catch {
    return { ...DEFAULTS };
  }
}

export const settings = read();

const watchers = [];

export function onSetting(tell) {
  watchers.push(tell);
}

export function set(name, value) {
  settings[name] = value;
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    /* Storage is full or forbidden: the choice holds until the page is left. */
  }
  for (const tell of watchers) tell(name, value);
}

export const isFrugal =
  Boolean(navigator.connection?.saveData) || matchMedia("(prefers-reduced-data: reduce)").matches;
export const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;

/* Inputs that show and change a setting: <input data-setting="captions">. */
export function showSettings(root) {
  for (const input of root.querySelectorAll("[data-setting]")) {
    const value = settings[input.dataset.setting];
    input.checked = input.type === "radio" ? Number(input.value) === value : value;
  }
}

document.addEventListener("change", ({ target }) => {
  const name = target.dataset?.setting;
  if (name) set(name, target.type === "radio" ? Number(target.value) : target.checked);
});
