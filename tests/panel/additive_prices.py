"""Writes additive_prices.txt beside itself: random histories, and what exact fractions make of them.

Run it after a change of the rule; the numbers are drawn from a fixed seed.
"""

import random
from fractions import Fraction
from pathlib import Path


def rounded(value, digits):
    """Halves away from 0."""
    scaled = abs(value) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**digits)


def text(value, digits):
    sign, value = ("-" if value < 0 else ""), abs(value)
    units = value * 10**digits
    assert units.denominator == 1
    whole, rest = divmod(int(units), 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}"


def main():
    chance = random.Random(20)
    lines = ["# tests/panel/additive_prices.py: case DIGITS AS_OF, bars, actions (cash bonus transfer rights price), answers"]
    for number in range(60):
        digits = 3 if number % 4 == 3 else 2
        days = sorted(chance.sample(range(1000, 1400), 12))
        as_of = chance.randint(days[-1], 1420)
        prices = [Fraction(chance.randint(100, 20000), 10**digits) for _ in days]
        actions = []
        for day in sorted(chance.sample(range(990, 1430), chance.randint(0, 6))):
            amount = lambda most, places: Fraction(chance.choice([0, chance.randint(1, most)]), 10**places)
            action = [amount(30000, 4), amount(10, 1), amount(2000, 3), amount(30, 2), Fraction(0)]
            if action[3]:
                action[4] = Fraction(chance.randint(100, 3000), 100)
            if any(action[:4]):
                actions.append((day, action))
        lines.append(f"case {digits} {as_of}")
        lines += [f"bar {day} {text(price, digits)}" for day, price in zip(days, prices)]
        lines += [f"action {day} " + " ".join(text(value, 4) for value in action) for day, action in actions]
        front, back = [], []
        for day, price in zip(days, prices):
            value = price
            for ex, (cash, bonus, transfer, rights, at) in actions:
                if day < ex <= as_of:
                    value = rounded((value - cash + at * rights) / (1 + bonus + transfer + rights), digits)
            front.append(text(value, digits))
            value = price
            for ex, (cash, bonus, transfer, rights, at) in reversed(actions):
                if days[0] < ex <= day:
                    value = rounded(value * (1 + bonus + transfer + rights) + cash - at * rights, digits)
            back.append(text(value, digits))
        lines += ["front " + " ".join(front), "back " + " ".join(back)]
    Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
