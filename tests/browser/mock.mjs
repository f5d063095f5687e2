// A page of another origin that draws at the mock, as a browser's SDK does: asked beforehand, with
// a key and headers of its own, and able to read images and refusals.

import { spawn } from "node:child_process";
import { createServer } from "node:http";

import { cogdex, expect, finish, launch } from "./support.mjs";

const mock = spawn(cogdex, ["mock", "--addr", "127.0.0.1:0", "--stop-after", "2m"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const origin = await new Promise((resolve, reject) => {
  let said = "";
  mock.stdout.on("data", (bytes) => {
    said += bytes;
    const [, found] = /listening on (http:\S+)/.exec(said) ?? [];
    if (found) resolve(found);
  });
  mock.on("exit", (code) => reject(new Error(`the mock ended with ${code}`)));
});
mock.removeAllListeners("exit");

const other = createServer((_, answer) => {
  answer.writeHead(200, { "content-type": "text/html" });
  answer.end("<!doctype html><title>A page of another origin</title>");
});
await new Promise((ready) => other.listen(0, "127.0.0.1", ready));

const browser = await launch();
const page = await (await browser.newContext()).newPage();
await page.goto(`http://127.0.0.1:${other.address().port}/`);
const draw = (body, key) =>
  page.evaluate(
    async ([address, text, authorization]) => {
      const headers = {
        authorization, "content-type": "application/json", "x-stainless-lang": "js",
      };
      const answer = await fetch(address, { method: "POST", headers, body: text });
      const json = await answer.json();
      if (answer.status !== 200) return { status: answer.status, json };
      const picture = new Image();
      picture.src = json.data[0].url;
      await picture.decode();
      const bytes = await (await fetch(json.data[0].url)).arrayBuffer();
      return { status: 200, width: picture.naturalWidth, bytes: bytes.byteLength };
    },
    [`${origin}/aigateway/v1/images/generations`, JSON.stringify(body), key],
  );
const ask = { model: "zai-org/cogview4", prompt: "a lighthouse", size: "1024x1024" };

const drawn = await draw(ask, "Bearer mock");
expect(drawn.status === 200 && drawn.width === 1024 && drawn.bytes > 0, `draws: ${JSON.stringify(drawn)}`);
const unknown = await draw({ ...ask, model: "nobody" }, "Bearer mock");
expect(unknown.status === 404 && unknown.json.error.type === "not_found", "reads a refusal of the model");
const wrong = await draw(ask, "Bearer sk-wrong");
expect(wrong.status === 401 && wrong.json.error.type === "authentication_error", "reads a refusal of the key");

await browser.close();
other.close();
mock.kill("SIGTERM");
await new Promise((ended) => mock.on("exit", ended));
finish("a page of another origin draws at the mock");
