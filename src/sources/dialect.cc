#include "momentum/sources/dialect.h"

#include <array>

namespace momentum::sources {
namespace {

constexpr bool kRequired = true;
constexpr bool kOptional = false;

// Our own. The Chinese headings are the exchanges' own words; the short ones (开盘, 收盘) are left out because the vendors
// that write them count volume in lots.
Dialect plain() {
  return {
      .name = "plain",
      .description =
          "code,date,open,high,low,close,volume [amount,preclose,turnover,name,industry,status]: shares, yuan, raw",
      .columns = {{Field::code, kOptional, {"code", "ts_code", "代码", "股票代码", "证券代码"}},
                  {Field::date, kRequired, {"date", "trade_date", "日期", "交易日期"}},
                  {Field::open, kRequired, {"open", "开盘价"}},
                  {Field::high, kRequired, {"high", "最高价"}},
                  {Field::low, kRequired, {"low", "最低价"}},
                  {Field::close, kRequired, {"close", "收盘价"}},
                  {Field::volume, kRequired, {"volume", "vol", "成交量"}},
                  {Field::amount, kOptional, {"amount", "成交额"}},
                  {Field::preclose, kOptional, {"preclose", "前收盘价"}},
                  {Field::turnover, kOptional, {"turnover"}},
                  {Field::name, kOptional, {"name", "名称", "股票名称"}},
                  {Field::industry, kOptional, {"industry", "行业"}},
                  {Field::status, kOptional, {"status"}}},
      .ignored = {},
      .signature = {},
      .price_basis = "raw",
  };
}

// Daily files of the whole market with a banner line; suspensions are missing rows. Its preclose is wrong on many days
// before 2002.
Dialect a_share() {
  return {
      .name = "a_share",
      .description =
          "股票代码,股票名称,交易日期,开盘价,..,前收盘价,成交量,成交额,流通市值,总市值: shares, yuan, raw with "
          "preclose",
      .columns = {{Field::code, kRequired, {"股票代码"}},
                  {Field::name, kRequired, {"股票名称"}},
                  {Field::date, kRequired, {"交易日期"}},
                  {Field::open, kRequired, {"开盘价"}},
                  {Field::high, kRequired, {"最高价"}},
                  {Field::low, kRequired, {"最低价"}},
                  {Field::close, kRequired, {"收盘价"}},
                  {Field::preclose, kRequired, {"前收盘价"}},
                  {Field::volume, kRequired, {"成交量"}},
                  {Field::amount, kRequired, {"成交额"}}},
      .ignored = {"流通市值", "总市值"},
      .signature = {"流通市值", "总市值"},
      .price_basis = "raw",
      .gaps_are_suspensions = true,
      .factors_from = *make_date(2002, 1, 1),
  };
}

// Tushare's `daily`: newest first, volume in lots of 100 shares, amount in thousand yuan.
Dialect tushare_daily() {
  return {
      .name = "tushare_daily",
      .description =
          "ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount: lots, thousand yuan, raw",
      .columns = {{Field::code, kRequired, {"ts_code"}},
                  {Field::date, kRequired, {"trade_date"}},
                  {Field::open, kRequired, {"open"}},
                  {Field::high, kRequired, {"high"}},
                  {Field::low, kRequired, {"low"}},
                  {Field::close, kRequired, {"close"}},
                  {Field::preclose, kRequired, {"pre_close"}},
                  {Field::volume, kRequired, {"vol"}},
                  {Field::amount, kRequired, {"amount"}}},
      .ignored = {"change", "pct_chg"},
      .signature = {},
      .volume_shift = 2,
      .amount_shift = 3,
      .price_basis = "raw",
      .gaps_are_suspensions = true,
  };
}

}  // namespace

std::string_view to_string(Field field) noexcept {
  constexpr std::array<std::string_view, kFields> kNames = {"code",     "name",     "date",   "open",   "high",
                                                            "low",      "close",    "volume", "amount", "preclose",
                                                            "turnover", "industry", "status"};
  return kNames[static_cast<std::size_t>(field)];
}

std::span<const Dialect> dialects() {
  static const std::array<Dialect, 3> kDialects = {plain(), a_share(), tushare_daily()};
  return kDialects;
}

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect& dialect : dialects()) {
    if (dialect.name == name) return &dialect;
  }
  return nullptr;
}

}  // namespace momentum::sources
