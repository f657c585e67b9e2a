"""Why a run shows what it does: the least such run, the deciding order, the network it needs."""
