"""`python -m tests.property.run_histories URL EXAMPLES KIND`: the histories without pytest, for mutated
copies of the code. KIND: orders, accounts (that begin anew, too), or fees (of all kinds).

Exit code 0 when all of them hold, 1 with the reason on the last line when one does not.
"""

from __future__ import annotations

import sys
import warnings

from mockexchange.store.valkey_connection import Connection

from .checks import FREE, SHORT, check_histories
from .fee_histories import fee_histories
from .histories import account_histories, histories
from .world import CHARGES

KINDS = {
    "orders": (histories, FREE),
    "accounts": (account_histories, FREE),
    "fees": (fee_histories, CHARGES),
}


def main(url: str, examples: int, kind: str) -> int:
    warnings.simplefilter("ignore")
    connection = Connection(url)
    of, fees = KINDS[kind]
    for model in ("touch-size", "touch"):
        try:
            check_histories(model, connection, examples, phases=SHORT, of=of, fees=fees)
        except Exception as error:  # noqa: BLE001  # any failure at all is what a mutant should cause
            print(f"{model}: {type(error).__name__}: {error}"[:500])
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
