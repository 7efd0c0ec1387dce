#!lua
--[[ Take a foreign process's quote into the tick log, once, whoever looks first.

KEYS   1 sym_S hash, 2 tick log, 3 feed hash
ARGV   1 the hash contents that were looked at, joined by '|', 2 tick record ('' when the quote was rejected),
       3 log length, 4 floor
Reply  the tick number; 0 when it was rejected, someone else was first, or the hash has changed since it was read ]]

local values = redis.call('HMGET', KEYS[1], 'price', 'timestamp', 'bid', 'ask', 'bidVolume', 'askVolume')
for i = 1, 6 do values[i] = values[i] or '' end
if table.concat(values, '|') ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[3], 'mailbox') == ARGV[1] then return 0 end
redis.call('HSET', KEYS[3], 'mailbox', ARGV[1])
if ARGV[2] == '' then
  redis.call('HINCRBY', KEYS[3], 'rejected', 1)
  return 0
end
local number = math.max(tonumber(redis.call('HGET', KEYS[3], 'number') or '0'), tonumber(ARGV[4])) + 1
local id = string.format('%.0f', number)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], id .. '-0', 't', ARGV[2])
redis.call('HSET', KEYS[3], 'number', id)
return number
