-- name: action_match_tell
-- Takes the right to tell somebody of the $4 best-placed of these listings ($2: [{"id", "place"}]) that were not told before, are still there, and are not on
-- their board already; gives those.
INSERT INTO job_matches_told (user_id, job_listing_id, told_at)
SELECT CAST($1 AS {uuid}), l.id, CAST($3 AS {time})
FROM {each}($2) AS e JOIN job_listings l ON l.id = CAST(e.value {member} 'id' AS {uuid})
WHERE NOT EXISTS (SELECT 1 FROM job_applications a WHERE a.user_id = $1 AND a.job_listing_id = l.id)
    AND NOT EXISTS (SELECT 1 FROM job_matches_told t WHERE t.user_id = $1 AND t.job_listing_id = l.id)
ORDER BY CAST(e.value {member} 'place' AS {int}) LIMIT $4
RETURNING job_listing_id;
