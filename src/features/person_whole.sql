-- name: person_whole
-- Three kinds of rows: the person (part 0), the claims (1), their proofs (2). A join would repeat the person with each proof. Of the proofs only those
-- that are not older than the third latest of their claim are read, by the index of time; several of one moment may be more than three. $2: a time
-- before all others.
SELECT 0 AS part, u.id AS id, CAST(NULL AS {uuid}) AS claim_id, CAST(NULL AS {uuid}) AS interview_id,
    u.email, u.username, u.first_name, u.last_name, p.headline, p.public_bio, p.salary_currency, p.target_roles, p.preferred_locations,
    u.onboarding_step, p.years_of_experience, p.salary_expectation_min, p.salary_expectation_max,
    u.onboarding_completed, u.onboarding_skipped, p.is_public, p.twin_quotes_resume, CAST(NULL AS {real}) AS confidence, p.created_at, p.updated_at
FROM users u JOIN user_profiles p ON p.user_id = u.id WHERE u.id = $1
UNION ALL
SELECT 1, us.id, NULL, NULL, us.skill_id, s.name, s.field, s.category, us.proficiency_level, NULL, NULL, us.verification_metadata, NULL,
    (SELECT COUNT(*) FROM skill_verifications c WHERE c.user_id = us.user_id AND c.user_skill_id = us.id), NULL, NULL, NULL,
    us.is_verified, NULL, NULL, NULL, NULL, us.created_at, NULL
FROM user_skills us JOIN skills s ON s.id = us.skill_id WHERE us.user_id = $1
UNION ALL
SELECT 2, v.id, v.user_skill_id, v.interview_id, v.verification_type, v.snippet, v.summary, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, v.confidence, v.verified_at, NULL
FROM user_skills us JOIN skill_verifications v ON v.user_id = us.user_id AND v.user_skill_id = us.id
WHERE us.user_id = $1 AND v.verified_at >= COALESCE(
    (SELECT n.verified_at FROM skill_verifications n WHERE n.user_id = us.user_id AND n.user_skill_id = us.id ORDER BY n.verified_at DESC LIMIT 1 OFFSET 2), $2);
