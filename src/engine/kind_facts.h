#pragma once
// Rows of kind tables applied to what a store knows of its instruments. Pure: no file, no database.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "identity.h"
#include "momentum/catalog/state.h"
#include "momentum/sources/kind_tables.h"
#include "stored_days.h"

namespace momentum::engine {

// Records while rows are applied to them.
class Facts {
 public:
  Facts(const catalog::State& state, const std::vector<DayList>& days, Date today);

  // Each returns why the row cannot be applied ("" where it was), and counts it among told() or known().
  std::string apply(const sources::InstrumentFact& fact);
  std::string apply(const sources::Suspension& suspension);
  // All points of one instrument: they replace what was stated before.
  std::string apply(std::span<const sources::FactorPoint> points);

  std::int64_t told() const { return told_; }    // rows that said something new
  std::int64_t known() const { return known_; }  // rows that did not
  std::vector<catalog::InstrumentRecord> changed() const;  // ascending by id

 private:
  catalog::InstrumentRecord* find(const Instrument& code, Date first, Date last, std::string& why);
  catalog::InstrumentRecord* find_or_add(const sources::InstrumentFact& fact, std::string& why);
  std::string add_alias(const sources::InstrumentFact& fact, catalog::InstrumentRecord& record);
  std::span<const std::int32_t> days_of(const catalog::InstrumentRecord& record) const;
  void count(bool told, std::int64_t rows = 1) { (told ? told_ : known_) += rows; }

  const catalog::State& state_;
  const std::vector<DayList>& days_;
  Date today_;
  Identities known_codes_;
  std::map<catalog::InstrumentId, catalog::InstrumentRecord> records_;  // those that rows were about
  std::map<Instrument, catalog::InstrumentId> added_;
  std::int64_t told_ = 0, known_ = 0;
};

}  // namespace momentum::engine
