-- name: interview_list
SELECT i.id, i.role_title, i.status, i.created_at, i.started_at, i.completed_at,
    (SELECT COUNT(DISTINCT v.user_skill_id) FROM skill_verifications v WHERE v.user_id = i.user_id AND v.interview_id = i.id),
    (SELECT COUNT(*) FROM interview_turns t WHERE t.user_id = i.user_id AND t.interview_id = i.id AND t.role = 'user'),
    i.plan
FROM interviews i WHERE i.user_id = $1 ORDER BY i.created_at DESC, i.id DESC LIMIT $2 OFFSET $3;

-- name: interview_page_up
-- One page and a row more, the oldest first.
SELECT id, role_title, mode, status, created_at, started_at, completed_at, updated_at,
    (SELECT COUNT(DISTINCT v.user_skill_id) FROM skill_verifications v WHERE v.user_id = i.user_id AND v.interview_id = i.id)
FROM interviews i WHERE user_id = $1 AND (created_at, id) > ($2, $3) AND ($5 = '' OR status = $5) ORDER BY created_at, id LIMIT $4;

-- name: interview_page_down
-- The same, the newest first.
SELECT id, role_title, mode, status, created_at, started_at, completed_at, updated_at,
    (SELECT COUNT(DISTINCT v.user_skill_id) FROM skill_verifications v WHERE v.user_id = i.user_id AND v.interview_id = i.id)
FROM interviews i WHERE user_id = $1 AND (created_at, id) < ($2, $3) AND ($5 = '' OR status = $5) ORDER BY created_at DESC, id DESC LIMIT $4;

-- name: interview_whole
SELECT id, role_title, mode, status, created_at, started_at, completed_at, updated_at,
    (SELECT COUNT(DISTINCT v.user_skill_id) FROM skill_verifications v WHERE v.user_id = i.user_id AND v.interview_id = i.id),
    outcome
FROM interviews i WHERE user_id = $1 AND id = $2;

-- name: interview_count
SELECT COUNT(*) FROM interviews WHERE user_id = $1;

-- name: interview_insert
INSERT INTO interviews (id, user_id, role_title, mode, status, plan, state, created_at, updated_at)
VALUES ($1, $2, $3, 'text', 'scheduled', $4, $5, $6, $6);

-- name: interview_by_id
SELECT role_title, status, plan, state, outcome, started_at, completed_at, created_at FROM interviews WHERE user_id = $1 AND id = $2;

-- name: interview_hold
-- Reads and takes the row until the transaction ends: two windows of one person take turns.
UPDATE interviews SET updated_at = $3 WHERE user_id = $1 AND id = $2
RETURNING role_title, status, plan, state, outcome, started_at, completed_at, created_at;

-- name: interview_move
UPDATE interviews SET status = $3, state = $4, started_at = $5, updated_at = $6 WHERE user_id = $1 AND id = $2;

-- name: interview_complete
-- Changes a row once: the second who completes changes none.
UPDATE interviews SET status = 'completed', completed_at = $3, updated_at = $3 WHERE user_id = $1 AND id = $2 AND status = 'in_progress';

-- name: interview_note_event
UPDATE interviews SET completion_event_id = $3 WHERE user_id = $1 AND id = $2;

-- name: interview_dead_reading
-- The job that gave up reading this interview.
SELECT j.id FROM interviews i JOIN jobs j ON j.event_id = i.completion_event_id
WHERE i.user_id = $1 AND i.id = $2 AND i.status = 'completed' AND j.status = 'dead';

-- name: interview_delete
DELETE FROM interviews WHERE user_id = $1 AND id = $2;

-- name: interview_unverify
-- Claims whose only proofs came from this interview are claims again.
UPDATE user_skills SET is_verified = FALSE, verification_metadata = NULL, updated_at = $3
WHERE user_id = $1
    AND id IN (SELECT p.user_skill_id FROM skill_verifications p WHERE p.user_id = $1 AND p.interview_id = $2)
    AND id NOT IN (SELECT q.user_skill_id FROM skill_verifications q WHERE q.user_id = $1 AND q.interview_id <> $2);

-- name: interview_latest_proofs_left
-- The newest proof that stays of each skill which loses one, with the number that stay.
SELECT v.user_skill_id, v.interview_id, v.verified_at, v.snippet, v.confidence,
    (SELECT COUNT(*) FROM skill_verifications c WHERE c.user_id = v.user_id AND c.user_skill_id = v.user_skill_id AND c.interview_id <> $2)
FROM skill_verifications v
WHERE v.user_id = $1 AND v.interview_id <> $2
    AND v.user_skill_id IN (SELECT p.user_skill_id FROM skill_verifications p WHERE p.user_id = $1 AND p.interview_id = $2)
    AND NOT EXISTS (SELECT 1 FROM skill_verifications n WHERE n.user_id = v.user_id AND n.user_skill_id = v.user_skill_id
        AND n.interview_id <> $2 AND (n.verified_at > v.verified_at OR (n.verified_at = v.verified_at AND n.id > v.id)));

-- name: interview_set_metadata
-- $2: [{"id", "metadata"}], one a claim.
UPDATE user_skills SET verification_metadata = e.value -> 'metadata', updated_at = $3
FROM {each}($2) AS e WHERE user_skills.user_id = $1 AND user_skills.id = CAST(e.value {member} 'id' AS {uuid});

-- name: interview_turns
SELECT turn_index, role, content_text, skill_id, message_id, created_at FROM interview_turns
WHERE user_id = $1 AND interview_id = $2 ORDER BY turn_index;

-- name: interview_next_turn
SELECT COALESCE(MAX(turn_index) + 1, 0) FROM interview_turns WHERE user_id = $1 AND interview_id = $2;

-- name: interview_turn_by_message
SELECT turn_index, content_text, created_at FROM interview_turns WHERE user_id = $1 AND interview_id = $2 AND message_id = $3;

-- name: interview_turn_insert
INSERT INTO interview_turns (user_id, interview_id, turn_index, role, content_text, skill_id, message_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: interview_answers
SELECT COUNT(*) FROM interview_turns WHERE user_id = $1 AND interview_id = $2 AND role = 'user';

-- name: interview_said
-- What interviewers asked this person lately, over all interviews.
SELECT content_text FROM interview_turns WHERE user_id = $1 AND role = 'assistant' ORDER BY created_at DESC LIMIT 1000;

-- name: interview_claims
SELECT us.skill_id, s.name, us.proficiency_level, us.is_verified
FROM user_skills us JOIN skills s ON s.id = us.skill_id WHERE us.user_id = $1 ORDER BY us.is_verified, s.name, us.skill_id;

-- name: interview_target_roles
SELECT target_roles FROM user_profiles WHERE user_id = $1;

-- name: interview_proofs
SELECT v.id, s.name, v.verification_type, v.confidence, v.snippet, v.turn_index, v.start_offset, v.end_offset, v.summary
FROM skill_verifications v
JOIN user_skills us ON us.user_id = v.user_id AND us.id = v.user_skill_id
JOIN skills s ON s.id = us.skill_id
WHERE v.user_id = $1 AND v.interview_id = $2 ORDER BY s.name, v.confidence DESC, v.turn_index, v.start_offset;
