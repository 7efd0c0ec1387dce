#!lua
--[[ Log a quote of our own, and make it the symbol's latest.

KEYS   1 sym_S hash, 2 tick log, 3 feed hash, 4 book, 5 tape
ARGV   1 source, 2 position ('' when the source has none), 3 floor: the tick number is above it,
       4 the newest tick's number, when this is only right after that one ('' otherwise),
       5 tick record, 6 log length, 7 tape length, 8 book record or '', 9 number of trades, the trades,
       then price, timestamp, bid, ask, bidVolume, askVolume, symbol for the hash,
       last the position of the symbol's quote before this one in the same batch ('' for the first)
Reply  the tick number; 0 when the position is not newer than the source's last one, or another tick is the newest;
       -1 when the quote before this one is missing ]]

local source, position = ARGV[1], ARGV[2]
local before = redis.call('HMGET', KEYS[3], 'owner', 'mailbox')
local field = 'position:' .. source
if position ~= '' then
  local last = redis.call('HGET', KEYS[3], field)
  local previous = ARGV[17 + tonumber(ARGV[9])]
  if previous ~= '' and tonumber(last or '-1') < tonumber(previous) then return -1 end
  if last and tonumber(position) <= tonumber(last) then return 0 end
  redis.call('HSET', KEYS[3], field, position, 'owner', source)
end
local newest = tonumber(redis.call('HGET', KEYS[3], 'number') or '0')
if ARGV[4] ~= '' and newest ~= tonumber(ARGV[4]) then return 0 end
local number = math.max(newest, tonumber(ARGV[3])) + 1
local id = string.format('%.0f', number)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], id .. '-0', 't', ARGV[5])
if ARGV[8] ~= '' then redis.call('SET', KEYS[4], ARGV[8]) end
local trades = tonumber(ARGV[9])
for i = 10, 9 + trades do redis.call('RPUSH', KEYS[5], ARGV[i]) end
if trades > 0 then redis.call('LTRIM', KEYS[5], -tonumber(ARGV[7]), -1) end
local first = 10 + trades
local names = { 'price', 'timestamp', 'bid', 'ask', 'bidVolume', 'askVolume', 'symbol' }
local contents = {}
if before[1] then
  -- Whoever else writes what a feed of ours serves is not read, and counted for the operator.
  local held = redis.call('HMGET', KEYS[1], unpack(names, 1, 6))
  local any = false
  for i = 1, 6 do
    any = any or (held[i] and held[i] ~= '')
    held[i] = held[i] or ''
  end
  if any and table.concat(held, '|') ~= before[2] then
    redis.call('HINCRBY', KEYS[3], 'foreign', 1)
    redis.call('HSET', KEYS[3], 'foreign_tick', id)
  end
end
for i, name in ipairs(names) do
  redis.call('HSET', KEYS[1], name, ARGV[first + i - 1])
  if i < #names then contents[i] = ARGV[first + i - 1] end
end
redis.call('HSET', KEYS[3], 'number', id, 'mailbox', table.concat(contents, '|'))
return number
