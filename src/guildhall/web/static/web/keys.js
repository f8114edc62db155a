// "/" moves to the search box of the page; everything works without it.
"use strict";
document.addEventListener("keydown", function (event) {
  var box = document.querySelector("main input[type=search]");
  var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement ? document.activeElement.tagName : "");
  if (box && event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});
