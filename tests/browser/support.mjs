// What the parts share: the tools, a static server on loopback, and a browser that reports all it does.

import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.env.TOOLS, "package.json"));
export const { chromium } = require("playwright-core");
export const AxeBuilder = require("@axe-core/playwright").default;
export const { HtmlValidate } = require("html-validate");

/** What the HTML validator looks for: all that it recommends. */
export const rules = {
  extends: ["html-validate:recommended", "html-validate:standard", "html-validate:a11y"],
  rules: {
    // Matters of layout in the source, of no weight for a reader.
    "no-trailing-whitespace": "off",
    "long-title": "off",
    // JSON-LD and data blocks are no scripts that run.
    "require-csp-nonce": "off",
    "require-sri": "off",
  },
};

export const dist = process.env.DIST;
export const cogdex = process.env.COGDEX;

const TYPES = {
  html: "text/html; charset=utf-8", css: "text/css", js: "text/javascript", json: "application/json",
  svg: "image/svg+xml", md: "text/markdown; charset=utf-8", xml: "application/xml", txt: "text/plain",
};

/** Serves the built site; resolves to its origin and a way to end it. */
export async function serve() {
  const server = createServer(async (request, answer) => {
    let file = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    if (file.endsWith("/")) file += "index.html";
    try {
      const bytes = await readFile(path.join(dist, path.normalize(file)));
      answer.writeHead(200, { "content-type": TYPES[file.split(".").pop()] ?? "application/octet-stream" });
      answer.end(bytes);
    } catch {
      answer.writeHead(404, { "content-type": "text/html; charset=utf-8" });
      answer.end(await readFile(path.join(dist, "404.html")));
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { origin: `http://127.0.0.1:${server.address().port}`, end: () => server.close() };
}

/** A browser with nothing of its own to say to the network. */
export function launch() {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
}

/** Collects what a page should not do: complain, or ask anyone but its own origin. */
export function watch(page, origin) {
  const faults = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) faults.push(`asks ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} for ${response.url()}`);
  });
  return faults;
}

/** Every page of the site, as addresses, sorted. */
export async function addresses() {
  const files = await readdir(dist, { recursive: true });
  return files.filter((file) => file.endsWith("index.html")).map((file) => `/${file.slice(0, -"index.html".length)}`).sort();
}

let failures = 0;

/** States that something holds; goes on where it does not, so that all is told. */
export function expect(holds, what) {
  if (!holds) {
    failures += 1;
    console.error(`FAILED: ${what}`);
  }
}

/** Ends the part with what it came to. */
export function finish(said) {
  if (failures > 0) {
    console.error(`${failures} failures`);
    process.exit(1);
  }
  console.log(said);
}
