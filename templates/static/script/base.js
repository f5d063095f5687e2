// The frame of every page: the choice of scheme, and buttons that copy. Pages are whole without it.
"use strict";

const root = document.documentElement;
const stored = () => { try { return localStorage.getItem("scheme"); } catch { return null; } };
const preferred = () => stored() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
if (stored()) root.dataset.scheme = stored();

const scheme = document.querySelector("[data-scheme-button]");
if (scheme) {
  const label = () => { scheme.textContent = preferred() === "dark" ? "Light" : "Dark"; };
  scheme.hidden = false;
  label();
  scheme.addEventListener("click", () => {
    const next = preferred() === "dark" ? "light" : "dark";
    root.dataset.scheme = next;
    try { localStorage.setItem("scheme", next); } catch { /* The choice then holds for this page. */ }
    label();
  });
}

// A button with data-copy="ID" copies the text of that element and says so.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy)?.textContent ?? "";
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Press Ctrl+C";
      getSelection()?.selectAllChildren(document.getElementById(button.dataset.copy));
    }
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}

// The language of code that was chosen once is chosen on the next page, too.
for (const tab of document.querySelectorAll(".tabs input")) {
  const name = tab.nextElementSibling.textContent;
  try { if (localStorage.getItem("tab") === name) tab.checked = true; } catch { /* The first then stays. */ }
  tab.addEventListener("change", () => { try { localStorage.setItem("tab", name); } catch { /* It holds for this page. */ } });
}
