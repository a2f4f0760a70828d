-- name: profile_person
-- One public person by username; the owner ($2, NULL for strangers) sees the page before it is public too.
SELECT u.id, u.first_name, u.last_name, p.headline, p.target_roles, p.preferred_locations, p.years_of_experience, p.public_bio, p.is_public, p.twin_quotes_resume
FROM users u JOIN user_profiles p ON p.user_id = u.id
WHERE u.username = $1 AND (p.is_public = TRUE OR u.id = $2);

-- name: profile_skills
-- Verified skills of the person with this username. Their names come from the catalogue in memory.
SELECT id, skill_id, proficiency_level FROM user_skills
WHERE user_id = (SELECT u.id FROM users u WHERE u.username = $1) AND is_verified = TRUE;

-- name: profile_proofs
-- All proofs, latest first; the reader keeps three a skill and counts the rest. On its own and in the order of time SQLite reads the rows
-- as they lie in the table: joined to the skills it takes half as long again, ranked in here five times as long.
SELECT user_skill_id, verification_type, confidence, verified_at, snippet, summary FROM skill_verifications
WHERE user_id = (SELECT u.id FROM users u WHERE u.username = $1) ORDER BY verified_at DESC;

-- name: profile_left_skills
-- Names of this person's skills as the store has them: for skills that left the catalogue.
SELECT s.id, s.name, s.category FROM skills s WHERE s.id IN (SELECT us.skill_id FROM user_skills us WHERE us.user_id = $1);
