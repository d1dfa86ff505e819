/* Optional: narrows the lists of places as one types. Without it the lists are there whole. */
(function () {
  "use strict";
  var box = document.querySelector("[data-filtro]");
  var items = Array.prototype.slice.call(document.querySelectorAll("[data-lugares] li"));
  if (!box || !items.length) { return; }
  var plain = function (text) { return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().trim(); };
  var names = items.map(function (item) { return plain(item.textContent); });
  var said = document.createElement("p");
  said.setAttribute("role", "status");
  var label = document.createElement("label");
  var input = document.createElement("input");
  input.type = "search"; input.id = "filtro"; input.autocomplete = "off"; label.htmlFor = "filtro";
  label.textContent = box.getAttribute("data-filtro");
  box.append(label, input, said);
  input.addEventListener("input", function () {
    var wanted = plain(input.value), found = 0;
    items.forEach(function (item, i) { var on = names[i].indexOf(wanted) >= 0; item.hidden = !on; found += on ? 1 : 0; });
    document.querySelectorAll("[data-lugares] details").forEach(function (d) { d.open = Boolean(wanted) && d.querySelector("li:not([hidden])") !== null; });
    said.textContent = wanted ? box.getAttribute("data-encontrados").replace("{n}", found) : "";
  });
})();
