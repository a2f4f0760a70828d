// A program with an API token: no cookies, no headers of a browser.
import { PASSWORD } from "./server.mjs";

/** The id of the token that the form at its page makes. */
export const formId = async (person) => /name="id" value="([0-9a-f-]{36})"/.exec((await person.get("/settings/tokens/new")).text)?.[1];

/** Makes a token on the settings page, as a person does, and gives { token, page }. */
export async function makeToken(person, scopes, { name = "A script", expires = "30", password = PASSWORD } = {}) {
  const page = await person.post("/settings/tokens", { id: await formId(person), name, expires, scopes, password });
  return { page, token: /value="(cp_[\w-]{48})"/.exec(page.text)?.[1] };
}

export class Program {
  constructor(url, token) {
    this.url = url;
    this.headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  }

  async send(method, path, document, headers = {}) {
    const body = document === undefined ? undefined : JSON.stringify(document);
    const type = body === undefined ? {} : { "Content-Type": "application/json" };
    const response = await fetch(new URL(path, this.url), { method, body, redirect: "manual", headers: { ...type, ...this.headers, ...headers } });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  }

  get(path, headers) { return this.send("GET", path, undefined, headers); }
}
