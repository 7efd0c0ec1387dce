#!lua
--[[ Look a key up, and count a request against its limit (GCRA; see domain/limits.py). All times in microseconds.

KEYS   1 the venue's API keys, 2 the limiter
ARGV   1 key id ('' for none to look up), 2 now, 3 interval of one request (0: nothing is limited), 4 burst
Reply  the key's record (false: none), 1 when the request is allowed, remaining, wait, full, paid until ]]

local record = ARGV[1] ~= '' and redis.call('HGET', KEYS[1], ARGV[1])
local now, interval, burst = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
-- A key that is not known has no limiter: whoever makes keys up must not fill the memory with them.
if interval == 0 or (ARGV[1] ~= '' and not record) then return { record } end
local paid = tonumber(redis.call('GET', KEYS[2]) or '0')
local after = math.max(paid, now) + interval
local ahead = after - now
if ahead > interval * burst then
  return { record, 0, 0, ahead - interval * burst, ahead - interval, paid }
end
redis.call('SET', KEYS[2], string.format('%.0f', after), 'PX', math.ceil(ahead / 1000) + 1)
return { record, 1, math.floor((interval * burst - ahead) / interval), 0, ahead, after }
