#!/usr/bin/env python3
"""Join two account lists on exact domain or exact name with polars: what `partnergraph match` is measured against.

Usage: polars_join.py LEFT.csv RIGHT.csv PAIRS.csv

The columns are account_id, name, website, as make_accounts.py writes them. Names and domains are folded by regular
expressions, without a list of public suffixes; a domain that more than five accounts of one list have is left out, since
shared hosts would make millions of pairs. Writes a_id,b_id.
"""
import sys

import polars as pl

FORMS = (
    r"(?:[ ,]+(?:incorporated|inc|corporation|corp|company|co|limited|ltd|llc|plc|ag|se|gmbh|gesellschaft mbh|"
    r"aktiengesellschaft|sa|s\.a|spa|s\.p\.a|nv|n\.v|bv|b\.v|ab|as|asa|oyj|oy|kgaa|holdings?|group|berhad|bhd|tbk|pt|kk)"
    r"\.?)+$"
)
TWO_PART = r"\.(?:co|com|net|org|ac|gov)\.[a-z]{2}$"
MOST = 5


def keys(path: str) -> pl.LazyFrame:
    name = (
        pl.col("name")
        .str.replace_all(r"[(\[{].*?[)\]}]", " ")
        .str.replace(r" [-/] .*$", "")
        .str.normalize("NFKD")
        .str.to_lowercase()
        .str.replace_all("&", " and ", literal=True)
        .str.strip_chars()
        .str.replace(FORMS, "")
        .str.replace_all(r"[^a-z0-9]+", "")
    )
    host = (
        pl.col("website")
        .str.to_lowercase()
        .str.replace(r"^[a-z]+://", "")
        .str.replace(r"[/?#:].*$", "")
    )
    domain = (
        pl.when(host.str.contains(TWO_PART))
        .then(host.str.extract(r"([^.]+\.[^.]+\.[^.]+)$"))
        .otherwise(host.str.extract(r"([^.]+\.[^.]+)$"))
    )
    return pl.scan_csv(path, infer_schema=False).select(pl.col("account_id").alias("id"), name.alias("name"), domain.alias("domain"))


def main() -> None:
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    left, right = pl.collect_all([keys(sys.argv[1]), keys(sys.argv[2])])
    found = []
    for key in ("name", "domain"):
        sides = []
        for side in (left, right):
            side = side.lazy().filter(pl.col(key).is_not_null() & (pl.col(key) != ""))
            if key == "domain":
                side = side.filter(pl.len().over(key) <= MOST)
            sides.append(side.select("id", key))
        joined = sides[0].join(sides[1], on=key, suffix="_right")
        found.append(joined.select(pl.col("id").alias("a_id"), pl.col("id_right").alias("b_id")))
    pl.concat(found).unique().collect().write_csv(sys.argv[3])


if __name__ == "__main__":
    main()
