-- name: action_match_tell
-- Takes the right to tell somebody of a listing; no row when it was told before, is gone, or is on their board already.
INSERT INTO job_matches_told (user_id, job_listing_id, told_at)
SELECT $1, l.id, $3 FROM job_listings l
WHERE l.id = $2 AND NOT EXISTS (SELECT 1 FROM job_applications a WHERE a.user_id = $1 AND a.job_listing_id = $2)
ON CONFLICT (user_id, job_listing_id) DO NOTHING
RETURNING job_listing_id;
