#pragma once
// Instrument codes. Printed as `600000.SH`; every common spelling is read.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "momentum/base/error.h"

namespace momentum {

// SH Shanghai, SZ Shenzhen, BJ Beijing, HK Hong Kong, US; none: a bare number or ticker whose market is not said.
enum class Market : std::uint8_t { none, SH, SZ, BJ, HK, US };
enum class Kind : std::uint8_t { stock, b_share, fund, index, bond, unknown };

struct Instrument {
  std::string symbol;  // "600000", "AAPL"; upper case
  Market market = Market::none;

  auto operator<=>(const Instrument&) const = default;
};

std::string_view to_string(Market market) noexcept;  // "SH"; "" for none
std::string to_string(const Instrument& instrument);  // "600000.SH"; the symbol alone without a market

// Reads one code: 600000.SH 600000.XSHG 600000.SS sh600000 SH600000 sh.600000 SH.600000 XSHG.600000 (likewise SZ XSHE,
// BJ BJSE), AAPL.US BRK.B.US US.AAPL, 00700.HK 700.HK hk00700 (kept as five digits), in any letter case; surrounding
// spaces and the leading ' of spreadsheet exports are dropped. A bare six-digit number or ticker (AAPL, BRK.B) gives
// Market::none, because 000001 is a bank in Shenzhen and an index in Shanghai: whoever knows the universe resolves it
// (resolve_code). Error bad_code with the text when it is none of these.
Result<Instrument> parse_code(std::string_view text);

// Finds `text` in `universe` and returns its index: exact with a market, unique by symbol without one (an instrument
// which itself has no market is then an exact match). Errors: bad_code; ambiguous_code naming the candidates;
// code_not_found naming the nearest spellings, at most three. Cost O(universe).
Result<std::size_t> resolve_code(std::string_view text, const std::vector<Instrument>& universe);

// What the number says in its market, by the exchanges' allocation rules: 600/601/603/605 main board,
// 688/689 STAR, 000-003 main, 300-302 ChiNext, 8xxxxx/43xxxx/92xxxx Beijing, 900/200 B shares,
// 5xxxxx/15xxxx/16xxxx/18xxxx funds, SH 000xxx, SZ 399xxx and BJ 899xxx indices, 1xxxxx bonds. Unknown elsewhere: in
// the US and Hong Kong a code does not say what it is.
Kind kind_of(const Instrument& instrument) noexcept;

// "main", "star", "chinext", "bse", "b", "fund", "index", "bond", "us", "hk"; "" when unknown.
std::string_view board_of(const Instrument& instrument) noexcept;

}  // namespace momentum
