#!/usr/bin/env python3
"""Measure copydesk on WCXB's development pages, each cleaned by a model that has not seen its registered domain.

  quality.py COPYDESK FOLDS WCXB OUT [ARGUMENT...]

FOLDS is written by `train.py folds`; OUT/pred.json gets what score.py reads; further arguments go to `copydesk build`.
"""
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict

import duckdb

WORD = re.compile(r"\w+", re.UNICODE)
TYPES = ["article", "documentation", "service", "forum", "collection", "listing", "product"]


def word_prf(text, gold):
    a, b = WORD.findall(text.lower()), WORD.findall(gold.lower())
    if not b:
        return (1.0, 1.0, 1.0) if not a else (0.0, 0.0, 0.0)
    overlap = sum((Counter(a) & Counter(b)).values())
    if not overlap:
        return 0.0, 0.0, 0.0
    p, r = overlap / len(a), overlap / len(b)
    return p, r, 2 * p * r / (p + r)


def clean(copydesk, folds, wcxb, out, arguments):
    texts, meta = {}, {}
    for name in sorted(os.listdir(folds)):
        if not name.endswith(".model"):
            continue
        fold = name[:-6]
        pages = open(os.path.join(folds, f"{fold}.pages"), encoding="utf-8").read().split()
        listed = os.path.join(out, f"{fold}.list")
        with open(listed, "w", encoding="utf-8") as file:
            file.writelines(os.path.join(wcxb, "dev", "html", page) + "\n" for page in pages)
        folder = os.path.join(out, fold)
        model = os.path.join(folds, name)
        command = [copydesk, "build", "--files-from", listed, "-o", folder, "--overwrite", "--quiet", "--model", model]
        ended = subprocess.run(command + arguments)
        assert ended.returncode in (0, 1), ended
        query = f"SELECT source_path, text, title, authors, published_date FROM '{folder}/articles/*.parquet'"
        for path, text, title, authors, date in duckdb.sql(query).fetchall():
            page = os.path.basename(path).split(".")[0]
            texts[page] = text
            meta[page] = {"title": title, "author": authors, "date": str(date) if date else None}
    return texts, meta


def main():
    copydesk, folds, wcxb, out, *arguments = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    texts, meta = clean(copydesk, folds, wcxb, out, arguments)
    with open(os.path.join(out, "pred.json"), "w", encoding="utf-8") as file:
        json.dump({"texts": texts, "meta": meta}, file)
    rows = defaultdict(list)
    base = os.path.join(wcxb, "dev", "ground-truth")
    for name in sorted(os.listdir(base)):
        page = json.load(open(os.path.join(base, name), encoding="utf-8"))
        kind = page["_internal"]["page_type"]
        kind = kind["primary"] if isinstance(kind, dict) else kind
        kind = "collection" if kind == "category" else kind
        row = word_prf(texts.get(name[:-5], ""), page["ground_truth"].get("main_content") or "")
        rows["all"].append(row)
        rows[kind].append(row)
    print(f"{'':14}{'pages':>6}{'P':>8}{'R':>8}{'F1':>8}")
    for kind in ["all", *TYPES]:
        own = rows[kind]
        print(f"{kind:14}{len(own):6}" + "".join(f"{sum(r[i] for r in own) / len(own):8.4f}" for i in range(3)))


if __name__ == "__main__":
    main()
