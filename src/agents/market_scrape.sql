-- name: market_searches
-- What people look for and where, what most of them look for first; at most $1. Somebody without a place looks anywhere.
SELECT MIN(r.value), MIN(COALESCE(p.value, ''))
FROM user_profiles u CROSS JOIN {each_text}(u.target_roles) AS r LEFT JOIN {each_text}(u.preferred_locations) AS p ON TRUE
GROUP BY lower(r.value), lower(COALESCE(p.value, ''))
ORDER BY COUNT(DISTINCT u.user_id) DESC, 1, 2 LIMIT $1;

-- name: market_trouble
-- How often the board has asked job $1 for a pause (reason $2) since a try of the job failed, and why its last call failed: '' when none did.
SELECT (SELECT COUNT(*) FROM job_attempts a WHERE a.job_id = $1 AND a.outcome = 'snoozed' AND a.reason = $2
          AND a.run > COALESCE((SELECT MAX(f.run) FROM job_attempts f WHERE f.job_id = $1 AND f.outcome = 'failed'), 0)),
       COALESCE((SELECT l.reason FROM job_attempts l WHERE l.job_id = $1 AND (l.outcome = 'failed' OR l.outcome = 'snoozed' AND l.reason = $2) ORDER BY l.run DESC LIMIT 1), '');
