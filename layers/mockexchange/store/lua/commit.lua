#!lua
--[[ Commit transactions: each one wholly or not at all, each with its own verdict, in order.

KEYS   every key that is touched; operations name them by position
ARGV   1 a MessagePack array of words: number of transactions, number of shared texts, the texts, then for each transaction:
         number of checks, the checks, length of the writes in words, the writes
Reply  one integer per transaction: 0 committed, 1 conflict, 2 insufficient funds

Checks, all evaluated before anything is written (k: position in KEYS):
  V k prefix        the string begins with prefix; '' means that the key does not exist
  L k n             the list has n elements
  C k n             the sorted set has n members
  G k member        the sorted set holds the member, with a score above 0
  F k field value   the hash field equals value; '' means that it is absent
  Q k field value   the hash field equals value or is absent
  B k field n       the hash field, a number or absent for 0, is at most n
  E k field amount  the hash field, an integer of any length or absent for 0, is at least the amount
  U k field amount  likewise, is below the amount
  + k field amount  credit an integer of any length
  - k field amount  debit likewise; below zero refuses the transaction

Writes, in order:
  S k value               SET
  D k                     DEL
  H k field value         HSET
  h k field               HDEL
  U k field value         HSETNX
  R k value               RPUSH
  Z k score member        ZADD
  z k member              ZREM
  A k field value j t     unless the hash field equals value: set it, and RPUSH shared text t to key j
  I k n                   unless the hash exists: seen = done = n
  M k field n             raise the hash field to at least n
  N k field n             add n, a small number that may be negative, to the hash field: for counts, never for money
  P k n                   delete the hash's fields that begin with a number below n

Money is text: a Lua number is a double and loses integers above 2^53, HINCRBY overflows at 2^63. ]]

local call = redis.call
local format, sub, max = string.format, string.sub, math.max
local WIDTH, BASE = 15, 1e15 -- digits in a limb: two limbs and a carry stay far below 2^53

