-- Posts responses: each of a respondent and an idempotency key of its own, spread over the tickets B-1 … B-N.
-- wrk … -s post.lua URL -- KEY RUN TICKETS; prints a line "result requests microseconds p50 p99 failures" for the harness.
local head, run, tickets
local n = 0

function init(args)
  run, tickets = args[2], tonumber(args[3])
  head = "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer " .. args[1]
end

function request()
  n = n + 1
  local body = '{"ticket":"B-' .. (n * 7919 % tickets + 1) .. '","respondent":"' .. run .. "-" .. n .. '@example.org","happiness":' .. (n % 11)
    .. ',"lost_minutes":' .. (n % 480) .. ',"csat":' .. (n % 5 + 1) .. ',"comment":"quick and friendly"}'
  return head .. "\r\nIdempotency-Key: " .. run .. "-" .. n .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
  local e = summary.errors
  print(string.format("result %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
