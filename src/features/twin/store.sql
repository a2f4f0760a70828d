-- name: twin_person_by_name
-- A public person by username (or the id of the identity provider); $2 is the asker, who may ask the own twin before it is public.
SELECT u.id, u.first_name, u.last_name, u.username, p.twin_quotes_resume FROM users u JOIN user_profiles p ON p.user_id = u.id
WHERE (u.username = $1 OR u.clerk_id = $1) AND (p.is_public = TRUE OR u.id = $2);

-- name: twin_person_by_id
SELECT u.id, u.first_name, u.last_name, u.username, p.twin_quotes_resume FROM users u JOIN user_profiles p ON p.user_id = u.id
WHERE u.id = $1 AND (p.is_public = TRUE OR u.id = $2);

-- name: twin_person_of_operator
SELECT u.id, u.first_name, u.last_name, u.username, p.twin_quotes_resume FROM users u JOIN user_profiles p ON p.user_id = u.id WHERE u.username = $1;

-- name: twin_proofs
-- Verified quotes, never transcripts.
SELECT v.id, us.skill_id, s.name, v.verification_type, v.verified_at, v.summary, v.snippet, v.confidence
FROM skill_verifications v
JOIN user_skills us ON us.user_id = v.user_id AND us.id = v.user_skill_id
JOIN skills s ON s.id = us.skill_id
WHERE v.user_id = $1 AND us.is_verified = TRUE
ORDER BY v.verified_at DESC, v.id LIMIT 200;

-- name: twin_passages
-- The latest readable resume, without what its reader could not place. Asked for only when its owner lets the twin quote it.
SELECT c.content_text FROM resume_chunks c
WHERE c.user_id = $1 AND c.section <> 'other'
  AND c.resume_id = (SELECT r.id FROM resumes r WHERE r.user_id = $1 AND r.status = 'ready' ORDER BY r.uploaded_at DESC LIMIT 1)
ORDER BY c.chunk_index LIMIT 100;

-- name: twin_keep_question
INSERT INTO twin_questions (id, user_id, question, reply, answered, citations, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: twin_questions
SELECT id, question, reply, answered, asked_at FROM twin_questions WHERE user_id = $1 ORDER BY asked_at DESC, id LIMIT $2 OFFSET $3;

-- name: twin_questions_count
SELECT COUNT(*) FROM twin_questions WHERE user_id = $1;

-- name: twin_unanswered_count
SELECT COUNT(*) FROM twin_questions WHERE user_id = $1 AND answered = FALSE;
