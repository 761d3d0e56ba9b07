#pragma once
// A store as a writer leaves it: twenty instruments, two buckets, three levels. Even instruments are in bucket 0.
//   base  2018-2022, row groups of three instruments; bucket 0 has amount
//   year  2023-2024-11, row groups of two instruments, with amount and turnover
//   tail  2024-12, one file, row groups of seven
// Instrument 5 ended in 2020, 6 and 7 began in 2023, 18 in December, 19 has no bars.

#include "store_fixture.h"

namespace momentum::store {

inline constexpr int kMarketInstruments = 20;

class MarketStore : public TestStore {
 public:
  MarketStore() : TestStore(kMarketInstruments) {
    for (int bucket = 0; bucket < 2; ++bucket) {
      const std::string end = std::to_string(bucket) + "-1.parquet";
      std::vector<std::string> columns = bar_columns();
      const auto ids = [&](auto&& holds) {
        std::vector<catalog::InstrumentId> out;
        for (catalog::InstrumentId id = bucket; id < 18; id += 2) {
          if (holds(id)) out.push_back(id);
        }
        return out;
      };
      if (bucket == 0) columns.push_back("amount");
      add("data/base-" + end, catalog::Level::base, bucket,
          groups_of(3, ids([](int id) { return id != 6 && id != 7; }), day(2018, 1, 1), day(2022, 12, 31)), columns);
      columns = bar_columns();
      columns.insert(columns.end(), {"amount", "turnover"});
      add("data/year-" + end, catalog::Level::year, bucket,
          groups_of(2, ids([](int id) { return id != 5; }), day(2023, 1, 1), day(2024, 11, 30)), columns);
    }
    std::vector<catalog::InstrumentId> all;
    for (catalog::InstrumentId id = 0; id < 19; ++id) {
      if (id != 5) all.push_back(id);
    }
    add("data/tail-1.parquet", catalog::Level::tail, {}, groups_of(7, all, day(2024, 12, 1), day(2024, 12, 31)));
    state_ = commit();
  }

  const catalog::State& market() const { return state_; }
  std::uint32_t file(std::string_view path) const {
    for (std::size_t f = 0; f < state_.files.size(); ++f) {
      if (state_.files[f].path == path) return static_cast<std::uint32_t>(f);
    }
    throw std::runtime_error("no such file");
  }

 private:
  static std::vector<std::vector<Part>> groups_of(std::size_t size, const std::vector<catalog::InstrumentId>& ids,
                                                  Date first, Date last) {
    std::vector<std::vector<Part>> groups;
    for (std::size_t k = 0; k < ids.size(); ++k) {
      if (k % size == 0) groups.emplace_back();
      const Date until = ids[k] == 5 ? day(2020, 6, 30) : last;
      groups.back().push_back({ids[k], first, until});
    }
    return groups;
  }

  catalog::State state_;
};

}  // namespace momentum::store
