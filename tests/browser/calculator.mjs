// The calculator against `cogdex compare`, over random jobs: ranks, states, totals, shares and times
// to the last digit. The seed is printed, so that a failure can be made again.

import { execFileSync } from "node:child_process";

import { cogdex, expect, finish, launch, serve, watch } from "./support.mjs";

const JOBS = 240;
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
let state = seed;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const pick = (list) => list[Math.floor(random() * list.length)];

const { origin, end } = await serve();
const browser = await launch();
const page = await browser.newPage();
const faults = watch(page, origin);
await page.goto(origin);
await page.waitForSelector("html[data-ready]");
await page.click("#job summary");

const options = (name) => page.$$eval(`#calculator [name=${name}] option`, (all) => all.map((it) => it.value));
const choices = { size: await options("size"), quality: await options("quality"), currency: await options("currency") };

const job = () => ({
  images: String(pick([1, 7, 999, 1000, 123456, 1000000000000, Math.ceil(random() * 10 ** Math.ceil(random() * 9))])),
  size: pick(choices.size),
  quality: pick(choices.quality),
  currency: pick(choices.currency),
  reject: pick(["0%", "10%", "33.3%", "0.000000000001%", "99.9%", `${Math.floor(random() * 100)}.${Math.floor(random() * 1000)}%`]),
  deadline: pick(["", "", "", "30s", "10m", "2h", "7d", `${Math.ceil(random() * 100000)}ms`]),
  models: pick(["family", "any"]),
});

const flags = (it) => [
  "compare", "--format", "json", "--images", it.images, "--size", it.size, "--currency", it.currency,
  "--reject-rate", it.reject,
  ...(it.quality ? ["--quality", it.quality] : []),
  ...(it.deadline ? ["--deadline", it.deadline] : []),
  ...(it.models === "any" ? ["--model", "any"] : []),
];

for (let round = 0; round < JOBS; round += 1) {
  const it = job();
  const answer = JSON.parse(execFileSync(cogdex, flags(it), { stdio: ["ignore", "pipe", "pipe"] }));
  for (const name of ["size", "quality", "currency"]) await page.selectOption(`#calculator [name=${name}]`, it[name]);
  await page.selectOption("#filters [name=models]", it.models);
  for (const name of ["images", "reject", "deadline"]) await page.fill(`#calculator [name=${name}]`, it[name]);
  const shown = await page.$$eval("#ranking tbody tr:not([hidden])", (lines) =>
    lines.map((line) => {
      const text = (name) => line.querySelector(`[data-cell="${name}"]`).textContent;
      const { listing, state, low, high } = line.dataset;
      const exact = (name) => line.querySelector(`[data-cell="${name}"]`).dataset.exact;
      return { listing, state, low, high, rank: text("rank"), each: exact("each"), takes: exact("takes") };
    }));
  const span = (range) => (range ? (range.low === range.high ? `${range.low}` : `${range.low} to ${range.high}`) : "");
  const wanted = answer.rows.map((row) => ({
    listing: row.listing, state: row.state, low: row.total?.low ?? "", high: row.total?.high ?? "",
    rank: row.rank === null ? "" : String(row.rank), each: span(row.per_image), takes: span(row.duration_s),
  }));
  // Where a listing is refused, the duration says why, and only the total's absence is compared.
  const comparable = (row) => JSON.stringify(row.high === "" ? { ...row, takes: "" } : row);
  const [a, b] = [shown.map(comparable).join("\n"), wanted.map(comparable).join("\n")];
  expect(a === b, `seed ${seed}, job ${JSON.stringify(it)}\n--- page\n${a}\n--- compare\n${b}`);
}

// The address holds the job: whoever opens it sees the same.
const address = page.url();
const before = await page.$eval("#ranking tbody", (body) => body.innerText);
await page.goto("about:blank");
await page.goto(address);
await page.waitForSelector("html[data-ready]");
expect((await page.$eval("#ranking tbody", (body) => body.innerText)) === before, "an address opens the same ranking");
for (const [name, text] of [["images", "0"], ["images", "many"], ["reject", "100%"], ["deadline", "soon"]]) {
  await page.goto(origin);
  await page.waitForSelector("html[data-ready]");
  await page.click("#job summary");
  await page.fill(`#calculator [name=${name}]`, text);
  expect((await page.textContent("#fault")).includes(text), `${name} = ${text} is told`);
}
expect(faults.length === 0, `calculator: ${faults.join("; ")}`);

await browser.close();
end();
finish(`${JOBS} random jobs cost the same on the page and in the terminal (seed ${seed})`);
