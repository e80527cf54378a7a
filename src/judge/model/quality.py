#!/usr/bin/env python3
"""Measure copydesk on WCXB's development pages, each cleaned by a model that has not seen its registered domain.

  quality.py COPYDESK FOLDS WCXB OUT [ARGUMENT...]

FOLDS is written by `train.py folds`; further arguments go to `copydesk build`. Prints word-F1 by page type with bootstrap
errors, snippet rates, metadata, and the worst pages with what is wrong there; OUT/pred.json gets the answers. Other
extractors that this Python can import (peers.txt) are run on the same pages and stand beside it.
"""
import importlib
import json
import os
import random
import re
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from importlib.metadata import version

import duckdb

WORD = re.compile(r"\w+", re.UNICODE)
TYPES = ["article", "documentation", "service", "forum", "collection", "listing", "product"]
# Resamples of the pages behind each bootstrap error, and worst pages that are listed.
RESAMPLES = 500
WORST = 25
# Typographic marks and what they are compared as, where the comparison is a loose one.
PLAIN = str.maketrans("‘’“”‐‑–—", "''\"\"----")


def word_prf(text, gold):
    """Precision, recall and F1 over the multisets of words. Against an empty gold only an empty text is right."""
    got, want = Counter(WORD.findall(text.lower())), Counter(WORD.findall(gold.lower()))
    if not want:
        return (0.0,) * 3 if got else (1.0,) * 3
    overlap = (got & want).total()
    if not overlap:
        return (0.0,) * 3
    return overlap / got.total(), overlap / want.total(), 2 * overlap / (got.total() + want.total())


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def error(values):
    """Bootstrap standard error of the mean, seeded."""
    chance = random.Random(1)
    means = [mean(chance.choices(values, k=len(values))) for _ in range(RESAMPLES)]
    middle = mean(means)
    return mean((m - middle) ** 2 for m in means) ** 0.5


def pages_of(wcxb):
    base = os.path.join(wcxb, "dev", "ground-truth")
    pages = {}
    for name in sorted(os.listdir(base)):
        with open(os.path.join(base, name), encoding="utf-8") as file:
            page = json.load(file)
        kind = page["_internal"]["page_type"]
        kind = kind["primary"] if isinstance(kind, dict) else kind
        gold = page["ground_truth"]
        pages[name[:-5]] = {
            "kind": "collection" if kind == "category" else kind,
            "gold": gold.get("main_content") or "",
            "wanted": gold.get("with") or [],
            "unwanted": gold.get("without") or [],
            "title": gold.get("title"),
            "author": gold.get("author"),
            "date": gold.get("publish_date"),
        }
    return pages


def clean(copydesk, folds, wcxb, out, arguments):
    texts, meta = {}, {}
    for name in sorted(os.listdir(folds)):
        if not name.endswith(".model"):
            continue
        fold = name[:-6]
        with open(os.path.join(folds, f"{fold}.pages"), encoding="utf-8") as file:
            pages = file.read().split()
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
            meta[page] = {"title": title, "author": ", ".join(authors or []), "date": str(date) if date else ""}
    return texts, meta


# Other extractors: the package that gives the version, and how it is called on the bytes of a page.
def trafilatura(html, module):
    return module.extract(html)


def resiliparse(html, module):
    tree = importlib.import_module("resiliparse.parse.html").HTMLTree.parse_from_bytes(html)
    extract = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    return extract(tree, main_content=True)


def readability(html, module):
    summary = module.Document(html.decode("utf-8", "replace")).summary()
    return importlib.import_module("lxml.html").fromstring(summary).text_content()


def justext(html, module):
    paragraphs = module.justext(html, module.get_stoplist("English"))
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


PEERS = [("trafilatura", "trafilatura", trafilatura), ("Resiliparse", "resiliparse", resiliparse),
         ("readability-lxml", "readability", readability), ("jusText", "justext", justext)]


def peers(wcxb, pages):
    for package, name, extract in PEERS:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        texts = {}
        for page in pages:
            with open(os.path.join(wcxb, "dev", "html", page + ".html"), "rb") as file:
                html = file.read()
            try:
                texts[page] = extract(html, module) or ""
            except Exception:  # What an extractor cannot read is an empty answer.
                texts[page] = ""
        yield f"{package} {version(package)}", texts


