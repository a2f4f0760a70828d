-- wrk: every request asks for another profile and comes from another visitor, as told by the proxy in front (TRUSTED_PROXIES), so that
-- the limit for one address does not stop the measurement.
local count, people = 0, 1000
function init(args)
  people = tonumber(args[1]) or people
end
function request()
  count = count + 1
  local address = string.format("10.%d.%d.%d", math.floor(count / 65536) % 256, math.floor(count / 256) % 256, count % 256)
  return wrk.format("GET", string.format("/profile/person-%04d", (count * 37) % people), { ["X-Forwarded-For"] = address })
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT requests=%d seconds=%.3f failed=%d p50_us=%d p99_us=%d\n", summary.requests, summary.duration / 1e6,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end
