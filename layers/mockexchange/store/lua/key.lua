#!lua
--[[ Write a key's record, or none of it when something is not as it was read.

KEYS   1 account record, 2 digests by key id, 3 the record's place, 4 its place so far, 5 key ids, 6 the account's
ARGV   1 key id, 2 the record as it was read ('': a new key), 3 the record, 4 digest, 5 most keys of an account
Reply  1 written, 0 something has changed, -1 no such account, -2 the account has too many ]]

if ARGV[2] ~= '' then
  if redis.call('GET', KEYS[4]) ~= ARGV[2] then return 0 end
  if KEYS[3] ~= KEYS[4] then
    if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
    redis.call('DEL', KEYS[4])
  end
else
  if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
  if redis.call('LLEN', KEYS[6]) >= tonumber(ARGV[5]) then return -2 end
  if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 or redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
  redis.call('RPUSH', KEYS[5], ARGV[1])
  redis.call('RPUSH', KEYS[6], ARGV[1])
end
redis.call('SET', KEYS[3], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
return 1
