// Makes a page that looks again by itself do so without a blink: fetches itself and changes only what moved.
// Without this script the Refresh header does the same.
"use strict";
(() => {
  const look = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const then = page.getElementById("progress"), now = document.getElementById("progress");
    if (!then || answer.url !== location.href) { location.replace(answer.url); return; }
    now.replaceWith(then);
    document.querySelector("h1").textContent = page.querySelector("h1").textContent;
    document.title = page.title;
  };
  setInterval(() => look().catch(() => {}), 1000);
})();
