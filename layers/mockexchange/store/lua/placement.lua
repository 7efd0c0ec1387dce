#!lua
--[[ What a placement reads of its venue, with fresh ids.

KEYS   1 account record, 2 sequences, 3 the symbol's cursors, 4 client order ids, 5 counts of open orders
ARGV   1 client order id, or '' for none, 2 how many trade ids, 3 and on: names of counts
Reply  account record, order id, last trade id, seen cursor, the counts (false: none ever),
       latest order with that client order id (false: none) ]]

return {
  redis.call('GET', KEYS[1]),
  redis.call('HINCRBY', KEYS[2], 'order', 1),
  redis.call('HINCRBY', KEYS[2], 'trade', ARGV[2]),
  redis.call('HGET', KEYS[3], 'seen'),
  redis.call('HMGET', KEYS[5], unpack(ARGV, 3)),
  ARGV[1] ~= '' and redis.call('HGET', KEYS[4], ARGV[1]),
}
