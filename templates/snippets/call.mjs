// Node 18 or newer; needs the key in the environment variable {{ w.variable }}.
import { writeFile } from "node:fs/promises";
{%- if w.has_task() %}
import { setTimeout as pause } from "node:timers/promises";
{%- endif %}

const BASE_URL = {{ w.base }};
{%- if w.has_task() %}
const PAUSE = 2;
{%- endif %}
const KEY = process.env[{{ w.key }}];

async function call(method, url, body) {
  const headers = { "Content-Type": "application/json" };
{%- if !w.header.is_empty() %}
  headers[{{ w.header }}] = {{ w.before_key }} + KEY;
{%- endif %}
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}
{% if w.finds_links() %}
function links(value) {
  if (typeof value === "string") return /^https?:\/\//.test(value) ? [value] : [];
  return value && typeof value === "object" ? Object.values(value).flatMap(links) : [];
}
{% endif %}
const body = {{ w.body }};
// A call may cost money: it is sent once.
let answer = await call("POST", BASE_URL + {{ w.create }}, body);
{%- if w.has_task() %}
const task = {{ w.id }};
{%- if w.is_either %}
const [found] = typeof task === "string" ? [] : links(answer);
if (found) {
  // The seller's pages disagree on this: here the image came at once.
  const image = await fetch(found);
  if (!image.ok) throw new Error(`${image.status} for the image`);
  await writeFile({{ w.file }}, Buffer.from(await image.arrayBuffer()));
  process.exit();
}
{%- endif %}
if (typeof task !== "string") throw new Error("No task in the answer: " + JSON.stringify(answer));

// Asks until the task is done, for five minutes at most.
for (let tries = 0; ; tries += 1) {
  if (tries === 150) throw new Error("The task is not done yet: " + task);
  await pause(PAUSE * 1000);
  answer = await call({{ w.poll_method }}, {{ w.poll }});
  const status = {{ w.state }};
  if ([{{ w.done }}].includes(status)) break;
{%- if !w.failed.is_empty() %}
  if ([{{ w.failed }}].includes(status)) {
    throw new Error("The task failed: " + JSON.stringify(answer));
  }
{%- endif %}
}
{%- endif %}
{%- if w.has_result() %}
answer = await call({{ w.result_method }}, {{ w.result }});
{%- endif %}
{% if !w.inline.is_empty() %}
await writeFile({{ w.file }}, Buffer.from({{ w.inline }}, "base64"));
{%- else %}
{%- if w.is_anywhere %}
// No source says where the link stands: this takes the first that is not the task's own.
const link = links(answer).find((link) => !link.includes(task));
{%- else %}
const link = {{ w.link }};
{%- endif %}
const image = await fetch(link);
if (!image.ok) throw new Error(`${image.status} for the image`);
await writeFile({{ w.file }}, Buffer.from(await image.arrayBuffer()));
{%- endif %}
