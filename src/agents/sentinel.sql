-- name: sentinel_listings
-- When each advertisement was posted (seen, where the source does not say) and by which source, with its skills; by listing. A repeated advertisement
-- counts once a source and month.
SELECT l.id, l.source, COALESCE(l.posted_at, l.first_seen_at), l.fingerprint, s.skill_id
FROM job_listings l LEFT JOIN job_listing_skills s ON s.job_listing_id = l.id
ORDER BY l.id, s.skill_id;

-- name: sentinel_insights_upsert
-- A month that is over only grows: its listings expire and are deleted, and what was counted stays. $1: [{"id", "skill", "period", "source", "listings",
-- "total", "share"}], each skill once a period and source; $3: the month that is not over.
INSERT INTO market_insights (id, skill_id, period, listings, total_listings, demand_score, source, computed_at)
SELECT CAST(e.value {member} 'id' AS {uuid}), e.value {member} 'skill', e.value {member} 'period', CAST(e.value {member} 'listings' AS {int}),
       CAST(e.value {member} 'total' AS {int}), CAST(e.value {member} 'share' AS {real}), e.value {member} 'source', CAST($2 AS {time})
FROM {each}($1) AS e WHERE TRUE
ON CONFLICT (skill_id, period, source) DO UPDATE SET listings = excluded.listings, total_listings = excluded.total_listings,
       demand_score = excluded.demand_score, computed_at = excluded.computed_at
WHERE excluded.total_listings >= market_insights.total_listings OR market_insights.period = $3;

-- name: sentinel_demand
-- How much the listings of the months from $1 on ask for each skill, in steps (market_demand.one_in). A skill comes down a step only when it would with 15 % more listings, too, so that one
-- at the border does not change every night. Gives the skills whose step has changed.
WITH steps (n) AS (VALUES (3), (5), (10), (20), (50)),
total AS (SELECT CAST(COALESCE(SUM(b.listings), 0) AS {int}) AS listings
    FROM (SELECT MAX(total_listings) AS listings FROM market_insights WHERE period >= $1 GROUP BY period, source) AS b),
asked AS (SELECT skill_id, CAST(SUM(listings) AS {int}) AS listings FROM market_insights WHERE period >= $1 AND listings > 0 GROUP BY skill_id),
demand AS (SELECT k.id AS skill_id, COALESCE(a.listings, 0) AS listings, t.listings AS total_listings,
    (SELECT MIN(s.n) FROM steps s WHERE a.listings * s.n >= t.listings) AS one_in, (SELECT MIN(s.n) FROM steps s WHERE a.listings * s.n * 115 >= t.listings * 100) AS nearly_one_in
    FROM skills k CROSS JOIN total t LEFT JOIN asked a ON a.skill_id = k.id)
INSERT INTO market_demand (skill_id, listings, total_listings, one_in, changed_at)
SELECT d.skill_id, d.listings, d.total_listings, COALESCE(d.one_in, 0), CAST($2 AS {time}) FROM demand d LEFT JOIN market_demand m ON m.skill_id = d.skill_id AND m.one_in <> 0
WHERE d.one_in < COALESCE(m.one_in, 1000) OR COALESCE(d.nearly_one_in, 1000) > m.one_in
ON CONFLICT (skill_id) DO UPDATE SET listings = excluded.listings, total_listings = excluded.total_listings, one_in = excluded.one_in, changed_at = excluded.changed_at
RETURNING skill_id;

-- name: sentinel_delete_expired
DELETE FROM job_listings WHERE expires_at < $1;

-- name: sentinel_people
-- Whom new listings may interest: people who claim a skill.
SELECT DISTINCT user_id FROM user_skills ORDER BY user_id;
