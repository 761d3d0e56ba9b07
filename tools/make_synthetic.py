#!/usr/bin/env python3
"""Writes a small made-up stock market as CSV files: for `./dev run` and for trying things out.

    python3 tools/make_synthetic.py OUT_DIR [--seed 1]

60 stocks, two years, one file each, dialect `plain`. Every file says in its first line that it is synthetic, and every
name begins with 演示 ("demonstration"). Integer arithmetic on cents and an own random generator: the same seed gives the
same bytes on every machine. Eight stocks are there for what can be wrong with a stock; see SPECIAL.
"""

import argparse
import datetime
import pathlib

BANNER = "# SYNTHETIC 合成数据: invented prices and names, no real company / 虚构的价格与名称，与任何真实公司无关"
HEADER = "code,date,open,high,low,close,volume,amount,preclose,name,industry,status"

FIRST_DAY = datetime.date(2024, 1, 2)
LAST_DAY = datetime.date(2025, 12, 31)

INDUSTRIES = ["银行", "证券", "软件", "半导体", "医药", "电力", "汽车", "食品", "煤炭", "化工"]
STOCKS = 60

# (exchange, first number, daily limit in basis points), in turn: main boards, STAR, ChiNext, Beijing
BOARDS = [
    ("SH", 600901, 1000),
    ("SZ", 2901, 1000),
    ("SZ", 300901, 2000),
    ("SH", 688901, 2000),
    ("SZ", 901, 1000),
    ("BJ", 920901, 3000),
]

# Stock number -> what is the matter with it on the last day.
SPECIAL = {
    7: "suspended",       # status says so for the last 5 sessions
    14: "stopped",        # no row at all in the last 30 sessions: no_bar
    21: "no_last_close",  # the last 3 closes are missing: stale
    28: "young",          # listed 80 sessions ago: too_few_bars
    35: "flat",           # never moves: bad_data, there is nothing to divide by
    42: "gap",            # 15 sessions without a row in the middle, and a score all the same
    49: "ex_cash",        # two cash dividends: preclose is below the close before it
    56: "ex_bonus",       # 10 shares become 15: preclose is two thirds of the close before it
}


class Random:
    """Knuth's 64-bit linear congruential generator; the low half, which is weak, is thrown away."""

    def __init__(self, seed):
        self.state = (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % 2**64
        for _ in range(8):
            self.below(2)

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 32) * n >> 32

    def bell(self, width):
        """Sum of four uniforms: mean 0, within +-2 width, deviation 0.58 width."""
        return sum(self.below(width + 1) for _ in range(4)) - 2 * width


def sessions():
    """Weekdays without the first days of January, May and October: a plain invented calendar."""
    day, days = FIRST_DAY, []
    while day <= LAST_DAY:
        closed = (day.month == 1 and day.day == 1) or (day.month in (5, 10) and day.day <= 5)
        if day.weekday() < 5 and not closed:
            days.append(day)
        day += datetime.timedelta(days=1)
    return days


def yuan(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def rounded(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


def limited(price, preclose, limit):
    reach = rounded(preclose * limit, 10000)
    return max(1, preclose - reach, min(price, preclose + reach))


def market_moves(seed, count):
    """One shared move per session in hundredths of a basis point, slowly turning between better and worse times."""
    random, drift, moves = Random(seed), 0, []
    for _ in range(count):
        drift = drift * 19 // 20 + random.bell(150)
        moves.append(drift + random.bell(8000))
    return moves


def stock_rows(number, seed, days, moves):
    """The rows of one stock, as tuples of text in the order of HEADER after code."""
    exchange, base, limit = BOARDS[number % len(BOARDS)]
    special = SPECIAL.get(number, "")
    code = f"{base + number:06d}.{exchange}"
    industry = INDUSTRIES[number % len(INDUSTRIES)]
    name = f"演示{industry}{number // len(INDUSTRIES) + 1:02d}"
    random = Random(seed * 1000 + number + 1)

    first = len(days) - 80 if special == "young" else 0
    end = len(days) - 30 if special == "stopped" else len(days)
    gap = range(250, 265) if special == "gap" else range(0)
    suspended_from = len(days) - 5 if special == "suspended" else len(days)
    swing = 9000 + random.below(9000)     # own daily move, hundredths of a basis point
    lean = random.bell(400)               # own lasting direction
    usual_volume = 3000 + random.below(40000)  # lots of 100 shares
    close = 500 + random.below(6000)
    drift, rows = 0, []
    for i in range(first, end):
        if i in gap:
            continue
        if i >= suspended_from:
            rows.append((days[i].isoformat(), "", "", "", "", "0", "0.00", yuan(close), name, industry, "suspended"))
            continue
        preclose = close
        if special == "ex_cash" and i in (130, 380):
            preclose = close - max(1, close * 3 // 100)
        if special == "ex_bonus" and i == 200:
            preclose = rounded(close * 10, 15)

        drift = drift * 29 // 30 + random.bell(300)
        move = lean + drift + moves[i] + random.bell(swing)
        if special == "flat":
            open_, high, low, close, volume = (preclose,) * 4 + (usual_volume,)
        else:
            close = limited(preclose + rounded(preclose * move, 1_000_000), preclose, limit)
            open_ = limited(preclose + rounded(preclose * random.bell(5000), 1_000_000), preclose, limit)
            high = limited(max(open_, close) + preclose * random.below(120) // 10000, preclose, limit)
            low = limited(min(open_, close) - preclose * random.below(120) // 10000, preclose, limit)
            volume = usual_volume * (60 + random.below(80) + abs(move) // 400) // 100
        # in cents: lots x 100 shares x the mean of high, low and twice the close
        amount = volume * 25 * (high + low + 2 * close)
        shown_close, shown_amount = yuan(close), yuan(amount)
        if special == "no_last_close" and i >= end - 3:
            shown_close = shown_amount = ""
        rows.append((days[i].isoformat(), yuan(open_), yuan(high), yuan(low), shown_close, str(volume * 100),
                     shown_amount, yuan(preclose), name, industry, "trading"))
    return code, rows


def write_market(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    days = sessions()
    moves = market_moves(seed, len(days))
    bars = 0
    for number in range(STOCKS):
        code, rows = stock_rows(number, seed, days, moves)
        lines = [BANNER, HEADER] + [",".join((code,) + row) for row in rows]
        digits, exchange = code.split(".")
        path = folder / f"{exchange.lower()}{digits}.csv"
        path.write_bytes(("\n".join(lines) + "\n").encode())
        bars += len(rows)
    return STOCKS, bars


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    stocks, rows = write_market(arguments.folder, arguments.seed)
    print(f"SYNTHETIC 合成数据: {stocks} invented stocks, {rows} rows, in {arguments.folder}")


if __name__ == "__main__":
    main()
