#!/usr/bin/env python3
"""双随机抽取的复核程序（ohdesk-draw/1）。

用法:  python3 -I verify_draw.py sheet.json seed.txt

只用 Python 3 自带的标准库，不联网，不读其他文件。
输出的内容应与公示的 result.csv 一字不差；输入有任何问题时说明原因（refused: …），不输出结果。
"""

import csv
import hashlib
import json
import re
import sys
from pathlib import Path


def hashed(*parts):
    """规则中的散列函数 H：各部分之间加一个零字节，取 SHA-256，写成十六进制。"""
    return hashlib.sha256(b"\x00".join(part.encode("utf-8") for part in parts)).hexdigest()


def need(condition, what):
    """条件不成立就拒绝，退出码 1。"""
    if not condition:
        sys.exit("refused: " + what)


def whole(*values):
    """是否都是非负整数（小数、文字、true/false 都不算）。"""
    return all(type(value) is int and value >= 0 for value in values)


def different(names):
    """是否没有重复。"""
    return len(set(names)) == len(names)


def check(sheet, content, seed):
    """逐项检查抽取单和种子；每一种问题各有一句说明。"""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    need(canonical == sheet, "the sheet is not in canonical form")
    need(content["v"] == "ohdesk-draw/1", "another version of the rules")
    need(re.fullmatch("[0-9]{10,64}", seed), "the seed must be 10 to 64 digits and nothing else")
    need(re.fullmatch("[0-9a-f]{64}", content["nonce"]), "the nonce must be 64 hexadecimal digits")
    need(
        whole(content["team"], content["cap"], content["slack"]) and content["team"] > 0,
        "team, cap and slack must be whole numbers",
    )

    firms = [firm for stratum in content["strata"] for firm in stratum["ids"]]
    people = [inspector["id"] for inspector in content["inspectors"]]
    codes = [stratum["code"] for stratum in content["strata"]]
    need(different(firms) and different(people) and different(codes), "an id occurs twice")
    need(all(re.fullmatch("[0-9A-Z-]+", name) for name in firms + people), "an id has other characters than 0-9 A-Z -")

    for stratum in content["strata"]:
        quota_is_whole = whole(stratum["num"], stratum["den"], stratum["min"]) and stratum["den"] > 0
        need(quota_is_whole, "a quota is not made of whole numbers")
        need(stratum["ids"] == sorted(stratum["ids"]), "the ids of a stratum are not in order")


def draw_firms(content, key):
    """每一层按号码（ticket）从小到大取够家数；所有抽中的单位再按号码排成一个总顺序。"""
    chosen = []
    for stratum in content["strata"]:
        ids = stratum["ids"]
        share = -(-len(ids) * stratum["num"] // stratum["den"])  # 家数 × 比例，向上取整
        quota = min(len(ids), max(stratum["min"], share))
        order = sorted((hashed("E", key, stratum["code"], firm), stratum["code"], firm) for firm in ids)
        chosen += [(ticket, code, firm, rank) for rank, (ticket, code, firm) in enumerate(order[:quota], 1)]
    return sorted(chosen)


def draw_inspectors(content, key, chosen):
    """按总顺序给每家单位逐个席位配执法人员：0 号席位须能任主检，避开回避、超额和过忙的人。"""
    barred = {(pair[0], pair[1]) for pair in content["recusals"]}
    load = {inspector["id"]: 0 for inspector in content["inspectors"]}
    for ticket, code, firm, rank in chosen:
        team = []
        for seat in range(content["team"]):
            can = [
                inspector["id"]
                for inspector in content["inspectors"]
                if (inspector["id"], firm) not in barred
                and inspector["id"] not in team
                and load[inspector["id"]] < content["cap"]
                and (seat > 0 or inspector["lead"])
            ]
            least = min((load[name] for name in can), default=0)
            free = [name for name in can if load[name] <= least + content["slack"]]
            taken = min(free, key=lambda name: hashed("I", key, firm, str(seat), name), default="UNASSIGNED")
            if taken in load:
                load[taken] += 1
            team.append(taken)
        yield (code, rank, firm, ticket, *team)


def result(sheet, seed):
    """抽取单（字节）和种子（文字）得出的全部结果行。"""
    content = json.loads(sheet)
    check(sheet, content, seed)
    commit = hashlib.sha256(sheet).hexdigest()
    key = hashed("ohdesk-draw/1", commit, content["nonce"], seed)
    chosen = draw_firms(content, key)
    seatings = len(chosen) * content["team"] * len(content["inspectors"])
    need(seatings <= 5_000_000, "more than 5000000 seatings: nobody could wait for it")  # 再大的，谁也等不到算完
    return [("commit", commit), *draw_inspectors(content, key, chosen)]


def main():
    """读两个文件，输出结果。"""
    need(len(sys.argv) == 3, "two files are needed: sheet.json seed.txt")
    try:
        sheet = Path(sys.argv[1]).read_bytes()
        seed = Path(sys.argv[2]).read_bytes().decode("ascii", "replace")
    except OSError as error:
        sys.exit(f"refused: a file cannot be read: {error}")
    try:
        rows = result(sheet, seed)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError):
        sys.exit("refused: the sheet is not JSON, or a part of it is missing or of another kind")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    csv.writer(sys.stdout, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
