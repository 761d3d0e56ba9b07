#include "column_layout_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <unordered_set>

namespace momentum::formats {
namespace {

constexpr std::array<std::string_view, 4> kEncodings = {"plain", "dictionary", "delta", "byte_stream_split"};
constexpr std::array<std::string_view, 4> kCodecs = {"none", "lz4", "snappy", "zstd"};
constexpr int kSealDigits = 24;

int precision_of(Physical physical) { return physical == Physical::int32 ? 9 : 18; }

template <class Enum>
bool from_name(std::string_view name, const std::array<std::string_view, 4>& names, Enum& value) {
  const auto found = std::ranges::find(names, name);
  value = static_cast<Enum>(found - names.begin());
  return found != names.end();
}

template <class T>
bool from_digits(std::string_view text, int base, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

// What is wrong with a spec by itself; empty if nothing is.
std::string_view contradiction(const ColumnSpec& spec) {
  const bool real = spec.physical == Physical::float64;
  if (spec.name.empty()) return "a column without a name";
  if (spec.scale != kNoScale && real) return "a scale on doubles";
  if (spec.scale < kNoScale || (spec.scale != kNoScale && spec.scale > precision_of(spec.physical)))
    return "a scale out of range";
  if (spec.date && (spec.physical != Physical::int32 || spec.scale != kNoScale)) return "a date that is no plain int32";
  if (spec.encoding == Encoding::delta && real) return "delta encoding on doubles";
  if (spec.codec == Codec::zstd && (spec.level < 1 || spec.level > 22)) return "a zstd level that is not in 1 to 22";
  return {};
}

std::optional<ColumnSpec> spec_of(const parquet::ColumnDescriptor& column) {
  ColumnSpec spec;
  spec.name = column.name();
  switch (column.physical_type()) {
    case parquet::Type::INT32: spec.physical = Physical::int32; break;
    case parquet::Type::INT64: spec.physical = Physical::int64; break;
    case parquet::Type::DOUBLE: spec.physical = Physical::float64; break;
    default: return {};
  }
  if (column.max_repetition_level() != 0 || column.max_definition_level() > 1) return {};
  if (column.path()->ToDotVector().size() != 1) return {};
  spec.required = column.max_definition_level() == 0;
  if (const auto& logical = column.logical_type(); logical && logical->is_valid() && !logical->is_none()) {
    if (logical->is_date()) {
      spec.date = true;
    } else if (logical->is_decimal()) {
      const auto& decimal = static_cast<const parquet::DecimalLogicalType&>(*logical);
      if (decimal.precision() != precision_of(spec.physical)) return {};
      spec.scale = decimal.scale();
    } else {
      return {};
    }
  }
  return spec;
}

}  // namespace

Result<void> check_specs(const std::vector<ColumnSpec>& specs) {
  if (specs.empty()) return fail(ErrorCode::bad_value, "a column file without columns");
  std::unordered_set<std::string_view> names;
  for (const ColumnSpec& spec : specs) {
    std::string_view wrong = contradiction(spec);
    if (!names.insert(spec.name).second) wrong = "two columns of one name";
    if (!wrong.empty()) return fail(ErrorCode::bad_value, std::string(wrong), fmt::format("column {}", spec.name));
  }
  return {};
}

std::shared_ptr<parquet::schema::GroupNode> schema_of(const std::vector<ColumnSpec>& specs) {
  using parquet::LogicalType;
  parquet::schema::NodeVector nodes;
  for (const ColumnSpec& spec : specs) {
    const parquet::Type::type type = spec.physical == Physical::int32   ? parquet::Type::INT32
                                     : spec.physical == Physical::int64 ? parquet::Type::INT64
                                                                        : parquet::Type::DOUBLE;
    std::shared_ptr<const LogicalType> logical = LogicalType::None();
    if (spec.date) logical = LogicalType::Date();
    if (spec.scale != kNoScale) logical = LogicalType::Decimal(precision_of(spec.physical), spec.scale);
    const auto repetition = spec.required ? parquet::Repetition::REQUIRED : parquet::Repetition::OPTIONAL;
    nodes.push_back(parquet::schema::PrimitiveNode::Make(spec.name, repetition, logical, type));
  }
  return std::static_pointer_cast<parquet::schema::GroupNode>(
      parquet::schema::GroupNode::Make("columns", parquet::Repetition::REQUIRED, nodes));
}

std::string storage_text(const std::vector<ColumnSpec>& specs) {
  std::string text;
  for (const ColumnSpec& spec : specs) {
    text += fmt::format("{}{} {} {}", text.empty() ? "" : ",", kEncodings[static_cast<std::size_t>(spec.encoding)],
                        kCodecs[static_cast<std::size_t>(spec.codec)], spec.level);
  }
  return text;
}

std::optional<std::vector<ColumnSpec>> specs_of(const parquet::SchemaDescriptor& schema, std::string_view storage) {
  std::vector<ColumnSpec> specs;
  for (int c = 0; c < schema.num_columns(); ++c) {
    std::optional<ColumnSpec> spec = spec_of(*schema.Column(c));
    const std::string_view entry = storage.substr(0, storage.find(','));
    storage.remove_prefix(std::min(entry.size() + 1, storage.size()));
    const std::size_t first = entry.find(' '), last = entry.rfind(' ');
    if (!spec || first == std::string_view::npos || last == first) return {};
    if (!from_name(entry.substr(0, first), kEncodings, spec->encoding)) return {};
    if (!from_name(entry.substr(first + 1, last - first - 1), kCodecs, spec->codec)) return {};
    if (!from_digits(entry.substr(last + 1), 10, spec->level)) return {};
    specs.push_back(*std::move(spec));
  }
  if (!storage.empty() || !check_specs(specs)) return {};
  return specs;
}

std::string seals_text(const std::vector<ChunkSeal>& seals) {
  std::string text;
  text.reserve(seals.size() * kSealDigits);
  for (const ChunkSeal& seal : seals) text += fmt::format("{:016x}{:08x}", seal.hash, seal.missing);
  return text;
}

std::optional<std::vector<ChunkSeal>> seals_of(std::string_view text) {
  if (text.size() % kSealDigits != 0) return {};
  std::vector<ChunkSeal> seals(text.size() / kSealDigits);
  for (std::size_t k = 0; k < seals.size(); ++k) {
    const std::string_view entry = text.substr(k * kSealDigits, kSealDigits);
    if (!from_digits(entry.substr(0, 16), 16, seals[k].hash)) return {};
    if (!from_digits(entry.substr(16), 16, seals[k].missing)) return {};
  }
  return seals;
}

std::array<std::byte, kSealBytes> footer_seal(std::uint64_t hash) {
  std::array<std::byte, kSealBytes> seal;
  std::memcpy(seal.data(), kSealMagic.data(), kSealMagic.size());
  for (std::size_t k = 0; k < 8; ++k) seal[8 + k] = static_cast<std::byte>(hash >> (8 * k));
  return seal;
}

}  // namespace momentum::formats
