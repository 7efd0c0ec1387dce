// ccxt's own binance in JavaScript, with nothing changed but the addresses.
//
//     npm install ccxt
//     mockx up                           in one terminal
//     node examples/ccxt_javascript.mjs  in another, in the same folder

import { readFileSync } from 'node:fs';
import ccxt from 'ccxt';

const { url, apiKey, secret } = JSON.parse (readFileSync ('data/credentials.json', 'utf8'));

// Every address of ccxt's binance, moved here: one that is left out would go to the real exchange.
const here = (address) => address.replace (/^https:\/\/[^/]+/, url);
const theirs = new ccxt.binance ().urls.api;
const api = Object.fromEntries (Object.entries (theirs).filter (([ , address ]) => typeof address === 'string')
    .map (([ kind, address ]) => [ kind, here (address) ]));

const exchange = new ccxt.binance ({ apiKey, secret, 'urls': { api } });
const symbol = 'BTC/USDT';

const ticker = await exchange.fetchTicker (symbol);
console.log (`${symbol}: bid ${ticker.bid}, ask ${ticker.ask}`);

const price = exchange.priceToPrecision (symbol, ticker.bid * 0.9);
const resting = await exchange.createLimitBuyOrder (symbol, 0.001, price);
console.log (`order ${resting.id}: ${resting.status}, ${resting.amount} at ${resting.price}`);
const canceled = await exchange.cancelOrder (resting.id, symbol);
console.log (`order ${canceled.id}: ${canceled.status}`);

const bought = await exchange.createMarketBuyOrder (symbol, 0.001);
console.log (`order ${bought.id}: ${bought.status}, ${bought.filled} at ${bought.average}`);
console.log (`fee: ${bought.fee.cost} ${bought.fee.currency}`);
const balance = await exchange.fetchBalance ();
console.log (`USDT: ${balance.USDT.free}`);
