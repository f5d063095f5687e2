#!/usr/bin/env bash
# Prices a log of ten million rows in turns with DuckDB, Polars and cat, and holds our totals against
# theirs. The log's generator and the peers' plans stand beside the project, not in it; without them
# nothing is measured, and that is said.
#   tests/engines/reprice.sh [FOLDER FOR THE LOG]
set -euo pipefail
cd "$(dirname "$0")/../.."

peers=${PEERS:-../shared/peers}
if [ ! -f "$peers/gen_log.py" ]; then
    echo "left out: no $peers/gen_log.py (PEERS names another folder)"
    exit
fi
logs=${1:-tests/.tools/log}
python=tests/.tools/peers/bin/python
if [ ! -x "$python" ]; then
    echo "installing DuckDB, Polars, numpy and pyarrow into tests/.tools/peers"
    python3 -m venv tests/.tools/peers
    tests/.tools/peers/bin/pip install --quiet duckdb polars numpy pyarrow
fi
if [ ! -f "$logs/usage.parquet" ]; then
    echo "making a log of ten million rows in $logs, which takes a minute and 750 MB"
    "$python" "$peers/gen_log.py" "$logs"
fi
cargo bench --bench reprice -- "$(realpath "$logs")" "$(realpath "$peers")" "$(realpath "$python")"
