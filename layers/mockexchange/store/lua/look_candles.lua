#!lua
--[[ One symbol's candle record and some of its blocks, as they stood at one moment. Writes nothing.

KEYS   1 candle record, 2 blocks of minutes, 3 of hours, 4 of days
ARGV   for each block: its key's number, its own
Reply  the record (nil when there is none), then each block (nil when there is none) ]]

local found = { redis.call('GET', KEYS[1]) }
for i = 1, #ARGV, 2 do found[#found + 1] = redis.call('HGET', KEYS[tonumber(ARGV[i])], ARGV[i + 1]) end
return found
