// The lines of an NDJSON file that break a schema, by ajv compiled with all errors: node ajv.mjs SCHEMA FILE
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [schema, file] = process.argv.slice(2);
const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schema, "utf8")));
const broken = [];
let line = 0;
for await (const text of createInterface({ input: createReadStream(file) })) {
  line += 1;
  if (!validate(JSON.parse(text))) broken.push(line);
}
console.log(broken.join("\n"));
