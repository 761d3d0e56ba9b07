#include "momentum/engine/convert.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <utility>

#include "memory_need.h"
#include "momentum/engine/store_info.h"
#include "momentum/formats/folder.h"
#include "momentum/store/convert.h"
#include "momentum/store/dataset.h"
#include "momentum/store/published.h"
#include "writing.h"

namespace momentum::engine {
namespace {

std::unexpected<Error> stands_already(const std::string& folder) {
  return fail(ErrorCode::store_exists, "a store stands here already", folder, "name a folder that is new or empty");
}

struct Source {
  catalog::State state;
  std::vector<catalog::DayLimits> limits;
};

Result<Source> open_source(const ConvertRequest& request) {
  MOMENTUM_TRY(const auto catalog, catalog::Catalog::open(request.store));
  Source out;
  if (request.snapshot) {
    MOMENTUM_TRY(out.state, catalog.load(*request.snapshot));
  } else {
    MOMENTUM_TRY(out.state, catalog.load());
  }
  MOMENTUM_TRY(out.limits, catalog.limits(out.state.snapshot.id, {}, {}));
  return out;
}

catalog::StoreInfo info_of(const catalog::StoreInfo& source, const ConvertRequest& request) {
  catalog::StoreInfo out;
  out.buckets = source.buckets;
  out.storage = request.storage;
  out.compression = request.compression.value_or(source.compression);
  out.synthetic = source.synthetic;
  out.arguments = source.arguments;
  out.tool_version = request.tool_version;
  return out;
}

bool same_making(const catalog::StoreInfo& a, const catalog::StoreInfo& b) {
  return a.buckets == b.buckets && a.storage == b.storage && a.compression == b.compression &&
         a.synthetic == b.synthetic && a.arguments == b.arguments;
}

// A store without anything in it, for us alone: a new one, or what a killed conversion left.
Result<Writing> open_empty(const Context& ctx, const ConvertRequest& request, const catalog::StoreInfo& info) {
  std::error_code error;
  if (std::filesystem::equivalent(request.store, request.destination, error))
    return stands_already(request.destination);
  if (formats::is_remote(request.destination))
    return fail(ErrorCode::bad_value, "no folder of this machine", request.destination,
                "convert into a folder, then momentum store publish copies it there");
  if (store::is_published(request.destination))
    return fail(ErrorCode::store_exists, "a published copy stands here", request.destination,
                "name a folder that is new or empty");
  if (formats::is_inside(request.store, request.destination))
    return fail(ErrorCode::bad_value, "a place in the store's own folder", request.destination,
                "name a folder outside of it");
  auto to = open_for_writing(ctx, request.destination, std::chrono::milliseconds(0), info);
  if (!to && to.error().code == ErrorCode::bad_value) {
    Error refused = std::move(to).error();
    refused.remedy = "name a folder that is new or empty";
    return std::unexpected(std::move(refused));
  }
  if (to && (to->state.snapshot.id > 1 || !same_making(to->state.info, info)))
    return stands_already(request.destination);
  return to;
}

// Takes away what the call has made. What cannot be removed is an empty store, which the next call takes.
void remove_store(const std::string& folder, bool with_folder) {
  std::error_code ignored;
  // in this order: without redo files it is never taken for a store whose catalog is lost
  for (const char* const name : {"data", "redo", "catalog.db", "catalog.db-journal", "writer.lock"})
    std::filesystem::remove_all(std::filesystem::path(folder) / name, ignored);
  if (with_folder) std::filesystem::remove(folder, ignored);  // if nobody else has put anything there
}

}  // namespace

Result<ConvertReport> convert_store(const Context& ctx, const ConvertRequest& request) {
  MOMENTUM_TRY(const Source source, open_source(request));
  const std::size_t limits = static_cast<std::size_t>(source.state.limits) * sizeof(catalog::PriceLimit);
  MOMENTUM_TRY(const Context writing, writing_context(ctx, source.state, 0, 2 * limits));
  std::error_code ignored;
  const bool was_there = std::filesystem::exists(request.destination, ignored);
  MOMENTUM_TRY(Writing to, open_empty(ctx, request, info_of(source.state.info, request)));

  const std::string note =
      fmt::format("from snapshot {} of store {} ({}, compression {})", source.state.snapshot.id, source.state.info.uuid,
                  source.state.info.storage, compression_text(source.state.info.compression));
  const auto made =
      store::convert(writing, {request.store, source.state, source.limits}, to.lock, to.catalog, to.state, note);
  if (!made) {
    // a disk that broke in the commit's last step may have it all the same
    const auto now = to.catalog.load();
    if (now && now->snapshot.id == to.state.snapshot.id) remove_store(request.destination, !was_there);
    return std::unexpected(made.error());
  }
  std::int64_t minutes = 0;
  for (const catalog::FileRecord& file : source.state.files)
    if (file.dataset == store::to_string(store::Dataset::minute)) minutes += file.rows;
  return ConvertReport{.source_snapshot = source.state.snapshot.id,
                       .snapshot = made->id,
                       .uuid = to.state.info.uuid,
                       .compression = to.state.info.compression,
                       .instruments = made->counts.instruments,
                       .bars = made->counts.rows - minutes,
                       .minutes = minutes,
                       .files = made->counts.files,
                       .bytes_before = source.state.snapshot.counts.bytes,
                       .bytes_after = made->counts.bytes};
}

}  // namespace momentum::engine
