#!lua
--[[ Change one symbol's candles, unless somebody else did meanwhile.

KEYS   1 candle record, 2 blocks of minutes, 3 of hours, 4 of days
ARGV   1 the record's beginning as it was read ('' when there was none), 2 the record to put in its place,
       3 to 5 the oldest block kept of each series, 6 number of blocks, then for each: its key's number, its own, its text
Reply  1 when it was changed, 0 when the record is another one ]]

local record = redis.call('GET', KEYS[1]) or ''
if ARGV[1] == '' then
  if record ~= '' then return 0 end
elseif string.sub(record, 1, #ARGV[1]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2])
local blocks = tonumber(ARGV[6])
if blocks == 0 then return 1 end
for i = 7, 4 + 3 * blocks, 3 do redis.call('HSET', KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2]) end
for series = 2, 4 do
  local oldest = tonumber(ARGV[series + 1])
  for _, number in ipairs(redis.call('HKEYS', KEYS[series])) do
    if tonumber(number) < oldest then redis.call('HDEL', KEYS[series], number) end
  end
end
return 1