def by_type(name, pages, texts):
    rows = {page: word_prf(texts.get(page, ""), known["gold"]) for page, known in pages.items()}
    f1 = lambda kind: mean(row[2] for page, row in rows.items() if pages[page]["kind"] == kind)
    everything = [row[2] for row in rows.values()]
    print(f"{name:24} {mean(everything):6.4f} ±{error(everything):.4f} " + " ".join(f"{f1(kind):6.3f}" for kind in TYPES))
    return rows


def snippets(name, pages, texts):
    """Shares of listed snippets that stand in the text, as they are and with typographic marks made plain on both sides."""
    def share(listed, make):
        shares = []
        for page, known in pages.items():
            if known[listed]:
                text = make(texts.get(page, "").lower())
                shares.append(mean(make(snippet.lower()) in text for snippet in known[listed]))
        return mean(shares)

    plain = lambda text: text.translate(PLAIN)
    same = lambda text: text
    print(f"{name:24} wanted {share('wanted', same):.4f} (plain marks {share('wanted', plain):.4f}), "
          f"unwanted {share('unwanted', same):.4f}")


def folded(text):
    return " ".join(text.split()).casefold()


def metadata(pages, meta):
    loosely = lambda text: folded(unicodedata.normalize("NFKC", text).translate(PLAIN))
    people = lambda text: sorted(set(WORD.findall(loosely(text))) - {"by", "and", "dr", "mr", "mrs", "ms"})
    same = {
        "title": lambda got, want: folded(got) == folded(want),
        "title, loosely": lambda got, want: loosely(got) == loosely(want) or (
            len(loosely(want)) >= 8 and (loosely(got).startswith(loosely(want)) or loosely(got).endswith(loosely(want)))),
        "author": lambda got, want: people(got) == people(want),
        "date": lambda got, want: got.startswith(want[:10]),
    }
    for name, is_same in same.items():
        field = name.split(",")[0]
        known = [page for page in pages if pages[page][field]]
        unknown = [page for page in pages if not pages[page][field]]
        answer = lambda page: (meta.get(page) or {}).get(field) or ""
        right = mean(bool(answer(page)) and is_same(answer(page), str(pages[page][field])) for page in known)
        invented = mean(bool(answer(page)) for page in unknown)
        print(f"{name:24} right {right:.4f} of {len(known)}, given {mean(bool(answer(page)) for page in known):.4f}, "
              f"given where none is known {invented:.4f} of {len(unknown)}")


def reason(row, known, text):
    if not known["gold"]:
        return "gold is empty"
    if not text:
        return "nothing found"
    precision, recall, _ = row
    if recall - precision > 0.25:
        return "too much kept"
    if precision - recall > 0.25:
        return "too little kept"
    return "another part" if recall < 0.75 else "near"


def main():
    copydesk, folds, wcxb, out, *arguments = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    pages = pages_of(wcxb)
    texts, meta = clean(copydesk, folds, wcxb, out, arguments)
    with open(os.path.join(out, "pred.json"), "w", encoding="utf-8") as file:
        json.dump({"texts": texts, "meta": meta}, file)
    print(f"{'word-F1':24} {'all':14} " + " ".join(f"{kind[:6]:>6}" for kind in TYPES))
    rows = by_type("copydesk", pages, texts)
    others = list(peers(wcxb, pages))
    for name, answers in others:
        by_type(name, pages, answers)
    print(f"\n{'':14}{'pages':>6}{'P':>8}{'R':>8}{'F1':>8}")
    for kind in ["all", *TYPES]:
        own = [row for page, row in rows.items() if kind in ("all", pages[page]["kind"])]
        print(f"{kind:14}{len(own):6}" + "".join(f"{mean(row[i] for row in own):8.4f}" for i in range(3)))
    print()
    for name, answers in [("copydesk", texts), *others]:
        snippets(name, pages, answers)
    print()
    metadata(pages, meta)
    reasons = {page: reason(row, pages[page], texts.get(page, "")) for page, row in rows.items()}
    lost = defaultdict(list)
    for page, row in rows.items():
        lost[reasons[page]].append(1 - row[2])
    print("\nwhere the rest is lost, in pages")
    for name, losses in sorted(lost.items(), key=lambda entry: -sum(entry[1])):
        print(f"{name:24} {sum(losses):7.1f} over {len(losses)}")
    print("\nworst pages")
    for page in sorted(rows, key=lambda page: (rows[page][2], page))[:WORST]:
        precision, recall, f1 = rows[page]
        print(f"{page} {pages[page]['kind']:14} P {precision:.2f} R {recall:.2f} F1 {f1:.2f}  {reasons[page]}")


if __name__ == "__main__":
    main()
