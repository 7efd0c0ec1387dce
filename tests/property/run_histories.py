"""`python -m tests.property.run_histories URL EXAMPLES KIND`: the histories without pytest, for mutated
copies of the code. KIND: orders, accounts (that begin anew, too), models (accounts with
fill models of their own), chaos (faults on purpose), fees (of all kinds), latency (orders that are on their way), or
the fill model of orders.

Exit code 0 when all of them hold, 1 with the reason on the last line when one does not.
"""

from __future__ import annotations

import sys
import warnings

from mockexchange.store.valkey_connection import Connection

from .checks import FREE, SHORT, SLIPPING, check_histories
from .fee_histories import fee_histories
from .histories import account_histories, chaos_histories, histories, model_histories, queue_histories
from .world import CHARGES

USUAL = ("touch-size", "touch")
KINDS = {
    "orders": (histories, USUAL, FREE),
    "accounts": (account_histories, USUAL, FREE),
    "models": (model_histories, ("touch", "depth"), FREE),
    "fees": (fee_histories, USUAL, CHARGES),
    "slippage": (histories, (SLIPPING,), FREE),
    "depth": (histories, ("depth",), FREE),
    "queue": (queue_histories, ("depth+queue", "touch+queue+share=0.5"), FREE),
    "chaos": (chaos_histories, USUAL, FREE),
    "latency": (account_histories, USUAL, FREE),
}
LATENCY = {"latency": 3}
"""How long orders are on their way (ms, a step of a history is one), by kind; no time in the others."""


def main(url: str, examples: int, kind: str) -> int:
    warnings.simplefilter("ignore")
    connection = Connection(url)
    of, models, fees = KINDS[kind]
    for model in models:
        try:
            check_histories(model, connection, examples, phases=SHORT, of=of, fees=fees, latency=LATENCY.get(kind, 0))
        except Exception as error:  # noqa: BLE001  # any failure at all is what a mutant should cause
            print(f"{model}: {type(error).__name__}: {error}"[:500])
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
