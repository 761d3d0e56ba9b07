#include "filters.h"

#include <algorithm>
#include <cmath>
#include <numeric>

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

}  // namespace

Result<Filters> resolve_filters(const Market& market, const ScanRequest& request) {
  Filters filters;
  for (const auto& code : request.codes) {
    MOMENTUM_TRY(const std::size_t at, resolve_code(code, market.ids));
    filters.codes.insert(to_string(market.ids[at]));
  }
  std::set<std::string> known;
  for (const auto& instrument : market.set.instruments)
    if (!instrument.industry.empty()) known.insert(instrument.industry);
  for (const auto& industry : request.industries) {
    if (!known.contains(industry)) {
      std::string names;
      for (const auto& name : known) names += (names.empty() ? "" : ", ") + name;
      return fail(ErrorCode::industry_not_found, "no such industry", industry,
                  names.empty() ? "the data names no industries" : "there are: " + names);
    }
    filters.industries.insert(industry);
  }
  return filters;
}

void rank(std::vector<Record> records, const Filters& filters, const ScanRequest& request, score::Scan& scan) {
  auto& statistics = scan.statistics;
  statistics.universe = static_cast<std::int64_t>(records.size());
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
  if (scan.results.empty()) return;
  double sum = 0.0;
  for (const Record& r : scan.results) sum += r.score;
  statistics.avg_score = sum / static_cast<double>(scan.results.size());
  statistics.max_score = scan.results.front().score;
  statistics.min_score = scan.results.back().score;
}

}  // namespace momentum::engine
