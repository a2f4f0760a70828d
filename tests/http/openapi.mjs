// What the document of the API promises, as tests ask it: operations, and whether an answer keeps the promise.
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** The document with every object closed: a real answer has no member that the document does not name. */
function closed(value) {
  if (Array.isArray(value)) return value.map(closed);
  if (value === null || typeof value !== "object") return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  if (copy.type === "object" && copy.properties && !("additionalProperties" in copy)) copy.additionalProperties = false;
  return copy;
}

export class OpenApi {
  constructor(document) {
    this.document = document;
    this.ajv = new Ajv({ strict: false, allErrors: true, formats: { password: true } });
    addFormats(this.ajv);
    this.ajv.addSchema({ ...closed({ components: document.components }), $id: "api" });
    this.validators = new Map();
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase(), name: `${method.toUpperCase()} ${path}` })));
  }

  static async read(server) {
    const answer = await server.browser().get("/api/openapi.json");
    return new OpenApi(answer.json());
  }

  find(method, path) { return this.operations.find((one) => one.method === method && one.path === path); }

  /** What a reference of the document stands for. */
  resolve(value) {
    while (value?.$ref) value = value.$ref.slice(2).split("/").reduce((at, key) => at[key.replaceAll("~1", "/").replaceAll("~0", "~")], this.document);
    return value;
  }

  /** What is wrong with a value, in words; "" when it fits. `schema` may refer to the document. */
  mistakes(schema, value) {
    const key = JSON.stringify(schema);
    if (!this.validators.has(key)) this.validators.set(key, this.ajv.compile(JSON.parse(key.replaceAll('"#/components/', '"api#/components/'))));
    const fits = this.validators.get(key);
    return fits(value) ? "" : this.ajv.errorsText(fits.errors, { dataVar: "answer" });
  }

  /** What an answer breaks of the promise, in words; "" when it keeps it. answer: { status, headers, text }. */
  broken(operation, answer) {
    const response = this.resolve(operation.responses[answer.status]);
    if (!response) return `${answer.status} is not documented`;
    for (const [name, header] of Object.entries(response.headers ?? {})) {
      const value = answer.headers.get(name), { required, schema } = this.resolve(header);
      if (required && value === null) return `${answer.status} has no ${name}`;
      if (value !== null && schema.type === "integer" && !/^\d+$/.test(value)) return `${answer.status} has the ${name} ${value}`;
    }
    const type = (answer.headers.get("content-type") ?? "").split(";")[0];
    if (!response.content) return answer.text === "" ? "" : `${answer.status} has a body: ${answer.text.slice(0, 200)}`;
    const media = response.content[type];
    if (!media) return `${answer.status} is of the type ${type || "(none)"}`;
    if (!/json$/.test(type)) return "";
    let value;
    try { value = JSON.parse(answer.text); } catch { return `${answer.status} is no JSON: ${answer.text.slice(0, 200)}`; }
    if (type === "application/problem+json" && value.status !== answer.status) return `the problem says ${value.status}, the status line ${answer.status}`;
    const wrong = this.mistakes(media.schema, value);
    return wrong && `${answer.status}: ${wrong} in ${answer.text.slice(0, 500)}`;
  }
}
