#!/bin/sh
# The wire with nothing but curl and openssl: how a request is signed.
#
#     mockx up                 in one terminal
#     examples/curl_signed.sh  in another, in the same folder
set -eu

said() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" data/credentials.json; }
url=$(said url) key=$(said apiKey) secret=$(said secret)

# signed METHOD PATH PARAMETERS: adds the time and the signature, HMAC-SHA256 in hex over the parameters as they are sent
signed() {
    parameters="$3${3:+&}timestamp=$(date +%s)000"
    signature=$(printf %s "$parameters" | openssl dgst -sha256 -hmac "$secret" | sed 's/^.* //')
    curl --silent --show-error --request "$1" --header "X-MBX-APIKEY: $key" "$url$2?$parameters&signature=$signature"
    echo
}

curl --silent --show-error "$url/api/v3/ticker/bookTicker?symbol=BTCUSDT"
echo
signed POST /api/v3/order 'symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001'
signed GET /api/v3/account 'omitZeroBalances=true'
