// What the interview tests share: people with claims, and words to say.
import { randomUUID } from "node:crypto";

export const GOOD = "I moved our build from one large image to a multi-stage build because pulling 900 MB took four minutes; after that the image had 80 MB, and I checked it with docker history on the CI runner.";
export const uuid = () => randomUUID();

/** Writes to the store beside the running server. */
export const write = (server, sql) => server.write(sql);

/** Claims for a person: [["docker", "proficient"], …]; the third entry may say that it is verified. */
export async function claim(server, person, claims) {
  for (const [skill_id, proficiency_level, verified] of claims) {
    const answer = await person.send("POST", "/api/skills", { skill_id, proficiency_level });
    if (answer.status >= 300) throw new Error(`claiming ${skill_id} answered ${answer.status}: ${answer.text}`);
    if (verified) await write(server, `UPDATE user_skills SET is_verified = TRUE WHERE skill_id = '${skill_id}' AND user_id = (SELECT id FROM users WHERE email = '${person.email}');`);
  }
}

export async function prepare(person, fields = {}) {
  const answer = await person.post("/interviews", { role: "Platform Engineer", skills: ["docker", "postgresql"], length: "short", ...fields });
  if (answer.status !== 303) throw new Error(`preparing answered ${answer.status}: ${answer.text}`);
  return answer.location.split("/").at(-1);
}

export async function begin(person, id) {
  const answer = await person.post(`/interviews/${id}/start`);
  if (answer.status !== 303) throw new Error(`starting answered ${answer.status}: ${answer.text}`);
}

export const chat = (id) => `/v0/evi/chat?interview_id=${id}`;
