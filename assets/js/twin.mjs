// The conversation with a person's twin. Everything that comes from the server is put in as text.
import { el, enhance, errorWords, FETCH_HEADERS } from "./dom.mjs";
import { retryWords } from "./text.mjs";

function bubble(kind, who, text) {
  return el("div", { class: `bubble bubble-${kind}` }, el("span", { class: "bubble-who" }, who), el("span", {}, text));
}

// A quote that stands in the reply is named by skill and date and not repeated.
function citations(list, reply) {
  const rows = list.filter((one) => typeof one?.quote === "string").map((one) =>
    el("blockquote", { class: "citation" }, reply.includes(one.quote) ? null : el("span", {}, `“${one.quote}”`),
      el("footer", {}, [one.skill, one.date].filter(Boolean).join(", "))));
  return rows.length ? el("div", { class: "citations" }, el("span", { class: "bubble-who" }, "Shown by"), ...rows) : null;
}

enhance("form[data-twin]", (form) => {
  const log = document.querySelector("[data-twin-log]");
  const field = form.querySelector("[name='question']");
  const button = form.querySelector("button:not([type='button'])");
  const name = form.dataset.name ?? "Answer";
  let busy = false;

  const put = (element) => { log.append(element); element.scrollIntoView({ block: "nearest" }); };

  async function ask(question) {
    const response = await fetch(form.dataset.endpoint, {
      method: "POST", credentials: "same-origin", headers: { ...FETCH_HEADERS, "Content-Type": "application/json" },
      body: JSON.stringify({ username: form.dataset.username, question }),
    });
    if (response.status === 429) {
      return bubble("error", "Not asked", `That is enough questions for now. You can ask again ${retryWords(response.headers.get("Retry-After"))}.`);
    }
    if (!response.ok) return bubble("error", "Not answered", await errorWords(response));
    const data = await response.json();
    const box = bubble("agent", data.unverified ? `${name}: not verified` : name, String(data.reply ?? ""));
    const proofs = Array.isArray(data.citations) ? citations(data.citations, String(data.reply ?? "")) : null;
    if (proofs) box.append(proofs);
    return box;
  }

  async function send(question) {
    if (busy || !question) return;
    busy = true;
    button?.setAttribute("aria-disabled", "true");
    put(bubble("user", "You", question));
    const thinking = bubble("agent", name, "Thinking…");
    thinking.classList.add("bubble-thinking");
    const timer = setTimeout(() => put(thinking), 150);
    let answer;
    try {
      answer = await ask(question);
      if (!answer.classList.contains("bubble-error")) field.value = "";
    } catch {
      answer = bubble("error", "Not sent", "We cannot reach the server. Your question is still in the field; ask again when you are online.");
    }
    clearTimeout(timer);
    thinking.remove();
    put(answer);
    if (answer.classList.contains("bubble-error") && !field.value) field.value = question;
    busy = false;
    button?.removeAttribute("aria-disabled");
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); send(field.value.trim()); });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send(field.value.trim());
  });
  document.querySelectorAll("[data-twin-ask]").forEach((one) => one.addEventListener("click", () => send(one.dataset.twinAsk || one.textContent.trim())));
});
