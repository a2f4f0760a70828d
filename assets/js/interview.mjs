// The interview in the browser: EVI messages over a WebSocket. The server owns the transcript; the browser keeps an answer
// until it is acknowledged (outbox.mjs) and sends it again after a lost connection, with the same id, which the server
// takes once. Typing never stops: the draft is kept too.
import { el, enhance, owned, store } from "./dom.mjs";
import { Outbox, readMessage } from "./outbox.mjs";
import { backoff, elapsed, topicWords } from "./text.mjs";

const STATES = {
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Reconnecting: go on typing, we keep it",
  offline: "Offline: go on typing, we keep it",
  ended: "Interview ended",
};

class Interview {
  constructor(box) {
    this.box = box;
    this.id = box.dataset.interview;
    this.parts = Object.fromEntries(["status", "time", "topics", "skill", "question", "thinking", "captions", "ended", "form"]
      .map((name) => [name, box.querySelector(`[data-interview-${name}]`)]));
    this.field = this.parts.form?.querySelector("textarea, input[name='text']");
    this.outbox = new Outbox(store, owned(`interview:${this.id}`));
    this.draftKey = owned(`interview-draft:${this.id}`);
    this.seen = new Set([...box.querySelectorAll("[data-message-id]")].map((line) => line.dataset.messageId));
    this.attempt = 0;
    this.seconds = Number(box.dataset.seconds) || 0;
    this.over = false;
    this.listen();
    this.turn = -1;
    this.outbox.pending().filter((item) => !this.seen.has(item.id)).forEach((item) => this.caption("You", item.text, item.id, true));
    this.parts.captions.scrollTop = this.parts.captions.scrollHeight;
    this.tick = setInterval(() => this.showTime(1), 1000);
    this.showTime(0);
    this.connect();
  }

