-- Asks what BENCH_BODIES lists, a JSON body a line, as the callers that BENCH_AUTH lists, in turn: each pass begins with the
-- next caller, so that every body meets every caller. A body that names its document is asked by GET, as whatever stands
-- between a portal and its server would see it; every other is sent with POST. Prints what the kit reads.
local requests, callers = {}, {}
for line in (os.getenv("BENCH_AUTH") or ""):gmatch("[^\n]+") do callers[#callers + 1] = line end
local turns = math.max(1, #callers)

local function encoded(text)
  return (text:gsub("[^%w%-_%.~]", function(it) return string.format("%%%02X", it:byte()) end))
end

local function written(body, caller)
  local headers = { ["Accept"] = "application/json", ["Authorization"] = caller }
  local document = body:match('"documentId": *"(.-)"')
  if not document then
    headers["Content-Type"] = "application/json"
    return wrk.format("POST", nil, headers, body)
  end
  headers["x-graphql-require-preflight"] = "1"
  local variables = body:match('"variables": *(%b{})') or "{}"
  return wrk.format("GET", wrk.path .. "?documentId=" .. encoded(document) .. "&variables=" .. encoded(variables), headers)
end

init = function()
  for line in io.lines(os.getenv("BENCH_BODIES")) do
    local each = {}
    for turn = 1, turns do each[turn] = written(line, callers[turn]) end
    requests[#requests + 1] = each
  end
end

local at, pass = 0, 0
request = function()
  at = at + 1
  if at > #requests then at, pass = 1, pass + 1 end
  return requests[at][(at + pass) % turns + 1]
end

done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\n@@{"requests":%d,"us":%d,"bytes":%d,"errors":%d,"p50":%.1f,"p90":%.1f,"p99":%.1f,"max":%.1f}\n',
    summary.requests, summary.duration, summary.bytes, failed,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max))
end
