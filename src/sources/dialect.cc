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
      .description = "our own; also what an exchange prints",
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
                  {Field::float_value, kOptional, {"float_value"}},
                  {Field::total_value, kOptional, {"total_value"}},
                  {Field::is_st, kOptional, {"is_st"}},
                  {Field::pe_ttm, kOptional, {"pe_ttm"}},
                  {Field::pb, kOptional, {"pb"}},
                  {Field::ps_ttm, kOptional, {"ps_ttm"}},
                  {Field::pcf_ttm, kOptional, {"pcf_ttm"}},
                  {Field::name, kOptional, {"name", "名称", "股票名称"}},
                  {Field::industry, kOptional, {"industry", "行业"}},
                  {Field::status, kOptional, {"status"}}},
      .ignored = {},
      .signature = {},
      .statuses = {{"trading", false}, {"suspended", true}},
      .bases = {},
      .price_basis = "raw",
  };
}

// Our own, of minutes.
Dialect plain_minutes() {
  return {
      .name = "plain_minutes",
      .description = "our own bars of minutes (--freq 1m), named by the minute in which they end: 09:31 .. 15:00",
      .columns = {{Field::code, kOptional, {"code", "ts_code", "代码", "股票代码", "证券代码"}},
                  {Field::date, kOptional, {"date", "trade_date", "日期", "交易日期"}},
                  {Field::time, kOptional, {"time", "时间", "交易时间"}},
                  {Field::datetime, kOptional, {"datetime"}},
                  {Field::open, kRequired, {"open", "开盘价"}},
                  {Field::high, kRequired, {"high", "最高价"}},
                  {Field::low, kRequired, {"low", "最低价"}},
                  {Field::close, kRequired, {"close", "收盘价"}},
                  {Field::volume, kRequired, {"volume", "vol", "成交量"}},
                  {Field::amount, kOptional, {"amount", "成交额"}}},
      .ignored = {},
      .signature = {},
      .statuses = {},
      .bases = {},
      .price_basis = "raw",
      .minutes = true,
  };
}

// Daily files of the whole market with a banner line. Its preclose is wrong on many days before 2002.
Dialect a_share() {
  return {
      .name = "a_share",
      .description = "the whole A-share market, one file a stock, a banner line before the header",
      .columns = {{Field::code, kRequired, {"股票代码"}},
                  {Field::name, kRequired, {"股票名称"}},
                  {Field::date, kRequired, {"交易日期"}},
                  {Field::open, kRequired, {"开盘价"}},
                  {Field::high, kRequired, {"最高价"}},
                  {Field::low, kRequired, {"最低价"}},
                  {Field::close, kRequired, {"收盘价"}},
                  {Field::preclose, kRequired, {"前收盘价"}},
                  {Field::volume, kRequired, {"成交量"}},
                  {Field::amount, kRequired, {"成交额"}},
                  {Field::float_value, kOptional, {"流通市值"}},
                  {Field::total_value, kOptional, {"总市值"}}},
      .ignored = {},
      .signature = {"流通市值", "总市值"},
      .statuses = {},
      .bases = {},
      .price_basis = "raw",
      .gaps_are_suspensions = true,
      .factors_from = *make_date(2002, 1, 1),
  };
}

// Its change and pct_chg follow from close and pre_close.
Dialect tushare_daily() {
  return {
      .name = "tushare_daily",
      .description = "Tushare's `daily`, newest first",
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
      .statuses = {},
      .bases = {},
      .volume_shift = 2,
      .amount_shift = 3,
      .price_basis = "raw",
      .gaps_are_suspensions = true,
  };
}

// Without tradestatus a suspended day would pass for a bar: its record repeats the last close as all four prices.
Dialect baostock() {
  return {
      .name = "baostock",
      .description = "Baostock's daily bars",
      .columns = {{Field::date, kRequired, {"date"}},
                  {Field::code, kRequired, {"code"}},
                  {Field::open, kRequired, {"open"}},
                  {Field::high, kRequired, {"high"}},
                  {Field::low, kRequired, {"low"}},
                  {Field::close, kRequired, {"close"}},
                  {Field::preclose, kOptional, {"preclose"}},
                  {Field::volume, kRequired, {"volume"}},
                  {Field::amount, kOptional, {"amount"}},
                  {Field::basis, kOptional, {"adjustflag"}},
                  {Field::turnover, kOptional, {"turn"}},
                  {Field::status, kRequired, {"tradestatus"}},
                  {Field::pe_ttm, kOptional, {"pettm"}},
                  {Field::pb, kOptional, {"pbmrq"}},
                  {Field::ps_ttm, kOptional, {"psttm"}},
                  {Field::pcf_ttm, kOptional, {"pcfncfttm"}},
                  {Field::is_st, kOptional, {"isst"}}},
      .ignored = {"pctchg", "time"},
      .signature = {},
      .statuses = {{"1", false}, {"0", true}},
      .bases = {{"3", "raw"}, {"2", "front"}, {"1", "back"}},
      .turnover_shift = -2,
  };
}

