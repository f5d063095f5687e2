// The real openai client for Node against the mock, pointed at it by its base URL alone.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const [, , modules, origin] = process.argv;
const { default: OpenAI } = createRequire(`${modules}/`)("openai");

const client = new OpenAI({
  baseURL: `${origin}/aigateway/v1`,
  apiKey: "sk-aig-mock",
  maxRetries: 0,
});
const ask = { model: "zai-org/cogview4", prompt: "a lighthouse on a cliff at dusk" };

const answer = await client.images.generate({ ...ask, size: "1024x1024" });
const image = Buffer.from(await (await fetch(answer.data[0].url)).arrayBuffer());
assert.equal(image.readUInt32BE(16), 1024);
assert.equal(typeof answer.created, "number");

await assert.rejects(client.images.generate({ ...ask, model: "nobody" }), OpenAI.NotFoundError);
const wrong = new OpenAI({ baseURL: client.baseURL, apiKey: "sk-wrong", maxRetries: 0 });
await assert.rejects(wrong.images.generate(ask), OpenAI.AuthenticationError);
console.log("openai for Node: ok");