  listen() {
    this.parts.form.addEventListener("submit", (event) => { event.preventDefault(); this.say(); });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.say();
    });
    const draft = store.get(this.draftKey);
    if (typeof draft === "string" && !this.field.value) this.field.value = draft;
    this.field.addEventListener("input", () => store.set(this.draftKey, this.field.value));
    window.addEventListener("online", () => this.renew());
    window.addEventListener("offline", () => this.show("offline"));
    window.addEventListener("pagehide", () => this.socket?.close());
    window.addEventListener("pageshow", (event) => { if (event.persisted) this.connect(); });
  }

  connect() {
    clearTimeout(this.timer);
    if (this.over || (this.socket && this.socket.readyState < WebSocket.CLOSING)) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/v0/evi/chat?interview_id=${encodeURIComponent(this.id)}`);
    this.socket = socket;
    if (!this.attempt) this.show("connecting");
    socket.addEventListener("message", (event) => { if (socket === this.socket) this.receive(readMessage(event.data)); });
    socket.addEventListener("close", () => { if (socket === this.socket) this.lost(); });
  }

  /** Back online. The socket may have lived through it, or look alive and be dead: a new one tells, and sends what was not acknowledged. */
  renew() {
    const before = this.socket;
    this.socket = null;
    before?.close();
    this.attempt = 0;
    this.connect();
  }

  lost() {
    this.socket = null;
    this.thinking(false);
    if (this.over) return;
    this.show(navigator.onLine ? "reconnecting" : "offline");
    this.timer = setTimeout(() => this.connect(), backoff(this.attempt++));
  }

  receive(message) {
    if (!message || this.over) return;
    const text = typeof message.message?.content === "string" ? message.message.content : "";
    if (message.type === "chat_metadata") this.ready();
    else if (message.type === "user_message") this.heard(message, text);
    else if (message.type === "assistant_message") this.asked(message, text);
    else if (message.type === "assistant_end") this.thinking(false);
    else if (message.type === "error") this.problem(message);
  }

  ready() {
    this.attempt = 0;
    this.show("connected");
    this.outbox.pending().forEach((item) => this.transmit(item));
  }

  transmit(item) {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ type: "user_input", text: item.text, message_id: item.id }));
    this.thinking(true);
  }

  say() {
    const text = this.field.value.trim();
    if (!text || this.over) return;
    const item = this.outbox.add(text);
    this.field.value = "";
    store.remove(this.draftKey);
    this.caption("You", text, item.id, true);
    this.transmit(item);
    this.field.focus();
  }

  heard(message, text) {
    const id = message.message_id ?? "";
    this.outbox.ack(id);
    const line = id ? this.parts.captions.querySelector(`[data-message-id="${CSS.escape(id)}"]`) : null;
    if (line) { delete line.dataset.pending; return; }
    if (!this.seen.has(id)) this.caption("You", text, id, false);
  }

  /** After a lost connection the server says everything again: what was asked before the question on the stage is not news. */
  asked(message, text) {
    if (Number.isInteger(message.turn) && message.turn <= this.turn) {
      this.progress(message.progress);
      return;
    }
    if (Number.isInteger(message.turn)) this.turn = message.turn;
    const known = message.id && this.seen.has(message.id);
    if (message.id) this.seen.add(message.id);
    if (text) {
      this.thinking(false);
      if (!known) this.archive();
      this.parts.question.textContent = text;
      this.current = { id: message.id ?? "", text };
    }
    this.progress(message.progress);
  }

  /** The question that was on the stage goes into the captions before the next one takes its place. */
  archive() {
    const before = this.current?.text;
    if (!before) return;
    const answer = [...this.parts.captions.children].findLast((line) => line.dataset.who === "you");
    const line = this.line("Interviewer", before, this.current.id);
    if (answer) answer.before(line); else this.parts.captions.append(line);
  }

  progress(progress) {
    if (!progress || typeof progress !== "object") return;
    if (this.parts.topics) this.parts.topics.textContent = topicWords(progress.topics_done, progress.topics_total);
    if (this.parts.skill) this.parts.skill.textContent = typeof progress.skill === "string" ? progress.skill : "";
    if (Number.isFinite(progress.seconds)) { this.seconds = progress.seconds; this.showTime(0); }
    if (progress.ended === true) this.end();
  }

  end() {
    this.over = true;
    clearInterval(this.tick);
    this.show("ended");
    this.thinking(false);
    this.parts.form.hidden = true;
    if (this.parts.ended) this.parts.ended.hidden = false;
    store.remove(this.draftKey);
    this.socket?.close();
  }

  problem(message) {
    this.thinking(false);
    const words = typeof message.message === "string" && message.message ? message.message : "The interviewer had a problem. What you said is kept.";
    this.parts.captions.append(el("p", { class: "text-destructive", role: "alert" }, words));
  }

  line(who, text, id) {
    const name = el("strong", {}, `${who}: `);
    return el("p", { "data-who": who === "You" ? "you" : "interviewer", "data-message-id": id || null }, name, text);
  }

  caption(who, text, id, pending) {
    if (id) this.seen.add(id);
    const line = this.line(who, text, id);
    if (pending) line.dataset.pending = "";
    this.parts.captions.append(line);
    this.parts.captions.scrollTop = this.parts.captions.scrollHeight;
  }

  thinking(on) {
    clearTimeout(this.slow);
    if (!this.parts.thinking) return;
    if (on) this.slow = setTimeout(() => { this.parts.thinking.hidden = false; }, 150);
    else this.parts.thinking.hidden = true;
  }

  show(state) {
    if (!this.parts.status || this.parts.status.dataset.state === state) return;
    this.parts.status.dataset.state = state;
    this.parts.status.textContent = STATES[state];
  }

  showTime(step) {
    this.seconds += step;
    if (this.parts.time) this.parts.time.textContent = elapsed(this.seconds);
  }
}

enhance("[data-interview]", (box) => new Interview(box));
