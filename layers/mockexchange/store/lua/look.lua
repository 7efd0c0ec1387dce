#!lua
--[[ One market's prices as they stand. Writes nothing.

KEYS   1 sym_S hash, 2 tick log, 3 feed hash
Reply  the newest log entry (0 or 1 of them), then, when a foreign process wrote the hash and nobody has looked yet, its
       contents: price, timestamp, bid, ask, bidVolume, askVolume ('' where missing) ]]

local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
local feed = redis.call('HMGET', KEYS[3], 'owner', 'mailbox')
if feed[1] then return { newest } end
local contents, any = redis.call('HMGET', KEYS[1], 'price', 'timestamp', 'bid', 'ask', 'bidVolume', 'askVolume'), false
for i = 1, 6 do
  any = any or (contents[i] and contents[i] ~= '')
  contents[i] = contents[i] or ''
end
if not any or table.concat(contents, '|') == feed[2] then return { newest } end
return { newest, contents }
