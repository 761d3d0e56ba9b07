#!/usr/bin/env python3
"""The classic set and score of every bar, stock by stock, with TA-Lib and NumPy on one thread.

Reads the flat panel of bench_panel.h and prints one JSON object: ns of processor time per bar, best and median.
TA-Lib seeds its exponential means with a simple mean, divides the deviation by n and treats ties by its own rounding,
so scores near a step differ from ours; the work is the same. Nothing here is done twice, and what TA-Lib has a function
for it does.
"""
import argparse
import json
import statistics
import sys
import time

import numpy as np
import talib


def read_panel(path):
    with open(path, "rb") as file:
        if file.read(8) != b"MBENCH01":
            sys.exit(f"{path}: not a benchmark panel")
        stocks, bars = np.fromfile(file, "<i8", 2)
        return np.fromfile(file, "<f8", 5 * stocks * bars).reshape(5, stocks, bars)


def columns(high, low, close, volume):
    """The 26 columns of the classic set."""
    ma5, ma10, ma20, ma60 = (talib.SMA(close, w) for w in (5, 10, 20, 60))
    macd, signal, hist = talib.MACD(close, 12, 26, 9)
    rsi = talib.RSI(close, 14)
    lowest, highest = talib.MIN(low, 9), talib.MAX(high, 9)
    rsv = (close - lowest) / (highest - lowest) * 100.0
    rsv[np.isnan(rsv)] = 50.0
    k = talib.EMA(rsv, 5)  # a = 2 / 6 = 1 / 3
    d = talib.EMA(np.nan_to_num(k, nan=50.0), 5)
    j = 3.0 * k - 2.0 * d
    std = talib.STDDEV(close, 20) * SAMPLE_20
    band = 2.0 * std
    upper, lower = ma20 + band, ma20 - band
    mom5, mom10, mom20, mom60 = (talib.ROCP(close, p) for p in (5, 10, 20, 60))
    vol_ma5, vol_ma10, vol_ma20 = (talib.SMA(volume, w) for w in (5, 10, 20))
    vol_ratio5, vol_ratio10, vol_ratio20 = volume / vol_ma5, volume / vol_ma10, volume / vol_ma20
    returns = np.empty_like(close)
    returns[0] = 0.0
    returns[1:] = np.diff(np.log(close))
    volatility = talib.STDDEV(returns, 20) * (SAMPLE_20 * ROOT_20)
    trend = talib.MOM(close, 20) / (std * ROOT_20)
    return (ma5, ma10, ma20, ma60, macd, signal, hist, rsi, k, d, j, ma20, std, upper, lower, mom5, mom10, mom20, mom60,
            vol_ma5, vol_ma10, vol_ratio5, vol_ratio10, vol_ratio20, volatility, trend)


SAMPLE_20 = (20.0 / 19.0) ** 0.5
ROOT_20 = 20.0 ** 0.5
RSI_STEPS = np.array([30.0, 40.0, np.nextafter(70.0, 100.0), np.nextafter(80.0, 100.0)])
RSI_POINTS = np.array([0.0, 7, 10, 5, 0])
VOLUME_STEPS, VOLUME_POINTS = np.nextafter([1.0, 1.2, 1.5], 9.0), np.array([5.0, 8, 10, 12])
TREND_STEPS, TREND_POINTS = np.nextafter([0.0, 0.5, 1.0, 1.5], 9.0), np.array([0.0, 5, 10, 12, 15])
CHAIN_POINTS = np.array([0.0, 5, 8, 12, 15])


def steps(x, edges, points):
    return points[np.searchsorted(edges, x, side="right")]


def score(close, volume, table):
    """The score of every bar from the 60th surviving row on."""
    ma5, ma10, ma20, ma60, macd, _, hist, rsi = table[:8]
    mom5, mom10, mom20, mom60, _, _, ratio, _, _, _, trend = table[15:]
    momentum = 40.0 * mom5 + 30.0 * mom10 + 20.0 * mom20 + 10.0 * mom60
    total = np.clip(momentum + 10.0, 0.0, 20.0)
    chain = (close > ma5).astype(np.intp)
    link = chain & (ma5 > ma10)
    chain += link
    link &= ma10 > ma20
    chain += link
    link &= ma20 > ma60
    chain += link
    total += CHAIN_POINTS[chain]
    over = hist > 0.0
    macd_points = 5.0 * (macd > 0.0)
    macd_points[1:] += 10.0 * (over[1:] & (hist[:-1] <= 0.0)) + 5.0 * (over[1:] & (hist[1:] > hist[:-1]))
    total += macd_points
    total += steps(rsi, RSI_STEPS, RSI_POINTS)
    total[1:] += 5.0 * (rsi[1:] > rsi[:-1])
    total += steps(ratio, VOLUME_STEPS, VOLUME_POINTS)
    moved = volume[1:] / volume[:-1]
    total[4:] += 3.0 * (moved[:-3] + moved[1:-2] + moved[2:-1] + moved[3:] > 4.2)
    total += steps(trend, TREND_STEPS, TREND_POINTS)
    total[:119] = np.nan  # momentum_60 from row 60 on, and 60 such rows
    return np.rint(total), total


def once(panel):
    _, high, low, close, volume = panel
    begin = time.thread_time()
    for stock in range(close.shape[0]):
        table = columns(high[stock], low[stock], close[stock], volume[stock])
        score(close[stock], volume[stock], table)
    return (time.thread_time() - begin) * 1e9 / close.size


def once_columns(panel):
    _, high, low, close, volume = panel
    begin = time.thread_time()
    for stock in range(close.shape[0]):
        columns(high[stock], low[stock], close[stock], volume[stock])
    return (time.thread_time() - begin) * 1e9 / close.size


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("panel")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scores", help="write score and score_raw of every bar here, float64 [2][stocks][bars]")
    options = parser.parse_args()
    panel = read_panel(options.panel)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = [once(panel) for _ in range(options.runs)]
        alone = [once_columns(panel) for _ in range(options.runs)]
        if options.scores:
            _, high, low, close, volume = panel
            out = np.array([score(c, v, columns(h, l, c, v)) for h, l, c, v in zip(high, low, close, volume)])
            out.transpose(1, 0, 2).tofile(options.scores)
    print(json.dumps({
        "talib": talib.__version__, "numpy": np.__version__, "stocks": int(panel.shape[1]), "bars": int(panel.shape[2]),
        "ns_per_bar": round(min(whole), 2), "median_ns_per_bar": round(statistics.median(whole), 2),
        "columns_ns_per_bar": round(min(alone), 2), "columns_median_ns_per_bar": round(statistics.median(alone), 2),
    }))


if __name__ == "__main__":
    main()
