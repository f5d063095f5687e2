// The console: shows what would be sent and what it could cost, and has the server send it. All
// that comes back is shown as text; pictures come from the server itself.
"use strict";

{
  const data = JSON.parse(document.getElementById("console-data").textContent);
  const form = document.getElementById("console");
  const send = document.getElementById("send");
  const part = (id) => document.getElementById(id);
  const field = (name) => form.elements.namedItem(name);

  const ask = async (path, wish) => {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "x-console-token": data.token },
      body: JSON.stringify(wish),
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.error);
    return body;
  };

  const wish = () => {
    const wanted = { listing: field("listing").value, prompt: field("prompt").value };
    for (const name of ["size", "quality"]) {
      if (field(name).value) wanted[name] = field(name).value;
    }
    return wanted;
  };

  const option = (value, label) => {
    const made = document.createElement("option");
    made.value = value;
    made.textContent = label;
    return made;
  };

  const choose = () => {
    const listing = data.listings.find((one) => one.id === field("listing").value);
    for (const [name, words] of [["size", listing.sizes], ["quality", listing.qualities]]) {
      field(name).replaceChildren(option("", "the listing’s own"), ...words.map((word) => option(word, word)));
      field(name).disabled = words.length === 0;
    }
  };

  let turn = 0;
  let under_way = false;
  const plan = async () => {
    const mine = ++turn;
    send.disabled = true;
    try {
      const planned = await ask("/console/plan", wish());
      if (mine !== turn) return;
      const lines = planned.headers.map((header) => `${header.name}: ${header.value}`);
      const body = JSON.stringify(planned.body, null, 2);
      part("request").textContent = [`${planned.method} ${planned.url}`, ...lines, "", body].join("\n");
      part("cost").textContent = planned.words;
      send.disabled = !planned.sendable || under_way;
    } catch (error) {
      if (mine !== turn) return;
      part("request").textContent = "";
      part("cost").textContent = error.message;
    }
  };

  let wait;
  const soon = () => {
    clearTimeout(wait);
    ++turn;
    send.disabled = true;
    wait = setTimeout(plan, 200);
  };

  const tell = (came) => {
    part("said").textContent = came.words;
    part("answer").textContent = JSON.stringify(came.body, null, 2);
    part("pictures").replaceChildren(...came.images.map((image, at) => {
      const shown = document.createElement("img");
      shown.src = image.address;
      shown.alt = `Image ${at + 1} of the answer`;
      if (image.width) {
        shown.width = image.width;
        shown.height = image.height;
      }
      return shown;
    }));
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    under_way = true;
    send.disabled = true;
    part("outcome").hidden = false;
    part("said").textContent = "Sent; waiting for the answer.";
    part("answer").textContent = "";
    part("pictures").replaceChildren();
    try {
      tell(await ask("/console/send", wish()));
    } catch (error) {
      part("said").textContent = error.message;
    }
    under_way = false;
    plan();
  });

  field("listing").replaceChildren(...data.listings.map((one) => option(one.id, one.id)));
  field("listing").addEventListener("change", () => { choose(); soon(); });
  for (const name of ["size", "quality"]) field(name).addEventListener("change", soon);
  field("prompt").addEventListener("input", soon);
  choose();
  form.hidden = false;
  plan();
}
