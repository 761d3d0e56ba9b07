#pragma once
// Rows of kind tables applied to what a store knows of its instruments. Pure: no file, no database.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "identity.h"
#include "momentum/catalog/state.h"
#include "momentum/engine/import.h"
#include "momentum/sources/kind_tables.h"
#include "stored_days.h"

namespace momentum::engine {

// Why a row about an instrument that nobody brought in is refused.
inline constexpr std::string_view kUnknownInstrument = "no such instrument in the store";

// How a row of a vendor's fact stands to the stored one of its key.
enum class Standing : std::uint8_t { told, known, conflicting, corrected };
template <class Fact>
Standing standing_of(const Fact* stored, const Fact& row, bool replace) {
  if (stored == nullptr) return Standing::told;
  if (*stored == row) return Standing::known;
  return replace ? Standing::corrected : Standing::conflicting;
}

// Records while rows are applied to them.
class Facts {
 public:
  Facts(const catalog::State& state, const std::vector<DayList>& days, Date today);

  // Each returns why the row cannot be applied ("" where it was), and counts it among told() or known().
  std::string apply(const sources::InstrumentFact& fact);
  std::string apply(const sources::Suspension& suspension);
  // All points of one instrument: they replace what was stated before.
  std::string apply(std::span<const sources::FactorPoint> points);
  // One that differs from the stored one of its day replaces it, or not.
  std::string apply(const sources::CorporateAction& action, bool replace);

  std::int64_t told() const { return told_; }    // rows that said something new
  std::int64_t known() const { return known_; }  // rows that did not
  std::int64_t conflicting() const { return conflicting_; }  // rows that differ from what stands, which was kept
  std::int64_t corrected() const { return corrected_; }      // rows that replaced what stood
  const std::vector<ContradictedBar>& contradicted() const { return contradicted_; }  // of the last two
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
  std::int64_t told_ = 0, known_ = 0, conflicting_ = 0, corrected_ = 0;
  std::vector<ContradictedBar> contradicted_;
};

}  // namespace momentum::engine
