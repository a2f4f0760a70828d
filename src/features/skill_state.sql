-- name: skill_state_list
SELECT us.id, us.skill_id, s.name, s.field, s.category, us.proficiency_level, us.is_verified, us.created_at
FROM user_skills us JOIN skills s ON s.id = us.skill_id
WHERE us.user_id = $1 ORDER BY lower(s.name), us.skill_id;

-- name: skill_state_list_whole
-- With what is told of the proofs.
SELECT us.id, us.skill_id, s.name, s.field, s.category, us.proficiency_level, us.is_verified, us.created_at, us.verification_metadata
FROM user_skills us JOIN skills s ON s.id = us.skill_id
WHERE us.user_id = $1 ORDER BY lower(s.name), us.skill_id;

-- name: skill_state_outcomes
SELECT id, outcome, completed_at FROM interviews
WHERE user_id = $1 AND status = 'analyzed' AND outcome IS NOT NULL ORDER BY completed_at DESC, id DESC LIMIT 20;
