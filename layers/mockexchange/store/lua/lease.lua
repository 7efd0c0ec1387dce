#!lua
--[[ Take a lease that is free, renew or give back one's own, leave another's alone.

KEYS   1 the lease
ARGV   1 token of who asks, 2 time to live in ms, 0 to give it back
Reply  1 when the lease is held by the token afterwards, otherwise 0 ]]

local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
