-- name: quota_use
-- All windows or none. $1: [{"budget", "period", "name", "next", "amount", "limit"}], "limit" null for none.
INSERT INTO budget_windows (budget, period, window_name, used)
SELECT e.value {member} 'budget', e.value {member} 'period', e.value {member} 'name', CAST(e.value {member} 'amount' AS {int})
FROM {each}($1) AS e
WHERE NOT EXISTS (
    SELECT 1 FROM {each}($1) AS a
    WHERE CAST(a.value {member} 'amount' AS {int}) + (
        SELECT COALESCE(SUM(w.used), 0) FROM budget_windows w
        WHERE w.budget = a.value {member} 'budget' AND w.period = a.value {member} 'period'
            AND w.window_name IN (a.value {member} 'name', a.value {member} 'next')) > CAST(a.value {member} 'limit' AS {int}))
ON CONFLICT (budget, period, window_name) DO UPDATE SET used = budget_windows.used + excluded.used
RETURNING period, used;

-- name: quota_give_back
-- The same list.
UPDATE budget_windows
SET used = CASE WHEN used > CAST(e.value {member} 'amount' AS {int}) THEN used - CAST(e.value {member} 'amount' AS {int}) ELSE 0 END
FROM {each}($1) AS e
WHERE budget_windows.budget = e.value {member} 'budget' AND budget_windows.period = e.value {member} 'period'
    AND budget_windows.window_name = e.value {member} 'name';

-- name: quota_used
-- The same list, in its order.
SELECT (SELECT CAST(COALESCE(SUM(w.used), 0) AS {int}) FROM budget_windows w
        WHERE w.budget = e.value {member} 'budget' AND w.period = e.value {member} 'period'
            AND w.window_name IN (e.value {member} 'name', e.value {member} 'next'))
FROM {each}($1) AS e ORDER BY CAST(e.value {member} 'position' AS {int});

-- name: quota_sweep
-- What is older than the newest $1 windows of its kind.
DELETE FROM budget_windows WHERE window_name <= (
    SELECT w.window_name FROM budget_windows w WHERE w.budget = budget_windows.budget AND w.period = budget_windows.period
    ORDER BY w.window_name DESC LIMIT 1 OFFSET $1);

-- name: cost_reserve
INSERT INTO costs (id, user_id, job_id, step_key, model, tokens_in, tokens_out, micros, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: cost_reserved
SELECT tokens_in, tokens_out, micros, created_at FROM costs WHERE id = $1 AND settled_at IS NULL;

-- name: cost_settle
UPDATE costs SET tokens_in = $2, tokens_out = $3, micros = $4, settled_at = $5 WHERE id = $1;

-- name: cost_sweep
DELETE FROM costs WHERE created_at < $1;
