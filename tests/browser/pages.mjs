// Every kind of page: no complaint, no request elsewhere, nothing that axe finds, in either scheme;
// and what can be done on them.

import { AxeBuilder, addresses, expect, finish, launch, serve, watch } from "./support.mjs";

const { origin, end } = await serve();
const browser = await launch();
const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
const page = await context.newPage();
const faults = watch(page, origin);

const open = async (address) => {
  await page.goto(origin + address);
  if (address.split("?")[0] === "/") await page.waitForSelector("html[data-ready]");
};

// Of each kind the first and the last page, and those with the most on them.
const kinds = new Map();
for (const address of await addresses()) {
  const kind = address.split("/")[1];
  kinds.set(kind, [...(kinds.get(kind) ?? []), address]);
}
const samples = [...kinds.values()].flatMap((all) => [...new Set([all[0], all.at(-1)])]);
samples.push("/listings/apiin/cogview-4/", "/listings/zai/cogview-4-250304/", "/404.html");

let looked = 0;
for (const colorScheme of ["light", "dark"]) {
  await page.emulateMedia({ colorScheme });
  for (const width of [360, 820, 1440, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    for (const address of new Set(samples)) {
      await open(address);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(!wide, `${address} is wider than ${width} pixels`);
      if (width !== 1440) continue;
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, nodes } of violations) expect(false, `${address} (${colorScheme}): ${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
      looked += 1;
    }
  }
}

await page.setViewportSize({ width: 360, height: 900 });
await open("/");
const hidden = await page.$$eval("#ranking tbody tr:not([hidden]) [data-cell=total]", (cells) =>
  cells.filter((cell) => cell.scrollWidth > cell.clientWidth || cell.getBoundingClientRect().right > innerWidth).length);
expect(hidden === 0, `${hidden} prices lie beyond the edge of a narrow screen`);

await page.emulateMedia({ colorScheme: "light" });
await page.setViewportSize({ width: 1440, height: 900 });
await open("/");
const ids = () => page.$$eval("#ranking tbody tr:not([hidden])", (lines) => lines.map((line) => line.dataset.listing));
const ranked = await ids();
await page.click('#ranking th[data-sort] >> text="Seller"');
expect((await ids()).join() === [...ranked].sort((a, b) => a.localeCompare(b, "en", { numeric: true })).join(), "sorts by seller");
expect((await page.getAttribute("#ranking th:nth-child(2)", "aria-sort")) === "ascending", "says how it is sorted");
await page.click('#ranking th[data-sort] >> text="Seller"');
expect((await ids())[0] === [...ranked].sort().at(-1), "sorts the other way");
await page.click('#ranking th[data-sort] >> text="Total"');
expect((await ids())[0] === ranked[0], "sorts by total");
await page.fill("#filters [name=search]", "api in one");
expect((await ids()).every((id) => id.startsWith("apiin/")) && (await ids()).length > 0, "searches");
await page.fill("#filters [name=search]", "");
await page.check("#filters [name=priced]");
const priced = await ids();
expect(priced.length > 0 && priced.length < ranked.length, "filters by price");
await page.click("#job summary");
await page.click("#calculator button[data-copy]");
expect((await page.evaluate(() => navigator.clipboard.readText())).startsWith("cogdex compare"), "copies the command");

const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const light = await paper();
await page.click("[data-scheme-button]");
const dark = await paper();
expect(light !== dark, "turns dark");
await open("/reading/");
expect((await paper()) === dark, "stays dark on the next page");

// Without scripts everything can be read, and the ranking is right.
const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
await plain.goto(origin);
const still = await plain.locator("#ranking tbody tr").evaluateAll((lines) => lines.filter((it) => it.dataset.family === "true").map((it) => it.dataset.listing));
expect(still.length >= ranked.length && (await plain.locator("#calculator").isHidden()), "reads without scripts");

const missing = faults.filter((fault) => !fault.includes("404"));
expect(missing.length === 0, missing.join("\n"));
await browser.close();
end();
finish(`${looked} looks at ${new Set(samples).size} pages of ${kinds.size} kinds, in two schemes; none is wider than a screen of 360 to 1920 pixels`);
