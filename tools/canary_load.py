"""Many requests of members of several organisations; no answer may hold a word of another one.

    make canary                        100,000 requests
    .venv/bin/python tools/canary_load.py --requests 5000 --seed 7

Starts the web server of the product on a database of its own (canary_commonwell), which is dropped
afterwards. Prints what was asked and answered; ends with 1 if anything crossed, failed or was lost.
"""

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.bench import database  # noqa: E402 (needs the path)

DATABASE = "canary_commonwell"


def main() -> int:
    parser = argparse.ArgumentParser(description="Looks for words that cross between members.")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, database(DATABASE):
        from tests.house.canary import acts_of_strangers, load, served

        with served(Path(home)) as place:
            asked = {"requests": chosen.requests, "threads": chosen.threads, "seed": chosen.seed}
            report = load(place, **asked)
            strange = acts_of_strangers(place)
    acts = [f"{len(strange):,} acts of people at an organisation that is not theirs", *strange[:20]]
    sys.stdout.write("\n".join([*report.lines(), *map(str, acts), ""]))
    return int(not report.good or bool(strange))


if __name__ == "__main__":
    sys.exit(main())
