// Makes a slider live: says where it stands while it moves, and asks again when it rests.
// Without this script the form's button does the same.
"use strict";
(() => {
  const form = document.getElementById("whatif"), slider = document.getElementById("value"), said = document.getElementById("asked");
  if (!form || !slider || !said) return;
  let asking = null;
  const say = () => {
    const divide = Number(slider.dataset.divide) || 1;
    const words = (Number(slider.value) / divide).toLocaleString("en", { maximumFractionDigits: 2 });
    said.textContent = `${words} ${slider.dataset.unit}`.trim();
  };
  const ask = async () => {
    if (asking) asking.abort();
    asking = new AbortController();
    const address = `${location.pathname}?${new URLSearchParams(new FormData(form))}`;
    const result = document.getElementById("result");
    result.setAttribute("aria-busy", "true");
    const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: asking.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const then = page.getElementById("result");
    if (!answer.ok || !then) { location.assign(address); return; }
    result.replaceChildren(...then.childNodes);
    result.removeAttribute("aria-busy");
    document.querySelector("h1").textContent = page.querySelector("h1").textContent;
    said.textContent = page.getElementById("asked").textContent;
    document.title = page.title;
    history.replaceState(null, "", address);
  };
  const leave = (error) => { if (error.name !== "AbortError") form.submit(); };
  slider.addEventListener("input", say);
  slider.addEventListener("change", () => ask().catch(leave));
  form.by.addEventListener("change", () => ask().catch(leave));
  form.figure.addEventListener("change", () => { slider.disabled = true; form.submit(); });
})();