local function limbs(text)
  local result, last = {}, #text
  while last > 0 do
    result[#result + 1] = tonumber(sub(text, max(1, last - WIDTH + 1), last))
    last = last - WIDTH
  end
  return result
end

local function join(parts)
  local top = #parts
  while top > 1 and parts[top] == 0 do top = top - 1 end
  local result = { format('%.0f', parts[top]) }
  for i = top - 1, 1, -1 do result[#result + 1] = format('%015.0f', parts[i]) end
  return table.concat(result)
end

local function plus(a, b)
  if #a <= WIDTH and #b <= WIDTH then return format('%.0f', tonumber(a) + tonumber(b)) end
  local x, y, carry, result = limbs(a), limbs(b), 0, {}
  for i = 1, max(#x, #y) do
    local sum = (x[i] or 0) + (y[i] or 0) + carry
    if sum >= BASE then carry = 1; sum = sum - BASE else carry = 0 end
    result[i] = sum
  end
  if carry > 0 then result[#result + 1] = carry end
  return join(result)
end

-- whether an amount is below another
local function is_below(a, b) return #a < #b or (#a == #b and a < b) end

-- nil when b is greater than a
local function minus(a, b)
  if #a <= WIDTH and #b <= WIDTH then
    local difference = tonumber(a) - tonumber(b)
    if difference < 0 then return nil end
    return format('%.0f', difference)
  end
  if is_below(a, b) then return nil end
  local x, y, borrow, result = limbs(a), limbs(b), 0, {}
  for i = 1, #x do
    local difference = x[i] - (y[i] or 0) - borrow
    if difference < 0 then borrow = 1; difference = difference + BASE else borrow = 0 end
    result[i] = difference
  end
  return join(result)
end

local CONFLICT, INSUFFICIENT = 1, 2
local words = cmsgpack.unpack(ARGV[1])
local p, verdicts = 3 + tonumber(words[2]), {}

for transaction = 1, tonumber(words[1]) do
  local verdict, balances = 0, {}
  local checks = tonumber(words[p])
  p = p + 1
  for _ = 1, checks do
    local operation, key = words[p], KEYS[tonumber(words[p + 1])]
    if operation == 'V' or operation == 'L' or operation == 'C' or operation == 'G' then
      local expected = words[p + 2]
      if verdict ~= 0 then -- nothing that follows counts
      elseif operation == 'L' then
        if call('LLEN', key) ~= tonumber(expected) then verdict = CONFLICT end
      elseif operation == 'C' then
        if call('ZCARD', key) ~= tonumber(expected) then verdict = CONFLICT end
      elseif operation == 'G' then
        if tonumber(call('ZSCORE', key, expected) or '0') <= 0 then verdict = CONFLICT end
      else
        local record = call('GET', key)
        if expected == '' then
          if record then verdict = CONFLICT end
        elseif not record or sub(record, 1, #expected) ~= expected then
          verdict = CONFLICT
        end
      end
      p = p + 3
    else
      if verdict == 0 then
        local field, value = words[p + 2], words[p + 3]
        if operation == '+' or operation == '-' then
          local own = balances[key]
          if not own then own = {}; balances[key] = own end
          local amount = own[field] or call('HGET', key, field) or '0'
          if operation == '+' then amount = plus(amount, value) else amount = minus(amount, value) end
          if amount then own[field] = amount else verdict = INSUFFICIENT end
        elseif operation == 'F' then
          if (call('HGET', key, field) or '') ~= value then verdict = CONFLICT end
        elseif operation == 'B' then
          if tonumber(call('HGET', key, field) or '0') > tonumber(value) then verdict = CONFLICT end
        elseif operation == 'E' or operation == 'U' then
          if is_below(call('HGET', key, field) or '0', value) == (operation == 'E') then verdict = CONFLICT end
        elseif operation == 'Q' then
          if (call('HGET', key, field) or value) ~= value then verdict = CONFLICT end
        else
          return redis.error_reply('ERR unknown check ' .. tostring(operation))
        end
      end
      p = p + 4
    end
  end

  local stop = p + 1 + tonumber(words[p])
  p = p + 1
  if verdict == 0 then
    for key, own in pairs(balances) do
      for field, amount in pairs(own) do call('HSET', key, field, amount) end
    end
    while p < stop do
      local operation, key = words[p], KEYS[tonumber(words[p + 1])]
      if operation == 'R' then
        call('RPUSH', key, words[p + 2]); p = p + 3
      elseif operation == 'S' then
        call('SET', key, words[p + 2]); p = p + 3
      elseif operation == 'H' then
        call('HSET', key, words[p + 2], words[p + 3]); p = p + 4
      elseif operation == 'D' then
        call('DEL', key); p = p + 2
      elseif operation == 'h' then
        call('HDEL', key, words[p + 2]); p = p + 3
      elseif operation == 'U' then
        call('HSETNX', key, words[p + 2], words[p + 3]); p = p + 4
      elseif operation == 'z' then
        call('ZREM', key, words[p + 2]); p = p + 3
      elseif operation == 'Z' then
        call('ZADD', key, words[p + 2], words[p + 3]); p = p + 4
      elseif operation == 'A' then
        if call('HGET', key, words[p + 2]) ~= words[p + 3] then
          call('HSET', key, words[p + 2], words[p + 3])
          call('RPUSH', KEYS[tonumber(words[p + 4])], words[2 + tonumber(words[p + 5])])
        end
        p = p + 6
      elseif operation == 'I' then
        if call('EXISTS', key) == 0 then call('HSET', key, 'seen', words[p + 2], 'done', words[p + 2]) end
        p = p + 3
      elseif operation == 'M' then
        if tonumber(call('HGET', key, words[p + 2]) or '0') < tonumber(words[p + 3]) then
          call('HSET', key, words[p + 2], words[p + 3])
        end
        p = p + 4
      elseif operation == 'N' then
        call('HINCRBY', key, words[p + 2], words[p + 3]); p = p + 4
      elseif operation == 'P' then
        local below = tonumber(words[p + 2])
        for _, field in ipairs(call('HKEYS', key)) do
          local number = tonumber(string.match(field, '^%d+'))
          if number and number < below then call('HDEL', key, field) end
        end
        p = p + 3
      else
        return redis.error_reply('ERR unknown write ' .. tostring(operation))
      end
    end
  end
  p = stop
  verdicts[transaction] = verdict
end
return verdicts
