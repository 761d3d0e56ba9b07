#pragma once
// Open data files as a reader of batches sees them, and the row groups that several of its batches need.

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "batch_memory_internal.h"
#include "momentum/base/error.h"
#include "momentum/formats/data_file.h"
#include "momentum/store/plan.h"

namespace momentum::store {

struct DataFile {
  std::unique_ptr<formats::DataFileReader> reader;  // none: the plan does not name it
  std::size_t date = 0;  // its column of dates
  std::optional<std::size_t> minute;  // of minutes
  std::vector<std::optional<std::size_t>> columns;  // its place of each column of the plan
  bool far = false;  // what is read of it is fetched first

  // Begins to fetch what of a group will be read: dates and minutes, and those columns of the plan of which wanted(c) is true.
  // Null of a file that is not far.
  template <class Wanted>
  std::shared_ptr<const void> fetch(std::size_t group, bool with_dates, Wanted&& wanted) const {
    if (!far) return nullptr;
    std::vector<std::size_t> places;
    if (with_dates) places.push_back(date);
    if (with_dates && minute) places.push_back(*minute);
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (columns[c] && wanted(c)) places.push_back(*columns[c]);
    return places.empty() ? nullptr : reader->fetch(group, places);
  }
};

// A row group of which each column is decoded once, by the first that asks for it. Thread-safe.
class DecodedGroup {
 public:
  DecodedGroup(const DataFile& file, std::size_t group, std::shared_ptr<BatchMemory> memory)
      : file_(file),
        group_(group),
        memory_(std::move(memory)),
        columns_(file.columns.size()),
        fetched_(file.fetch(group, true, [](std::size_t) { return true; })) {}

  // Errors: those of DataFileReader::read; out_of_memory is thrown as bad_alloc.
  Result<std::span<const std::int32_t>> dates() { return keys(file_.date, dates_); }
  Result<std::span<const std::int32_t>> minutes() { return keys(*file_.minute, minutes_); }
  // c: of the plan, one that the file has.
  Result<std::span<const double>> column(std::size_t c);

 private:
  template <class T>
  std::span<T> room();  // for a column
  Result<std::span<const std::int32_t>> keys(std::size_t column, std::span<const std::int32_t>& kept);

  const DataFile& file_;
  std::size_t group_;
  std::shared_ptr<BatchMemory> memory_;
  std::mutex mutex_;
  std::span<const std::int32_t> dates_, minutes_;
  std::vector<std::span<const double>> columns_;  // empty: not decoded
  std::vector<std::shared_ptr<std::byte[]>> taken_;
  std::shared_ptr<const void> fetched_;  // for as long as one of the columns may still be decoded
};

// Row groups of several batches: dropped with the last of these. Thread-safe.
class DecodedGroups {
 public:
  // `files` outlive this.
  DecodedGroups(const std::vector<DataFile>& files, const Plan& plan);

  bool holds(std::uint32_t file, std::uint32_t group) const { return slot_of(file, group) >= 0; }
  // To be asked once per batch.
  std::shared_ptr<DecodedGroup> get(std::uint32_t file, std::uint32_t group);

 private:
  struct Slot {
    std::uint32_t batches = 0;
    std::mutex mutex;
    std::uint32_t left = 0;  // of the batches
    std::shared_ptr<DecodedGroup> decoded;
  };
  int slot_of(std::uint32_t file, std::uint32_t group) const {
    return slots_of_[file].empty() ? -1 : slots_of_[file][group];
  }

  const std::vector<DataFile>& files_;
  std::vector<std::vector<int>> slots_of_;  // by file and group; -1: none
  std::deque<Slot> slots_;
  std::shared_ptr<BatchMemory> memory_ = std::make_shared<BatchMemory>();
};

}  // namespace momentum::store
