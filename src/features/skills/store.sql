-- name: skill_claim_count
-- Besides this one.
SELECT COUNT(*) FROM user_skills WHERE user_id = $1 AND skill_id <> $2;

-- name: skill_claim
-- A second claim of a skill changes its level.
INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (user_id, skill_id) DO UPDATE SET proficiency_level = excluded.proficiency_level, updated_at = excluded.updated_at
RETURNING id;

-- name: skill_claim_new
-- A second claim of a skill changes nothing and returns no row.
INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (user_id, skill_id) DO NOTHING
RETURNING id;

-- name: skill_set_level
UPDATE user_skills SET proficiency_level = $3, updated_at = $4 WHERE user_id = $1 AND id = $2;

-- name: skill_set_level_of
UPDATE user_skills SET proficiency_level = $3, updated_at = $4 WHERE user_id = $1 AND skill_id = $2
RETURNING id, is_verified, (SELECT name FROM skills WHERE skills.id = user_skills.skill_id);

-- name: skill_set_level_unplanned
-- The same where nothing follows from it (skill_wants_new_plan counts none): one statement alone, no transaction around it.
UPDATE user_skills SET proficiency_level = $3, updated_at = $4 WHERE user_id = $1 AND skill_id = $2
    AND (NOT EXISTS (SELECT 1 FROM roadmaps r WHERE r.user_id = $1 AND r.status = 'active')
        OR EXISTS (SELECT 1 FROM jobs j WHERE j.user_id = $1 AND j.kind = 'roadmap.repath' AND j.status IN ('scheduled', 'blocked', 'queued')))
RETURNING id, is_verified, (SELECT name FROM skills WHERE skills.id = user_skills.skill_id);

-- name: skill_delete
DELETE FROM user_skills WHERE user_id = $1 AND id = $2;

-- name: skill_find
SELECT us.id, us.skill_id, s.name, us.proficiency_level, us.is_verified,
    (SELECT COUNT(*) FROM skill_verifications v WHERE v.user_id = us.user_id AND v.user_skill_id = us.id)
FROM user_skills us JOIN skills s ON s.id = us.skill_id WHERE us.user_id = $1 AND us.id = $2;

-- name: skill_wants_new_plan
-- There is a roadmap, and no plan of it is waiting to run that would see the change anyway.
SELECT COUNT(*) FROM roadmaps r WHERE r.user_id = $1 AND r.status = 'active'
    AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.user_id = $1 AND j.kind = 'roadmap.repath' AND j.status IN ('scheduled', 'blocked', 'queued'));
