#!lua
--[[ Move a number forward, never back.   KEYS 1 string   ARGV 1 number   Reply 1 when it moved ]]
local current = redis.call('GET', KEYS[1])
if current and tonumber(current) >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
return 1
