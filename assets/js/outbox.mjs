// Answers that the server has not acknowledged yet, kept in storage so that no reload or lost connection costs a word.
import { messageId } from "./text.mjs";

export class Outbox {
  /** `storage` has get(key), set(key, value), remove(key); `key` is one interview of one person. */
  constructor(storage, key, newId = messageId) {
    this.storage = storage;
    this.key = key;
    this.newId = newId;
    const kept = storage.get(key);
    this.items = Array.isArray(kept) ? kept.filter((one) => typeof one?.id === "string" && typeof one?.text === "string") : [];
  }

  keep() {
    if (this.items.length) this.storage.set(this.key, this.items); else this.storage.remove(this.key);
  }

  /** Takes an answer in; it stays until ack() with its id. */
  add(text) {
    const item = { id: this.newId(), text };
    this.items.push(item);
    this.keep();
    return item;
  }

  /** True when the id was waiting. */
  ack(id) {
    const before = this.items.length;
    this.items = this.items.filter((one) => one.id !== id);
    if (this.items.length === before) return false;
    this.keep();
    return true;
  }

  pending() { return [...this.items]; }
}

/** One EVI message from its text; null for what is not one. */
export function readMessage(text) {
  try {
    const data = JSON.parse(text);
    return data && typeof data === "object" && typeof data.type === "string" ? data : null;
  } catch {
    return null;
  }
}
