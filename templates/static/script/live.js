// Looks now and then whether this page is still what is served: loads itself anew when it is not,
// and says so when the catalog under edit has errors. Only pages of a watching server load this.
"use strict";

{
  const own = document.querySelector("meta[name=catalog-digest]")?.content;
  let day;
  let banner;

  const show = (findings) => {
    if (findings.length === 0) {
      banner?.remove();
      banner = undefined;
      return;
    }
    if (!banner) {
      banner = document.createElement("div");
      banner.className = "notice bad stale-banner";
      banner.setAttribute("role", "status");
      document.body.append(banner);
    }
    const words = findings.length === 1 ? "an error" : `${findings.length} errors`;
    const first = document.createElement("p");
    first.textContent = `The catalog has ${words}; this page shows what was served before. ${findings[0]}`;
    banner.replaceChildren(first);
  };

  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch("/live.json", { cache: "no-store" });
      if (!answer.ok) return;
      const state = await answer.json();
      day ??= state.as_of;
      if (state.digest !== own || state.as_of !== day) location.reload();
      show(state.findings);
    } catch { /* The server is away; the page stays as it is. */ }
  };

  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
  look();
}
