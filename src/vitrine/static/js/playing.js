/* What plays, told to the system: the lock screen, a headset's keys, a watch. */

export function playing({ title, maker, poster }) {
  if (!navigator.mediaSession) return;
  navigator.mediaSession.metadata = new MediaMetadata({
    title,
    artist: maker,
    album: "Vitrine",
    artwork: poster ? [{ src: poster }] : [],
  });
}

/* actions: {nexttrack: function, …}, by the names of the Media Session standard. */
export function answerKeys(actions) {
  for (const [name, act] of Object.entries(actions)) navigator.mediaSession?.setActionHandler(name, act);
}
