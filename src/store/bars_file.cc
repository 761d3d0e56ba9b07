#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "bars_file_internal.h"
#include "momentum/formats/data_file.h"
#include "momentum/formats/decimal_column.h"
#include "momentum/formats/storage_choice.h"
#include "momentum/store/levels.h"

namespace momentum::store {
namespace {

using formats::ColumnSpec;
using formats::Physical;

static_assert(catalog::kCompatCompression == formats::kCompatCompression);

struct Column {
  ColumnSpec spec;
  std::string reason;
  std::span<const double> values;  // empty for the keys
};

void store_as(formats::StorageChoice choice, Column& column) {
  column.spec.physical = choice.form.physical;
  column.spec.scale = choice.form.scale;
  column.spec.encoding = choice.encoding;
  column.spec.codec = choice.codec;
  column.spec.level = choice.level;
  column.reason = std::move(choice.reason);
}

// The key columns of all rows. Days are those of the rows themselves, where they are of days.
struct Keys {
  std::vector<std::int32_t> instruments, own_days, minutes;
  std::span<const std::int32_t> days;

  // In the order of key_specs().
  std::vector<std::span<const std::int32_t>> columns() const {
    std::vector<std::span<const std::int32_t>> out = {instruments, days};
    if (!minutes.empty()) out.emplace_back(minutes);
    return out;
  }
};

Keys keys_of(const BarsDraft& draft) {
  Keys out;
  for (const catalog::Extent& extent : draft.extents)
    out.instruments.insert(out.instruments.end(), static_cast<std::size_t>(extent.rows), extent.instrument);
  const BarSeries rows = draft.rows.view();
  out.days = rows.times;
  if (rows.dataset == Dataset::daily) return out;
  out.own_days.reserve(rows.size());
  out.minutes.reserve(rows.size());
  for (const std::int32_t time : rows.times) {
    out.own_days.push_back(day_of(rows.dataset, time).days);
    out.minutes.push_back(minute_of(time));
  }
  out.days = out.own_days;
  return out;
}

std::string reason_of(const formats::DecimalForm& form) {
  if (form.physical == Physical::float64) return "values that no decimal of up to 6 digits holds exactly";
  return fmt::format("every value is exact with {} digits after the point and fits {} bits", form.scale,
                     form.physical == Physical::int32 ? 32 : 64);
}

// What a filter of HDF5 asks of other readers; nothing where there is none.
std::string_view portability_of(const formats::ColumnSpec& spec) {
  switch (spec.codec) {
    case formats::Codec::gzip: return "; gzip is read by every HDF5 library as it is";
    case formats::Codec::lz4:
    case formats::Codec::zstd: return "; other readers need the Blosc filter (hdf5plugin)";
    case formats::Codec::none:
    case formats::Codec::snappy: break;
  }
  return "";
}

// Days, minutes or numbers of instruments.
Result<Column> key_column(ColumnSpec spec, std::span<const std::int32_t> values, formats::FileForm form,
                          int compression) {
  Column column{std::move(spec), {}, {}};
  if (form == formats::FileForm::parquet) {
    MOMENTUM_TRY(auto choice, formats::choose_storage(formats::spread_sample(values), compression));
    store_as(std::move(choice), column);
  } else {
    column.spec = formats::spec_of_form(form, std::move(column.spec), compression);
    const std::string_view what = column.spec.date                    ? "days"
                                  : column.spec.name == kMinuteColumn ? "minutes of a day"
                                                                      : "numbers of instruments";
    column.reason = fmt::format("{}{}", what, portability_of(column.spec));
  }
  return column;
}

Result<Column> value_column(std::string_view name, std::span<const double> values, formats::FileForm form,
                            int compression) {
  Column column{{.name = std::string(name)}, {}, values};
  const formats::DecimalForm decimal = formats::smallest_form(values);
  if (form == formats::FileForm::parquet) {
    MOMENTUM_TRY(auto choice, formats::choose_storage(formats::spread_sample(values), decimal, compression));
    store_as(std::move(choice), column);
  } else {
    column.spec = formats::spec_of_form(form, formats::column_spec(std::string(name), decimal.physical, decimal.scale),
                                        compression);
    column.reason = fmt::format("{}{}", reason_of(decimal), portability_of(column.spec));
  }
  return column;
}

Result<std::vector<Column>> columns_of(const Keys& keys, const BarSeries& rows, formats::FileForm form,
                                       int compression) {
  std::vector<Column> out;
  for (ColumnSpec& spec : key_specs(rows.dataset)) {
    MOMENTUM_TRY(Column column, key_column(std::move(spec), keys.columns()[out.size()], form, compression));
    out.push_back(std::move(column));
  }
  for (std::size_t c = 0; c < kColumns; ++c) {
    const std::span<const double> values = rows.columns[c];
    const bool any = std::ranges::any_of(values, [](double v) { return !std::isnan(v); });
    if (c >= kRequiredColumns && !any) continue;
    MOMENTUM_TRY(Column column, value_column(column_name(c), values, form, compression));
    out.push_back(std::move(column));
  }
  return out;
}

// Buffers of one row group, used again for the next.
class Group {
 public:
  explicit Group(std::size_t columns) : buffers_(columns) {}

