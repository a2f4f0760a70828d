-- name: market_searches
-- What people look for and where, what most of them look for first; at most $1. Somebody without a place looks anywhere.
SELECT MIN(r.value), MIN(COALESCE(p.value, ''))
FROM user_profiles u CROSS JOIN {each_text}(u.target_roles) AS r LEFT JOIN {each_text}(u.preferred_locations) AS p ON TRUE
GROUP BY lower(r.value), lower(COALESCE(p.value, ''))
ORDER BY COUNT(DISTINCT u.user_id) DESC, 1, 2 LIMIT $1;
