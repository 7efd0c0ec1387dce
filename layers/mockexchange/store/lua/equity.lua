#!lua
--[[ Record what accounts are worth: one value a minute, an hour and a day, the first that comes.

KEYS   for each account its curve by minute, by hour and by day (streams)
ARGV   1 now (ms); 2, 3 when the present minute began and the oldest moment that is kept by minute; 4, 5 and 6, 7 the same
       for hour and day; from 8 on a value for each account
Reply  how many values were added ]]

local call, added = redis.call, 0
for i = 1, #KEYS do
  local step = (i - 1) % 3
  local last = call('XREVRANGE', KEYS[i], '+', '-', 'COUNT', 1)[1]
  if not last or tonumber(string.match(last[1], '^%d+')) < tonumber(ARGV[2 + 2 * step]) then
    call('XADD', KEYS[i], 'MINID', '~', ARGV[3 + 2 * step], ARGV[1] .. '-0', 'v', ARGV[8 + math.floor((i - 1) / 3)])
    added = added + 1
  end
end
return added