  formats::ColumnValues convert(std::size_t k, const Column& column, std::size_t from, std::size_t rows) {
    Buffer& buffer = buffers_[k];
    const std::span<const double> values = column.values.subspan(from, rows);
    buffer.validity.resize(formats::validity_bytes(static_cast<std::int64_t>(rows)));
    switch (column.spec.physical) {
      case Physical::int32:
        return numbers(formats::to_decimal(values, column.spec.scale, sized(buffer.i32, rows), buffer.validity),
                       buffer.i32, buffer);
      case Physical::int64:
        return numbers(formats::to_decimal(values, column.spec.scale, sized(buffer.i64, rows), buffer.validity),
                       buffer.i64, buffer);
      case Physical::float64: break;
    }
    return numbers(formats::to_decimal(values, sized(buffer.real, rows), buffer.validity), buffer.real, buffer);
  }

 private:
  struct Buffer {
    std::vector<std::int32_t> i32;
    std::vector<std::int64_t> i64;
    std::vector<double> real;
    std::vector<std::uint8_t> validity;
  };

  template <class T>
  static std::span<T> sized(std::vector<T>& values, std::size_t rows) {
    values.resize(rows);
    return values;
  }
  template <class T>
  static formats::ColumnValues numbers(std::int64_t missing, const std::vector<T>& values, const Buffer& buffer) {
    formats::ColumnValues out{.values = std::span<const T>(values)};
    if (missing != 0) out.validity = buffer.validity;
    return out;
  }

  std::vector<Buffer> buffers_;
};

// Ends of row groups, as places in the extents.
std::vector<std::size_t> cuts_of(const BarsDraft& draft) {
  const std::int64_t most = rows_per_group(draft.rows.view().dataset, draft.level);
  std::vector<std::size_t> out;
  std::int64_t rows = 0;
  for (std::size_t e = 0; e < draft.extents.size(); ++e) {
    if (rows > 0 && rows + draft.extents[e].rows > most) {
      out.push_back(e);
      rows = 0;
    }
    rows += draft.extents[e].rows;
  }
  out.push_back(draft.extents.size());
  return out;
}

}  // namespace

Result<catalog::FileRecord> write_bars(const Context& ctx, const NewFile& file, std::string_view store_uuid,
                                       int compression, const BarsDraft& draft) {
  const BarSeries rows = draft.rows.view();
  const formats::FileForm form = form_of_file(file.path);
  const Keys keys = keys_of(draft);
  MOMENTUM_TRY(const std::vector<Column> columns, columns_of(keys, rows, form, compression));
  catalog::FileRecord record;
  record.dataset = to_string(rows.dataset);
  std::vector<ColumnSpec> specs;
  for (const Column& column : columns) {
    specs.push_back(column.spec);
    record.columns.push_back(record_of(column.spec, column.reason));
  }
  MOMENTUM_TRY(const auto writer,
               formats::create_data_file(form, file.draft, std::move(specs), identity_of(store_uuid, file.path)));
  Group group(columns.size());
  std::size_t from = 0;
  for (const std::size_t end : cuts_of(draft)) {
    if (ctx.cancelled()) return Context::interrupted();
    const std::size_t to =
        end < draft.extents.size() ? static_cast<std::size_t>(draft.extents[end].first_row) : rows.size();
    const std::size_t n = to - from;
    std::vector<formats::ColumnValues> values;
    for (const std::span<const std::int32_t> key : keys.columns()) values.push_back({.values = key.subspan(from, n)});
    for (std::size_t k = values.size(); k < columns.size(); ++k)
      values.push_back(group.convert(k, columns[k], from, n));
    MOMENTUM_TRY_VOID(writer->write_row_group(values));
    from = to;
  }
  MOMENTUM_TRY(const auto summary, writer->close());
  record.path = file.path;
  record.level = draft.level;
  record.bucket = draft.bucket;
  record.rows = static_cast<std::int64_t>(rows.size());
  record.bytes = summary.bytes;
  record.checksum = summary.hash;
  record.first = {std::ranges::min(keys.days)};
  record.last = {std::ranges::max(keys.days)};
  std::int64_t row = 0;
  for (const formats::RowGroupPlace& place : summary.groups) {
    record.row_groups.push_back({row, place.rows, place.offset, place.bytes});
    row += place.rows;
  }
  record.extents = draft.extents;
  return record;
}

}  // namespace momentum::store
