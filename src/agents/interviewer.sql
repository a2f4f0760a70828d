-- name: interviewer_role
SELECT role_title, status FROM interviews WHERE user_id = $1 AND id = $2;

-- name: interviewer_turns
SELECT turn_index, role, content_text, skill_id FROM interview_turns WHERE user_id = $1 AND interview_id = $2 ORDER BY turn_index;

-- name: interviewer_claims
SELECT us.id, us.skill_id, s.name, us.proficiency_level, us.is_verified
FROM user_skills us JOIN skills s ON s.id = us.skill_id WHERE us.user_id = $1 ORDER BY s.name, us.id;

-- name: interviewer_take
-- The first to finish the analysis changes the row; whoever comes again changes none.
UPDATE interviews SET status = 'analyzed', updated_at = $3 WHERE user_id = $1 AND id = $2 AND status = 'completed';

-- name: interviewer_insert_proofs
-- $3: [{"id", "claim", "type", "confidence", "snippet", "turn", "start", "end", "summary", "raw"}], each place of a turn once a claim.
INSERT INTO skill_verifications (id, user_id, user_skill_id, interview_id, verification_type, confidence, snippet, turn_index, start_offset,
    end_offset, summary, raw_data, verified_at)
SELECT CAST(e.value {member} 'id' AS {uuid}), CAST($1 AS {uuid}), CAST(e.value {member} 'claim' AS {uuid}), CAST($2 AS {uuid}), e.value {member} 'type',
    CAST(e.value {member} 'confidence' AS {real}), e.value {member} 'snippet', CAST(e.value {member} 'turn' AS {int}), CAST(e.value {member} 'start' AS {int}),
    CAST(e.value {member} 'end' AS {int}), e.value {member} 'summary', e.value -> 'raw', CAST($4 AS {time})
FROM {each}($3) AS e WHERE TRUE
ON CONFLICT (user_id, interview_id, user_skill_id, turn_index, start_offset) DO NOTHING;

-- name: interviewer_hold_claims
-- Two interviews of one person that end together take turns here, so that the second sees the first one's quotes. $2: [{"id"}].
UPDATE user_skills SET updated_at = updated_at
WHERE user_id = $1 AND id IN (SELECT CAST(e.value {member} 'id' AS {uuid}) FROM {each}($2) AS e);

-- name: interviewer_quotes
-- What proves these skills already, over all interviews. $2: [{"id"}].
SELECT user_skill_id, snippet FROM skill_verifications
WHERE user_id = $1 AND user_skill_id IN (SELECT CAST(e.value {member} 'id' AS {uuid}) FROM {each}($2) AS e);

-- name: interviewer_counts
-- How many proofs each skill has, over all interviews.
SELECT user_skill_id, COUNT(*) FROM skill_verifications WHERE user_id = $1 GROUP BY user_skill_id;

-- name: interviewer_verify
-- $2: [{"id", "metadata"}], one a claim.
UPDATE user_skills SET is_verified = TRUE, verification_metadata = e.value -> 'metadata', updated_at = $3
FROM {each}($2) AS e WHERE user_skills.user_id = $1 AND user_skills.id = CAST(e.value {member} 'id' AS {uuid});

-- name: interviewer_proof_ids
SELECT id FROM skill_verifications WHERE user_id = $1 AND interview_id = $2 ORDER BY turn_index, start_offset, id;

-- name: interviewer_set_outcome
UPDATE interviews SET outcome = $3 WHERE user_id = $1 AND id = $2;
