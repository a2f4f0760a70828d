-- name: profile_person
-- One public person by username; the owner ($2, NULL for strangers) sees the page before it is public too.
SELECT u.id, u.first_name, u.last_name, p.headline, p.target_roles, p.preferred_locations, p.years_of_experience, p.public_bio, p.is_public
FROM users u JOIN user_profiles p ON p.user_id = u.id
WHERE u.username = $1 AND (p.is_public = TRUE OR u.id = $2);

-- name: profile_proofs
-- Verified skills with their proofs, latest first; the reader keeps three a skill and counts the rest. CROSS JOIN keeps the order of the
-- tables on SQLite, where it follows two indexes and sorts nothing: a third of the time that ranking the proofs in here takes. Names come
-- from the catalogue in memory.
SELECT us.id, us.skill_id, us.proficiency_level, v.verification_type, v.confidence, v.verified_at, v.snippet, v.summary
FROM user_skills us CROSS JOIN skill_verifications v
WHERE us.user_id = $1 AND us.is_verified = TRUE AND v.user_id = us.user_id AND v.user_skill_id = us.id
ORDER BY us.id, v.verified_at DESC;

-- name: profile_left_skills
-- Names of this person's skills as the store has them: for skills that left the catalogue.
SELECT s.id, s.name, s.category FROM skills s WHERE s.id IN (SELECT us.skill_id FROM user_skills us WHERE us.user_id = $1);
