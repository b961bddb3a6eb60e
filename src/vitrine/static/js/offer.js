/* Of two changes of an order the later one counts; a press of its button is never called off. */
document.addEventListener(
  "change",
  ({ target }) => {
    if (target.closest("#offer:not(.htmx-request) [hx-post]")) htmx.trigger("#offer", "htmx:abort");
  },
  true,
);
