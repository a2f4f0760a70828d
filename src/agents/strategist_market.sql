-- name: strategist_market_goals
-- The next $2 people, after the id $1, who have a roadmap, with what it is to lead to.
SELECT p.user_id, p.target_roles FROM roadmaps r JOIN user_profiles p ON p.user_id = r.user_id WHERE r.status = 'active' AND r.user_id > $1 ORDER BY r.user_id LIMIT $2;
