// What only a server has: the console against the mock, and pages that load themselves anew.

import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { AxeBuilder, HtmlValidate, cogdex, expect, finish, launch, rules, watch } from "./support.mjs";

const work = await mkdtemp(path.join(tmpdir(), "cogdex-"));
await cp("catalog", path.join(work, "catalog"), { recursive: true });
const server = spawn(cogdex, [
  "serve", "--addr", "127.0.0.1:0", "--catalog", path.join(work, "catalog"), "--watch",
  "--history", path.join(work, "history.sqlite"), "--spend-limit", "0.50 USD", "--mock", "--stop-after", "5m",
], { stdio: ["ignore", "pipe", "inherit"] });
const origin = await new Promise((resolve, reject) => {
  let said = "";
  server.stdout.on("data", (bytes) => {
    said += bytes;
    const [, found] = /listening on (http:\S+)/.exec(said) ?? [];
    if (found) resolve(found);
  });
  server.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
});
server.removeAllListeners("exit");

const browser = await launch();
const page = await (await browser.newContext()).newPage();
const faults = watch(page, origin);

await page.goto(`${origin}/console/`);
const report = await new HtmlValidate(rules).validateString(await (await fetch(`${origin}/console/`)).text());
for (const { messages } of report.results) {
  for (const { ruleId, message } of messages) expect(false, `/console/ ${ruleId}: ${message}`);
}
for (const listing of ["zai/cogview-4-250304", "apiin/cogview-4"]) {
  await page.selectOption("#console [name=listing]", listing);
  await page.waitForFunction(() => !document.getElementById("send").disabled);
  expect((await page.textContent("#request")).includes("POST"), `${listing}: shows the request`);
  expect(/\d/.test(await page.textContent("#cost")), `${listing}: says what it could cost`);
  await page.click("#send");
  await page.waitForSelector("#pictures img");
  const drawn = await page.waitForFunction(() => document.querySelector("#pictures img").naturalWidth);
  expect((await drawn.jsonValue()) === 1024, `${listing}: the image is shown in its size`);
  expect((await page.textContent("#said")).includes("200"), `${listing}: says how it was answered`);
}
const seen = await page.content();
expect(!/Bearer [a-z0-9]{6}/i.test(seen), "no key on the page");
for (const colorScheme of ["light", "dark"]) {
  await page.emulateMedia({ colorScheme });
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const { id, nodes } of violations) expect(false, `/console/ (${colorScheme}): ${id}: ${nodes[0].html}`);
}

// A page that is open when the catalog changes shows the new one; a broken one is told, and not shown.
const file = path.join(work, "catalog/listings/xpay/zai-generate-image.toml");
const text = await readFile(file, "utf8");
await page.goto(`${origin}/listings/xpay/zai-generate-image/`);
const digest = () => page.getAttribute("meta[name=catalog-digest]", "content");
const before = await digest();
await writeFile(file, `${text}\n[[statement]]\nsource = "no-such-source"\nseen = 2026-11-20\n`);
await page.waitForSelector(".stale-banner");
expect((await digest()) === before, "a broken catalog is not served");
await writeFile(file, `note = "changed"\n${text.replace(/^#:schema.*\n/, "")}`);
await page.waitForFunction((old) => document.querySelector("meta[name=catalog-digest]").content !== old, before);
expect((await page.locator(".stale-banner").count()) === 0, "the banner goes with the fault");

expect(faults.length === 0, `server: ${faults.join("; ")}`);
await browser.close();
server.kill("SIGTERM");
await new Promise((ended) => server.on("exit", ended));
await rm(work, { recursive: true });
finish("the console draws at the mock, and open pages follow the catalog");
