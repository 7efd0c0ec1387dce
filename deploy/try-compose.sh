#!/bin/sh
# Trades on the exchange that `docker compose up` started: a market order, a resting one, a restart of everything, and
# the resting order is there, and the deck answers. Says what went wrong and ends with 1 otherwise.
set -eu

url=http://127.0.0.1:${MOCKX_PORT:-8000}
key=$(docker compose exec -T api cat default-key.json | python3 -c 'import json, sys; print(json.load(sys.stdin)["apiKey"])')

ask() {
    curl --fail-with-body --silent --show-error --retry 60 --retry-delay 1 --retry-all-errors \
        --header "x-api-key: $key" --header 'content-type: application/json' "$@"
}

ask "$url/health/ready"
ask --data '{"symbol": "BTC/USDT", "side": "buy", "type": "market", "amount": 0.01, "clientOrderId": "taken"}' "$url/orders"
ask --data '{"symbol": "BTC/USDT", "side": "buy", "type": "limit", "amount": 0.01, "price": 20000, "clientOrderId": "rests"}' \
    "$url/orders"
docker compose kill
docker compose up --detach --wait --wait-timeout 300
ask "$url/orders/client:rests" | grep -q '"status":"open"' || { echo "the resting order is lost" >&2; exit 1; }
curl --fail-with-body --silent --show-error "http://127.0.0.1:${MOCKX_DECK_PORT:-8501}/_stcore/health"
ask "$url/admin/audit" | grep -q '"clean":true' || { echo "the audit is not clean" >&2; exit 1; }
echo "The order that rested is there, and the books are clean."
