#!lua flags=allow-oom
--[[ What an API key is, and one request of what may be made with it (GCRA, see domain/rate_limits.py). With a key that
is unknown or revoked the request counts against the address it came from. Runs when memory is full too: orders must be
cancelable then. Its keys end by themselves, a minute after they have nothing more to say (the server's clock and the
caller's need not agree): they are neither money nor records.

KEYS   1 key record, 2 when the key's bucket is full again, 3 when that of its address's failures is (both us)
ARGV   1 now (us), 2 interval and 3 capacity of the key's bucket (us; interval 0: no limit),
       4 and 5 those of the failures' bucket, 6 '1' when the key is known to be right and has no record
Reply  key record (false: none), us until the bucket is full again, us to wait (0: admitted) ]]

local record = ARGV[6] ~= '1' and redis.call('GET', KEYS[1])
local right = ARGV[6] == '1' or (record and string.sub(record, 1, 3) == '[1,')
local key, interval, capacity = KEYS[2], tonumber(ARGV[2]), tonumber(ARGV[3])
if not right then key, interval, capacity = KEYS[3], tonumber(ARGV[4]), tonumber(ARGV[5]) end
if interval == 0 then return {record, 0, 0} end

local now = tonumber(ARGV[1])
local full_at = tonumber(redis.call('GET', key) or '0')
local missing = math.min(math.max(full_at - now, 0), capacity)
local wait = math.max(0, missing + interval - capacity)
if wait > 0 then return {record, missing, wait} end
missing = missing + interval
redis.call('SET', key, string.format('%.0f', now + missing), 'PX', math.ceil(missing / 1000) + 60000)
return {record, missing, 0}
