-- name: market_buckets
-- What has been counted: listings of each month and source.
SELECT period, source, MAX(total_listings), MAX(computed_at) FROM market_insights GROUP BY period, source ORDER BY period DESC, source;

-- name: market_insights_all
-- Demand for each skill by month, over the sources; the months and skills are picked from it in memory.
SELECT skill_id, period, CAST(SUM(listings) AS BIGINT) FROM market_insights GROUP BY skill_id, period;

-- name: market_person_skills
SELECT skill_id, is_verified FROM user_skills WHERE user_id = $1;

-- name: market_person_roles
SELECT target_roles FROM user_profiles WHERE user_id = $1;
