-- wrk: every request is another signed-in person's (seed.c gives them their tokens): METHOD PATH PEOPLE [BODY with %d for a number and %s for
-- a level that change with every request].
local levels = { "beginner", "intermediate", "proficient", "expert" }
local count, method, path, people, body = 0, "GET", "/", 1000, nil
function init(args)
  method, path, people, body = args[1], args[2], tonumber(args[3]), args[4]
end
function request()
  count = count + 1
  local headers = { ["Cookie"] = "session=" .. string.format("%064x", (count * 37) % people + 1), ["Accept"] = "application/json" }
  if not body then return wrk.format(method, path, headers) end
  headers["Content-Type"] = "application/json"
  headers["Sec-Fetch-Site"] = "same-origin"
  return wrk.format(method, path, headers, (body:gsub("%%d", tostring(count % 50)):gsub("%%s", levels[math.floor(count / people) % 4 + 1])))
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT requests=%d failed=%d p99_us=%d\n", summary.requests,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(99)))
end