// 163.com. Its files are GBK, newest first, with a ' before the code.
Dialect netease() {
  return {
      .name = "netease",
      .description = "the export of 163.com, newest first",
      .columns = {{Field::date, kRequired, {"日期"}},
                  {Field::code, kRequired, {"股票代码"}},
                  {Field::name, kRequired, {"名称"}},
                  {Field::close, kRequired, {"收盘价"}},
                  {Field::high, kRequired, {"最高价"}},
                  {Field::low, kRequired, {"最低价"}},
                  {Field::open, kRequired, {"开盘价"}},
                  {Field::preclose, kRequired, {"前收盘"}},
                  {Field::turnover, kOptional, {"换手率"}},
                  {Field::volume, kRequired, {"成交量"}},
                  {Field::amount, kRequired, {"成交金额"}},
                  {Field::total_value, kOptional, {"总市值"}},
                  {Field::float_value, kOptional, {"流通市值"}}},
      .ignored = {"涨跌额", "涨跌幅"},
      .signature = {},
      .statuses = {},
      .bases = {},
      .turnover_shift = -2,
      .price_basis = "raw",
  };
}

// The cache of a Python system that renames some columns of Tushare's `daily`.
Dialect tushare_cache() {
  Dialect out = tushare_daily();
  out.name = "tushare_cache";
  out.description = "Tushare's `daily` under other names, as Python programs cache it";
  for (auto& column : out.columns) {
    if (column.field == Field::code) column.spellings = {"code"};
    if (column.field == Field::date) column.spellings = {"date"};
    if (column.field == Field::volume) column.spellings = {"volume"};
  }
  return out;
}

// Eastmoney's daily bars, as akshare hands them on: one layout for three price bases, of which a file says nothing. The rest of
// its columns follows from others. In English it is told from `plain` by nothing but the order of its columns.
Dialect eastmoney(std::string_view name, std::string_view description, std::string_view basis) {
  return {
      .name = name,
      .description = description,
      .columns = {{Field::date, kRequired, {"日期", "date"}},
                  {Field::code, kOptional, {"股票代码", "代码", "code"}},
                  {Field::open, kRequired, {"开盘", "open"}},
                  {Field::close, kRequired, {"收盘", "close"}},
                  {Field::high, kRequired, {"最高", "high"}},
                  {Field::low, kRequired, {"最低", "low"}},
                  {Field::volume, kRequired, {"成交量", "volume"}},
                  {Field::amount, kOptional, {"成交额", "amount"}},
                  {Field::turnover, kOptional, {"换手率"}}},
      .ignored = {"振幅", "涨跌幅", "涨跌额"},
      .signature = {"开盘", "收盘"},
      .order = {"open", "close", "high", "low"},
      .statuses = {},
      .bases = {},
      .volume_shift = 2,
      .turnover_shift = -2,
      .price_basis = basis,
  };
}

// The HDF5 files of hikyuu: one table of whole numbers an instrument, and beside them where its weeks, months and years begin.
Dialect hikyuu() {
  return {
      .name = "hikyuu",
      .description = "HDF5 files of hikyuu, a table for each instrument",
      .columns = {{Field::date, kRequired, {"datetime"}},
                  {Field::open, kRequired, {"openprice"}},
                  {Field::high, kRequired, {"highprice"}},
                  {Field::low, kRequired, {"lowprice"}},
                  {Field::close, kRequired, {"closeprice"}},
                  {Field::amount, kRequired, {"transamount"}},
                  {Field::volume, kRequired, {"transcount"}}},
      .ignored = {},
      .signature = {"openPrice", "highPrice", "lowPrice", "closePrice", "transAmount", "transCount"},
      .beside = {"datetime", "start"},
      .statuses = {},
      .bases = {},
      .price_shift = -3,
      .volume_shift = 2,
      .amount_shift = 3,
      .date_suffix = "0000",
      .price_basis = "raw",
  };
}

// The S&P 500 data set of many courses. Its `Name` is the ticker: but for the capital letter, a plain file with names.
Dialect sp500() {
  return {
      .name = "sp500",
      .description = "daily bars of US stocks, as in the S&P 500 data set of Kaggle",
      .columns = {{Field::date, kRequired, {"date"}},
                  {Field::open, kRequired, {"open"}},
                  {Field::high, kRequired, {"high"}},
                  {Field::low, kRequired, {"low"}},
                  {Field::close, kRequired, {"close"}},
                  {Field::volume, kRequired, {"volume"}},
                  {Field::code, kRequired, {"name"}}},
      .ignored = {},
      .signature = {"Name"},
      .statuses = {},
      .bases = {},
      .market = Market::US,
      .price_basis = "split_only",
  };
}

}  // namespace

std::string_view to_string(Field field) noexcept {
  constexpr std::array<std::string_view, kFields> kNames = {
      "code",   "name",     "date",     "open",        "high",        "low",   "close",   "volume",
      "amount", "preclose", "turnover", "float_value", "total_value", "is_st", "pe_ttm",  "pb",
      "ps_ttm", "pcf_ttm",  "industry", "status",      "basis",       "time",  "datetime"};
  return kNames[static_cast<std::size_t>(field)];
}

std::span<const Dialect> dialects() {
  static const std::array kDialects = {
      plain(),
      a_share(),
      tushare_daily(),
      tushare_cache(),
      baostock(),
      netease(),
      eastmoney("eastmoney_raw", "Eastmoney's daily bars, as akshare has them: as traded", "raw"),
      eastmoney("eastmoney_front", "the same, front-adjusted (qfq)", "front"),
      eastmoney("eastmoney_back", "the same, back-adjusted (hfq)", "back"),
      hikyuu(),
      sp500(),
      plain_minutes()};
  return kDialects;
}

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect& dialect : dialects()) {
    if (dialect.name == name) return &dialect;
  }
  return nullptr;
}

}  // namespace momentum::sources
