-- name: account_insert_user
INSERT INTO users (id, email, first_name, last_name, role, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6);

-- name: account_insert_profile
INSERT INTO user_profiles (user_id, target_roles, preferred_locations, created_at, updated_at) VALUES ($1, '[]', '[]', $2, $2);

-- name: account_insert_password
INSERT INTO accounts (user_id, password_hash, password_changed_at) VALUES ($1, $2, $3);

-- name: account_by_email
SELECT u.id, a.password_hash, u.onboarding_completed, u.onboarding_skipped
FROM users u LEFT JOIN accounts a ON a.user_id = u.id WHERE u.email = $1;

-- name: account_list
SELECT u.id, u.email, u.username, u.role, p.is_public FROM users u JOIN user_profiles p ON p.user_id = u.id ORDER BY u.created_at, u.id;
