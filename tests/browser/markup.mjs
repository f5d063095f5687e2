// Every page before an HTML validator.

import { readFile } from "node:fs/promises";
import path from "node:path";

import { HtmlValidate, addresses, dist, expect, finish, rules } from "./support.mjs";

const validator = new HtmlValidate(rules);

const pages = [...(await addresses()).map((address) => `${address}index.html`), "/404.html"];
for (const page of pages) {
  const report = await validator.validateString(await readFile(path.join(dist, page), "utf8"), page);
  for (const { messages } of report.results) {
    for (const { ruleId, message, line, column } of messages) {
      expect(false, `${page}:${line}:${column} ${ruleId}: ${message}`);
    }
  }
}
expect(pages.length > 20, "there are pages");
finish(`${pages.length} pages are valid HTML`);
