-- name: strategist_market_goals
-- Everybody who has a roadmap and says what it leads to.
SELECT p.user_id, p.target_roles FROM roadmaps r JOIN user_profiles p ON p.user_id = r.user_id WHERE r.status = 'active' ORDER BY p.user_id;
