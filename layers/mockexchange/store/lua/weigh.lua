#!lua flags=allow-oom
--[[ What an API key is, and one request of the Binance wire counted against its limits (see domain/request_weights.py).
With a key that is unknown or revoked the request counts against the address it came from, as in admit.lua. Runs when
memory is full too: orders must be cancelable then. Its keys end by themselves: they are neither money nor records.

KEYS   1 key record, 2 what the client has used, 3 when the bucket of its address's failures is full again (us)
ARGV   1 now (wall ms), 2 weight, 3 orders, 4 weight a minute, 5 orders in 10 s, 6 orders a day (0: any number),
       7 and 8 interval and capacity of the failures' bucket (us), 9 '1' when the client is known to be right and has no
       record, 10 patience, 11 first and 12 longest ban (ms)
Reply  key record (false: none), weight used, orders in 10 s, orders today, verdict, wait (ms; of the failures' bucket
       when the key is wrong) ]]

local call, floor = redis.call, math.floor
local record = ARGV[9] ~= '1' and call('GET', KEYS[1])
local right = ARGV[9] == '1' or (record and string.sub(record, 1, 3) == '[1,')
local now = tonumber(ARGV[1])

if not right then
  local interval, capacity = tonumber(ARGV[7]), tonumber(ARGV[8])
  local full_at = tonumber(call('GET', KEYS[3]) or '0')
  local missing = math.min(math.max(full_at - now * 1000, 0), capacity)
  local wait = math.max(0, missing + interval - capacity)
  if wait == 0 then
    missing = missing + interval
    call('SET', KEYS[3], string.format('%.0f', now * 1000 + missing), 'PX', math.ceil(missing / 1000) + 60000)
  end
  return {record, 0, 0, 0, 0, math.ceil(wait / 1000)}
end

local limits = {tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])}
if limits[1] + limits[2] + limits[3] == 0 then return {record, 0, 0, 0, 0, 0} end

local names = {'minute', 'weight', 'refused', 'ten_seconds', 'orders_10s', 'day', 'orders_day', 'banned_until', 'bans'}
local used = {}
for _, name in ipairs(names) do used[name] = 0 end
local place = 0
for value in string.gmatch(call('GET', KEYS[2]) or '', '%d+') do
  place = place + 1
  used[names[place]] = tonumber(value)
end

if now < used.banned_until then
  return {record, used.weight, used.orders_10s, used.orders_day, 4, used.banned_until - now}
end

local function begin(window, length, counts)
  local number = floor(now / length)
  if used[window] ~= number then
    used[window] = number
    for _, count in ipairs(counts) do used[count] = 0 end
  end
end
begin('minute', 60000, {'weight', 'refused'})
begin('ten_seconds', 10000, {'orders_10s'})
begin('day', 86400000, {'orders_day'})

local weight, orders = tonumber(ARGV[2]), tonumber(ARGV[3])
local verdict, wait = 0, 0
if limits[1] > 0 and used.weight + weight > limits[1] then
  used.refused = used.refused + 1
  verdict, wait = 1, 60000 - now % 60000
  if used.refused > tonumber(ARGV[10]) then
    verdict, wait = 4, math.min(tonumber(ARGV[11]) * 2 ^ used.bans, tonumber(ARGV[12]))
    used.banned_until = now + wait
    used.bans = used.bans + 1
  end
elseif orders > 0 and limits[2] > 0 and used.orders_10s + orders > limits[2] then
  verdict, wait = 2, 10000 - now % 10000
elseif orders > 0 and limits[3] > 0 and used.orders_day + orders > limits[3] then
  verdict, wait = 3, 86400000 - now % 86400000
else
  used.weight = used.weight + weight
  used.orders_10s = used.orders_10s + orders
  used.orders_day = used.orders_day + orders
end

local written = {}
for i, name in ipairs(names) do written[i] = string.format('%.0f', used[name]) end
local kept = math.max(172800000, used.banned_until - now + 86400000)
call('SET', KEYS[2], table.concat(written, ','), 'PX', kept)
return {record, used.weight, used.orders_10s, used.orders_day, verdict, wait}
