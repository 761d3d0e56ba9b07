#pragma once
// One small file with a column of every kind: what the damage tests damage, what other readers read, and what the file of
// each released format version holds. Its values are formulas, so that any language can check them.

#include <array>
#include <string>
#include <vector>

#include "column_fixture.h"

namespace momentum::testing {

struct Sample {
  static constexpr std::size_t kGroups = 2, kRows = 120;
  std::vector<ColumnSpec> specs;
  formats::FileMetadata metadata = {{"dataset", "daily"}, {"来源", "合成"}};
  std::vector<std::int32_t> instrument, date, close;
  std::vector<std::int64_t> volume;
  std::vector<double> turnover, ratio;
  std::vector<std::uint8_t> holes;  // of close, volume and turnover: every seventh row from the fourth
};

inline Sample sample(std::size_t group) {
  Sample made;
  made.specs = {formats::column_spec("instrument", Physical::int32), formats::column_spec("date", Physical::int32),
                formats::column_spec("close", Physical::int32, 2),   formats::column_spec("volume", Physical::int64, 0),
                formats::column_spec("turnover", Physical::float64), formats::column_spec("ratio", Physical::float64)};
  made.specs[0].required = made.specs[1].required = true;
  made.specs[1].date = true;
  made.specs[5].encoding = Encoding::byte_stream_split;
  made.specs[5].codec = Codec::lz4;
  made.holes.resize(formats::validity_bytes(Sample::kRows));
  for (std::size_t k = 0; k < Sample::kRows; ++k) {
    const auto n = static_cast<std::int32_t>(group * Sample::kRows + k);
    const bool hole = k % 7 == 3;
    if (!hole) made.holes[k / 8] = static_cast<std::uint8_t>(made.holes[k / 8] | 1U << k % 8);
    made.instrument.push_back(n / 60);
    made.date.push_back(18000 + n % 60);
    made.close.push_back(hole ? 0 : 1000 + n * n % 97);
    made.volume.push_back(hole ? 0 : std::int64_t{n} * 10'000'019);
    made.turnover.push_back(hole ? 0 : static_cast<double>(n % 13) / 3);
    made.ratio.push_back(1.0 / (n + 1));
  }
  return made;
}

// Every column in this encoding, where it has it, and this codec.
inline std::vector<ColumnSpec> stored_as(std::vector<ColumnSpec> specs, Encoding encoding, Codec codec) {
  for (ColumnSpec& spec : specs) {
    const bool real = spec.physical == Physical::float64;
    if (encoding != (real ? Encoding::delta : Encoding::byte_stream_split)) spec.encoding = encoding;
    spec.codec = codec;
  }
  return specs;
}

inline std::vector<ColumnSpec> sample_specs(formats::FileForm form, int compression = 1) {
  std::vector<ColumnSpec> specs = sample(0).specs;
  for (ColumnSpec& spec : specs) spec = formats::spec_of_form(form, spec, compression);
  return specs;
}

inline formats::DataFileWriter::Summary write_sample(const std::string& path, formats::FileForm form,
                                                     const std::vector<ColumnSpec>& specs) {
  auto writer = formats::create_data_file(form, path, specs, sample(0).metadata).value();
  for (std::size_t g = 0; g < Sample::kGroups; ++g) {
    const Sample s = sample(g);
    const std::array columns = {column_of(s.instrument),        column_of(s.date),
                                column_of(s.close, s.holes),    column_of(s.volume, s.holes),
                                column_of(s.turnover, s.holes), column_of(s.ratio)};
    writer->write_row_group(columns).value();
  }
  return writer->close().value();
}

inline formats::DataFileWriter::Summary write_sample(const std::string& path,
                                                     formats::FileForm form = formats::FileForm::parquet,
                                                     int compression = 1) {
  return write_sample(path, form, sample_specs(form, compression));
}

// How many of the sample's chunks read back exactly, read as an error, or read as something else.
struct SampleReading {
  std::size_t equal = 0, errors = 0, other = 0;
};

inline SampleReading read_sample(const formats::DataFileReader& reader) {
  SampleReading reading;
  for (std::size_t g = 0; g < reader.groups().size(); ++g) {
    const auto rows = static_cast<std::size_t>(reader.groups()[g].rows);
    if (rows > 100 * Sample::kRows) continue;  // forged
    const Sample s = sample(g);
    for (std::size_t c = 0; c < reader.specs().size(); ++c) {
      const auto check = [&]<class T>(const std::vector<T>* expected) {
        std::vector<T> got(rows);
        std::vector<std::uint8_t> validity(formats::validity_bytes(static_cast<std::int64_t>(rows)));
        const auto read = reader.read(g, c, got, validity);
        const bool whole = reader.missing(g, c) == 0 || validity == s.holes;
        ++(!read                                                       ? reading.errors
           : expected != nullptr && same_bits(got, *expected) && whole ? reading.equal
                                                                       : reading.other);
        std::vector<double> real(rows);
        if (reader.read_real(g, c, real).has_value() != read.has_value()) ++reading.other;
      };
      switch (reader.specs()[c].physical) {
        case Physical::int32: check(c == 0 ? &s.instrument : c == 1 ? &s.date : c == 2 ? &s.close : nullptr); break;
        case Physical::int64: check(c == 3 ? &s.volume : nullptr); break;
        case Physical::float64: check(c == 4 ? &s.turnover : c == 5 ? &s.ratio : nullptr); break;
      }
    }
  }
  return reading;
}

}  // namespace momentum::testing
