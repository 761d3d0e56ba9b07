#include "filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "momentum/base/nearest.h"

namespace momentum::engine {
namespace {

using score::Record;
using score::Status;

// Missing sorts last.
bool better(double a, double b) { return std::isnan(b) ? !std::isnan(a) : a > b; }

bool ranks_before(const Record& a, const Record& b) {
  if (better(a.score, b.score) != better(b.score, a.score)) return better(a.score, b.score);
  if (better(a.score_raw, b.score_raw) != better(b.score_raw, a.score_raw)) return better(a.score_raw, b.score_raw);
  if (better(a.momentum_20, b.momentum_20) != better(b.momentum_20, a.momentum_20))
    return better(a.momentum_20, b.momentum_20);
  return a.ts_code < b.ts_code;
}

bool selected(const Record& r, const Filters& filters, const ScanRequest& request) {
  if (!filters.codes.empty() && !filters.codes.contains(r.ts_code)) return false;
  if (!filters.industries.empty() && !filters.industries.contains(r.industry)) return false;
  return !request.min_score || r.score >= *request.min_score;
}

// A code that was asked for and is not among the results must not just be absent.
void note_missing_codes(const Filters& filters, const std::set<std::string>& universe, score::Scan& scan) {
  for (const std::string& code : filters.codes) {
    const auto is = [&](const Record& r) { return r.ts_code == code; };
    if (std::any_of(scan.results.begin(), scan.results.end(), is)) continue;
    const auto at = std::find_if(scan.unranked.begin(), scan.unranked.end(), is);
    if (at != scan.unranked.end()) {
      const auto note = [&](const std::string& reason) {
        return fmt::format("{}: {}: {}", code, to_string(at->status), reason);
      };
      scan.notes.push_back({note(at->reason.en), note(at->reason.zh)});
    } else if (universe.contains(code)) {
      scan.notes.push_back({code + ": left out by another filter", code + ": 被另一个筛选条件排除"});
    } else {
      scan.notes.push_back({fmt::format("{}: no bar up to {}", code, to_string(scan.as_of)),
                            fmt::format("{}: 截至 {} 没有K线", code, to_string(scan.as_of))});
    }
  }
}

}  // namespace

Result<void> check(const ScanRequest& request) {
  if (request.profile != "classic")
    return fail(ErrorCode::bad_value, "unknown profile " + request.profile, "--profile", "the profiles are: classic");
  if (request.top.value_or(0) < 0) return fail(ErrorCode::bad_value, "a negative number of results", "--top");
  return check_history(request.history_days);
}

Result<Filters> resolve_filters(const Market& market, const ScanRequest& request) {
  Filters filters;
  for (const auto& code : request.codes) {
    MOMENTUM_TRY(const std::size_t at, find_instrument(market, code));
    filters.codes.insert(to_string(market.ids[at]));
  }
  if (!request.explain.empty()) {
    MOMENTUM_TRY(const std::size_t at, find_instrument(market, request.explain));
    filters.explain = to_string(market.ids[at]);
  }
  const std::set<std::string> known = request.industries.empty() ? std::set<std::string>() : market.industries();
  for (const auto& industry : request.industries) {
    if (!known.contains(industry)) {
      const std::string meant = nearest(industry, {known.begin(), known.end()});
      return fail(ErrorCode::industry_not_found, "no such industry", industry,
                  known.empty()   ? "the data names no industries"
                  : meant.empty() ? fmt::format("one of {} industries, such as {}", known.size(), *known.begin())
                                  : "did you mean " + meant + "?");
    }
    filters.industries.insert(industry);
  }
  return filters;
}

void rank(std::vector<Record> records, const Filters& filters, const ScanRequest& request, score::Scan& scan) {
  auto& statistics = scan.statistics;
  statistics.universe = static_cast<std::int64_t>(records.size());
  std::set<std::string> universe;
  for (const Record& record : records) universe.insert(record.ts_code);
  for (Record& record : records) {
    if (record.status == Status::delisted) {
      ++statistics.delisted;
      if (request.list_delisted) scan.unranked.push_back(std::move(record));
    } else if (record.status != Status::ok) {
      ++statistics.unranked[std::string(to_string(record.status))];
      scan.unranked.push_back(std::move(record));
    } else if (selected(record, filters, request)) {
      scan.results.push_back(std::move(record));
    } else {
      ++statistics.filtered;
    }
  }
  std::sort(scan.results.begin(), scan.results.end(), ranks_before);
  std::sort(scan.unranked.begin(), scan.unranked.end(),
            [](const Record& a, const Record& b) { return a.ts_code < b.ts_code; });
  if (request.top && static_cast<std::int64_t>(scan.results.size()) > *request.top) {
    statistics.filtered += static_cast<std::int64_t>(scan.results.size()) - *request.top;
    scan.results.resize(static_cast<std::size_t>(*request.top));
  }
  statistics.ranked = static_cast<std::int64_t>(scan.results.size());
  note_missing_codes(filters, universe, scan);
  if (scan.results.empty()) return;
  double sum = 0.0;
  for (const Record& r : scan.results) sum += r.score;
  statistics.avg_score = sum / static_cast<double>(scan.results.size());
  statistics.max_score = scan.results.front().score;
  statistics.min_score = scan.results.back().score;
}

}  // namespace momentum::engine
