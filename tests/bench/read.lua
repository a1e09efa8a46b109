-- Reads one path again and again. wrk … -s read.lua URL -- KEY [fresh]; fresh: asks for an answer that no cache has.
function init(args)
  wrk.headers["Authorization"] = "Bearer " .. args[1]
  if args[2] == "fresh" then wrk.headers["Cache-Control"] = "no-cache" end
end

function done(summary, latency)
  local e = summary.errors
  print(string.format("result %d %d %d %d %d", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
