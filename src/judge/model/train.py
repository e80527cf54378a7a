#!/usr/bin/env python3
"""Train the model that judges the blocks of pages, and measure it.

  train.py labels  MATRIX WCXB            what belongs to the article, from WCXB's texts (cached beside the matrix)
  train.py final   MATRIX WCXB OUT        one model on all pages
  train.py folds   MATRIX WCXB DIR        five models, each without a fifth of the registered domains, and the lists
                                          of the pages that each has not seen

MATRIX is a folder written by `copydesk matrix`, WCXB the folder that holds dev/ (the Web Content eXtraction Benchmark by
Murrough Foley, CC-BY-4.0). Everything is seeded; one thread, so that the same input gives the same file.
"""
import json
import os
import re
import struct
import sys
from collections import Counter, defaultdict

import lightgbm as lgb
import numpy as np

WORD = re.compile(r"\w+", re.UNICODE)
FOLDS = 5
# Words of classes that are kept, and the registered domains that must have them.
MAX_LEXICON = 4000
MIN_DOMAINS = 4
LEXICON_COLUMNS = ["lx_own", "lx_nearest", "lx_min", "lx_max", "lx_sum", "lx_faded", "lx_above1", "lx_above2", "lx_above3"]
MAX_COLUMNS = 250
ROUNDS = 100
# Models of different seeds whose log-odds are averaged: one alone changes its mind on single pages from seed to seed.
SEEDS = [7, 11]
PARAMETERS = {
    "objective": "cross_entropy",
    "learning_rate": 0.12,
    "num_leaves": 31,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "path_smooth": 2.0,
    "use_missing": False,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
# Registered domains are the last two labels of a host, three where the second is one of these.
SECOND_LEVEL = {"co", "com", "org", "net", "ac", "gov", "edu", "or", "ne", "go", "gob", "nom", "ltd", "plc"}


def words(text):
    return WORD.findall(text.lower())


def registered_domain(url):
    host = re.sub(r"^[a-z]+://", "", url.lower()).split("/")[0].split("@")[-1].split(":")[0]
    parts = host.split(".")
    n = 3 if len(parts) > 2 and parts[-2] in SECOND_LEVEL and len(parts[-1]) == 2 else 2
    return ".".join(parts[-n:])


def align(page, gold):
    """For each token of the page whether a longest common subsequence with the gold holds it; bit-parallel."""
    places = defaultdict(int)
    for at, token in enumerate(gold):
        places[token] |= 1 << at
    mask = (1 << len(gold)) - 1
    rows = []
    row = mask
    for token in page:
        both = row & places.get(token, 0)
        row = ((row + both) | (row - both)) & mask
        rows.append(row)
    matched = [-1] * len(page)
    at = len(gold) - 1
    for i in range(len(page) - 1, -1, -1):
        if at < 0:
            break
        # A zero bit marks a place where the common subsequence grew by this row or one before.
        before = rows[i - 1] if i else mask
        while at >= 0 and (rows[i] >> at) & 1:
            at -= 1
        if at >= 0 and (before >> at) & 1:
            matched[i] = at
            at -= 1
    return matched


def label(texts, gold_text):
    """Share of the words of each block that the gold text holds, in order; then blocks that were moved."""
    gold = words(gold_text)
    blocks = [words(text) for text in texts]
    page = [token for block in blocks for token in block]
    matched = align(page, gold) if gold and page else [-1] * len(page)
    labels = np.zeros(len(blocks), np.float32)
    start = 0
    used = set()
    for index, block in enumerate(blocks):
        own = [at for at in matched[start:start + len(block)] if at >= 0]
        start += len(block)
        if not block:
            continue
        share = len(own) / len(block)
        if own and len(block) < 8 and own[-1] - own[0] + 1 > len(block) + 2:
            share *= 0.3
        labels[index] = share
        used.update(own)
    rest = Counter(token for at, token in enumerate(gold) if at not in used)
    for index in sorted(range(len(blocks)), key=lambda i: -len(blocks[i])):
        block = blocks[index]
        if len(block) < 5 or labels[index] >= 0.5:
            continue
        own = Counter(block)
        share = sum((own & rest).values()) / len(block)
        if share >= 0.8:
            labels[index] = share
            rest -= own
    return labels, len(gold), len(page)


def load(matrix, wcxb):
    columns = json.load(open(os.path.join(matrix, "columns.json")))
    values = np.fromfile(os.path.join(matrix, "matrix.f32"), np.float32).reshape(-1, len(columns))
    pages = []
    first = 0
    for line in open(os.path.join(matrix, "pages.jsonl"), encoding="utf-8"):
        page = json.loads(line)
        page["id"] = os.path.basename(page["path"]).split(".")[0]
        gold = json.load(open(os.path.join(wcxb, "dev", "ground-truth", page["id"] + ".json"), encoding="utf-8"))
        page["gold"] = (gold.get("ground_truth") or {}).get("main_content") or ""
        page["domain"] = registered_domain(gold.get("url") or page["id"])
        kind = (gold.get("_internal") or {}).get("page_type")
        page["kind"] = kind.get("primary") if isinstance(kind, dict) else kind
        page["rows"] = slice(first, first + len(page["texts"]))
        first += len(page["texts"])
        pages.append(page)
    assert first == len(values), (first, len(values))
    return columns, values, pages


def labels_of(pages, n_rows):
    labels = np.zeros(n_rows, np.float32)
    weights = np.zeros(n_rows, np.float32)
    for page in pages:
        own, n_gold, n_page = label(page["texts"], page["gold"])
        labels[page["rows"]] = own
        # What a block weighs in the F1 of its page.
        n = np.asarray(page["words"], np.float32)
        weights[page["rows"]] = n / (n_gold + 0.1 * n_page + 50)
    return labels, weights / weights.mean()


class Lexicon:
    """Words of classes with what was seen around them, in shares by registered domain."""

    def __init__(self, matrix, pages, labels, words):
        raw = np.fromfile(os.path.join(matrix, "nodes.u32"), np.uint32)
        domains = {name: at for at, name in enumerate(sorted({page["domain"] for page in pages}))}
        self.domain_of_page = np.asarray([domains[page["domain"]] for page in pages])
        parents, first_node, tokens, token_nodes, token_domains = [], [], [], [], []
        at = n_nodes = 0
        for index, page in enumerate(pages):
            n = int(raw[at])
            at += 1
            first_node.append(n_nodes)
            for node in range(n):
                parent, n_words = int(raw[at]), int(raw[at + 1])
                parents.append(n_nodes + parent if node else -1)
                own = raw[at + 2:at + 2 + n_words]
                at += 2 + n_words
                tokens.append(own)
                token_nodes.append(np.full(n_words, n_nodes + node, np.int64))
            n_nodes += n
        self.parents = np.asarray(parents)
        self.row_nodes = np.concatenate([first_node[i] + np.asarray(page["nodes"], np.int64)
                                         for i, page in enumerate(pages) if page["nodes"]])
        tokens, self.token_nodes = np.concatenate(tokens), np.concatenate(token_nodes)
        self.hashes, self.tokens = np.unique(tokens, return_inverse=True)
        # What lies below each node, by the roots of the words of its blocks.
        weight = np.sqrt(np.maximum(words, 1))
        below, below_label = np.zeros(n_nodes), np.zeros(n_nodes)
        np.add.at(below, self.row_nodes, weight)
        np.add.at(below_label, self.row_nodes, weight * labels)
        for node in range(n_nodes - 1, -1, -1):
            parent = parents[node]
            if parent >= 0:
                below[parent] += below[node]
                below_label[parent] += below_label[node]
        domain_of_node = np.zeros(n_nodes, np.int64)
        for i, start in enumerate(first_node):
            domain_of_node[start:] = self.domain_of_page[i]
        pairs = self.tokens.astype(np.int64) * len(domains) + domain_of_node[self.token_nodes]
        keys, place = np.unique(pairs, return_inverse=True)
        sums = np.bincount(place, weights=below[self.token_nodes])
        label_sums = np.bincount(place, weights=below_label[self.token_nodes])
        known = sums > 0
        self.pair_tokens = (keys // len(domains))[known]
        self.pair_domains = (keys % len(domains))[known]
        self.pair_means = label_sums[known] / sums[known]

    def learn(self, is_seen, largest=None):
        """Log-odds in eighths for each word, from the domains in `is_seen`."""
        pairs = is_seen[self.pair_domains]
        n = np.bincount(self.pair_tokens[pairs], minlength=len(self.hashes))
        mean = np.bincount(self.pair_tokens[pairs], weights=self.pair_means[pairs], minlength=len(self.hashes))
        mean = (mean + 0.4 * 3) / (n + 3)
        scores = np.log(mean / (1 - mean)) - np.log(0.4 / 0.6)
        scores = np.clip(np.round(scores * 8), -127, 127)
        scores[n < MIN_DOMAINS] = 0
        if largest is None:
            largest = MAX_LEXICON
        worth = np.abs(scores) * np.sqrt(n)
        if (scores != 0).sum() > largest:
            scores[worth < np.sort(worth)[-largest]] = 0
        return scores

    def features(self, scores):
        """The columns lx_* for every row, as src/judge/features/lexicon.rs computes them."""
        token_scores = scores[self.tokens]
        known = token_scores != 0
        n = np.bincount(self.token_nodes[known], minlength=len(self.parents))
        sums = np.bincount(self.token_nodes[known], weights=token_scores[known], minlength=len(self.parents))
        node = (sums / np.maximum(8 * n, 1)).astype(np.float32)
        at = self.row_nodes.copy()
        n_rows = len(at)
        zero = np.zeros(n_rows, np.float32)
        own, nearest, low, high, total, faded = node[at].copy(), zero.copy(), zero.copy(), zero.copy(), zero.copy(), zero.copy()
        above = []
        fade = np.float32(1.0)
        for level in range(24):
            score = np.where(at >= 0, node[np.maximum(at, 0)], np.float32(0))
            nearest = np.where(nearest == 0, score, nearest)
            low, high = np.minimum(low, score), np.maximum(high, score)
            total = total + score
            faded = faded + score * fade
            fade = np.float32(fade * np.float32(0.8))
            if 1 <= level <= 3:
                above.append(score)
            at = np.where(at >= 0, self.parents[np.maximum(at, 0)], -1)
        return dict(zip(LEXICON_COLUMNS, [own, nearest, low, high, total, faded, *above]))

    def fill(self, columns, values, scores, rows=slice(None)):
        for name, column in self.features(scores).items():
            values[rows, columns.index(name)] = column[rows]


def folds_of(pages):
    """Pages by fold: whole registered domains, the biggest first into the emptiest fold."""
    domains = Counter(page["domain"] for page in pages)
    sizes = [0] * FOLDS
    fold_of = {}
    for domain, n in sorted(domains.items(), key=lambda entry: (-entry[1], entry[0])):
        fold = sizes.index(min(sizes))
        fold_of[domain] = fold
        sizes[fold] += n
    return np.asarray([fold_of[page["domain"]] for page in pages])


def train(columns, values, labels, weights, rounds=ROUNDS, max_columns=MAX_COLUMNS, seeds=SEEDS, **changes):
    """Trains once on all columns, then, one model a seed, on those that brought most."""
    chosen = list(range(len(columns)))
    parameters = {**PARAMETERS, **changes}
    if max_columns < len(columns):
        probe = lgb.train({**parameters, "seed": seeds[0]}, lgb.Dataset(values, labels, weight=weights), 60)
        gains = probe.feature_importance("gain")
        chosen = sorted(np.argsort(-gains, kind="stable")[:max_columns].tolist())
    data = lgb.Dataset(values[:, chosen], labels, weight=weights, free_raw_data=False)
    return [lgb.train({**parameters, "seed": seed}, data, rounds) for seed in seeds], chosen


def rows_of(pages, is_wanted):
    return np.concatenate([np.full(len(page["texts"]), bool(is_wanted[at])) for at, page in enumerate(pages)])


def fill_for(lexicon, columns, values, pages, fold_of, held_out):
    """Fills the lexicon's columns as for pages never seen: each fold's rows from a lexicon of the other folds, without
    `held_out`; the rows of `held_out` from all others. The lexicon to ship with comes back."""
    domains = lexicon.domain_of_page

    def learn(without):
        is_seen = np.zeros(domains.max() + 1, bool)
        for at, fold in enumerate(fold_of):
            if fold not in without:
                is_seen[domains[at]] = True
        return lexicon.learn(is_seen)

    shipped = learn({held_out})
    for fold in range(FOLDS):
        scores = shipped if fold == held_out else learn({fold, held_out})
        lexicon.fill(columns, values, scores, np.flatnonzero(rows_of(pages, fold_of == fold)))
    return shipped


def below(threshold):
    """The largest f32 that is not above a threshold: the same side for every f32 value."""
    value = np.float32(threshold)
    return np.nextafter(value, np.float32(-np.inf)) if float(value) > threshold else value


def pack(boosters, chosen, columns, lexicon, scores):
    """The mean of the models in the file format of src/judge/model.rs."""
    trees = [tree for booster in boosters for tree in booster.dump_model()["tree_info"]]
    borders = defaultdict(set)
    nodes_of = []
    for tree in trees:
        nodes, leaves = [], []
        stack = [(tree["tree_structure"], None, None)]
        while stack:
            node, parent, side = stack.pop(0)
            if "leaf_value" in node and "split_feature" not in node:
                if parent is not None:
                    nodes[parent][side] = 128 + len(leaves)
                leaves.append(node["leaf_value"] / len(boosters))
                continue
            if parent is not None:
                nodes[parent][side] = len(nodes)
            border = below(node["threshold"])
            borders[node["split_feature"]].add(border)
            nodes.append([node["split_feature"], border, 0, 0])
            here = len(nodes) - 1
            stack.append((node["left_child"], here, 2))
            stack.append((node["right_child"], here, 3))
        nodes_of.append((nodes, leaves))
    used = sorted(borders)
    assert len(used) <= 255
    sorted_borders = {feature: sorted(borders[feature]) for feature in used}
    out = bytearray(b"CDM1") + struct.pack("<H", len(used))
    for feature in used:
        name = columns[chosen[feature]].encode()
        out += struct.pack("<B", len(name)) + name + struct.pack("<B", len(sorted_borders[feature]))
        out += b"".join(struct.pack("<f", border) for border in sorted_borders[feature])
    largest = max(abs(leaf) for _, leaves in nodes_of for leaf in leaves)
    unit = largest / 32767
    out += struct.pack("<fiH", unit, 0, len(nodes_of))
    place = {feature: at for at, feature in enumerate(used)}
    for nodes, leaves in nodes_of:
        out += struct.pack("<B", len(nodes))
        for feature, border, left, right in nodes:
            out += struct.pack("<BBBB", place[feature], sorted_borders[feature].index(border), left, right)
        out += b"".join(struct.pack("<h", round(leaf / unit)) for leaf in leaves)
    known = np.flatnonzero(scores)
    out += struct.pack("<H", len(known))
    for at in known:
        out += struct.pack("<Ib", int(lexicon.hashes[at]), int(scores[at]))
    return bytes(out)


def main():
    command, matrix, wcxb, *rest = sys.argv[1:]
    columns, values, pages = load(matrix, wcxb)
    cache = os.path.join(matrix, "labels.npz")
    if not os.path.exists(cache) or command == "labels":
        labels, weights = labels_of(pages, len(values))
        np.savez(cache, labels=labels, weights=weights)
    saved = np.load(cache)
    labels, weights = saved["labels"], saved["weights"]
    fold_of = folds_of(pages)
    n_words = np.concatenate([np.asarray(page["words"], np.float32) for page in pages])
    lexicon = Lexicon(matrix, pages, labels, n_words)
    if command == "final":
        scores = fill_for(lexicon, columns, values, pages, fold_of, None)
        boosters, chosen = train(columns, values, labels, weights)
        with open(rest[0], "wb") as file:
            file.write(pack(boosters, chosen, columns, lexicon, scores))
    elif command == "folds":
        os.makedirs(rest[0], exist_ok=True)
        for fold in range(FOLDS):
            scores = fill_for(lexicon, columns, values, pages, fold_of, fold)
            seen = rows_of(pages, fold_of != fold)
            boosters, chosen = train(columns, values[seen], labels[seen], weights[seen])
            with open(os.path.join(rest[0], f"{fold}.model"), "wb") as file:
                file.write(pack(boosters, chosen, columns, lexicon, scores))
            unseen = [page["path"] for at, page in enumerate(pages) if fold_of[at] == fold]
            with open(os.path.join(rest[0], f"{fold}.pages"), "w", encoding="utf-8") as file:
                file.write("\n".join(unseen) + "\n")


if __name__ == "__main__":
    main()
