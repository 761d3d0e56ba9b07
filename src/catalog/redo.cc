#include "redo_internal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "momentum/catalog/packed.h"
#include "schema_internal.h"

namespace momentum::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::uint8_t kRedoVersion = 1;
constexpr std::string_view kMagic = "momentum redo";
constexpr std::string_view kRecord = ".record", kBase = ".base";

struct Row {
  std::int64_t sequence = 0;
  std::uint64_t hash = 0;
};

Result<Row> row_of(const Database& database) {
  MOMENTUM_TRY(Statement row, database.prepare("SELECT sequence, hash FROM redo"));
  MOMENTUM_TRY(const bool there, row.step());
  if (!there) return damaged("a row is missing", database.path() + ", redo");
  return Row{row.integer(0), static_cast<std::uint64_t>(row.integer(1))};
}

Result<void> set_row(const Database& database, const Row& row) {
  MOMENTUM_TRY(Statement set, database.prepare("UPDATE redo SET sequence=?1, hash=?2"));
  set.bind(1, row.sequence);
  set.bind(2, static_cast<std::int64_t>(row.hash));
  MOMENTUM_TRY_VOID(set.run());
  return {};
}

Result<std::string> uuid_of(const Database& database) {
  MOMENTUM_TRY(Statement row, database.prepare("SELECT uuid FROM store"));
  MOMENTUM_TRY(const bool there, row.step());
  if (!there) return damaged("a row is missing", database.path() + ", store");
  return std::string(row.text(0));
}

// What stands in a file, record or base.
struct Content {
  std::string uuid;
  int format = 0;
  std::int64_t sequence = 0;
  std::uint64_t before = 0;  // of a record: the hash of the one before it
  std::string body;
};

std::string packed(const Content& content) {
  PackedWriter out(kRedoVersion);
  out.text(kMagic);
  out.text(content.uuid);
  out.integer(content.format);
  out.integer(content.sequence);
  out.number(content.before);
  out.text(content.body);
  return std::move(out).seal();
}

Result<std::string> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return damaged(fmt::format("a redo file that cannot be read ({})", std::strerror(errno)), path);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return fail(ErrorCode::io_failed, "read failed", path, "check the disk");
  return bytes;
}

Result<Content> unpacked(std::string_view bytes, const std::string& path) {
  MOMENTUM_TRY(PackedReader in, PackedReader::open(bytes, kRedoVersion, path));
  if (in.text() != kMagic) return damaged("not a redo file", path);
  Content out;
  out.uuid = in.text();
  out.format = in.small();
  out.sequence = in.integer();
  out.before = in.number();
  out.body = in.text();
  MOMENTUM_TRY_VOID(in.finish(path));
  return out;
}

struct Names {
  std::vector<std::int64_t> bases, records;  // ascending
};

// The number in "0000000012.record"; none: another file.
std::optional<std::int64_t> number_in(std::string_view name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return {};
  name.remove_suffix(suffix.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size() || number < 0) return {};
  return number;
}

Result<Names> names_in(const std::string& folder) {
  Names out;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  if (error == std::errc::no_such_file_or_directory) return out;
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (const auto number = number_in(name, kBase)) out.bases.push_back(*number);
    if (const auto number = number_in(name, kRecord)) out.records.push_back(*number);
  }
  if (error) return failed_with(error.value(), folder);
  std::ranges::sort(out.bases);
  std::ranges::sort(out.records);
  return out;
}

std::string path_of(const std::string& folder, std::int64_t number, std::string_view suffix) {
  return fmt::format("{}/{:010}{}", folder, number, suffix);
}

std::unexpected<Error> unusable(std::string why, const std::string& where) {
  return fail(ErrorCode::damaged_store, "the catalog cannot be made anew: " + std::move(why), where,
              "restore the store from a copy");
}

// The records after `base`, in order, on top of it.
Result<void> repeat_records(const Database& database, const std::string& folder, const Content& base,
                            const std::vector<std::int64_t>& records, Redo::Replayed& out) {
  MOMENTUM_TRY(Row at, row_of(database));
  if (at.sequence != base.sequence) return unusable("a base of another number", database.path());
  for (auto next = std::ranges::upper_bound(records, base.sequence); next != records.end(); ++next) {
    const std::string path = path_of(folder, *next, kRecord);
    if (*next != at.sequence + 1) return unusable("a record is missing", path_of(folder, at.sequence + 1, kRecord));
    MOMENTUM_TRY(const std::string bytes, bytes_of(path));
    const auto record = unpacked(bytes, path);
    if (!record) return unusable(record.error().what, path);
    if (record->uuid != base.uuid || record->format != base.format || record->sequence != *next ||
        record->before != at.hash) {
      return unusable("a record that does not follow the one before it", path);
    }
    if (auto repeated = database.repeat(record->body); !repeated) return unusable(repeated.error().what, path);
    at = {*next, hash_of(bytes)};
    ++out.records;
  }
  return set_row(database, at);
}

Result<void> repeat_on(const std::string& path, const std::string& folder, const Content& base,
                       const std::vector<std::int64_t>& records, Redo::Replayed& out) {
  MOMENTUM_TRY(const Database database, Database::open(path, Access::write, std::chrono::seconds(5)));
  MOMENTUM_TRY(const int format, format_of(database, migrations()));
  if (format != base.format) return unusable("a base of another format", path);
  const Transaction transaction(database);
  MOMENTUM_TRY_VOID(database.begin_write());
  MOMENTUM_TRY_VOID(repeat_records(database, folder, base, records, out));
  return database.commit();
}

}  // namespace

std::unexpected<Error> failed_with(int error, std::string where) {
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS: return fail(ErrorCode::no_permission, "may not write", std::move(where), "check the permissions");
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return fail(ErrorCode::disk_full, "disk full", std::move(where), "free some space");
    default:
      return fail(ErrorCode::io_failed, fmt::format("cannot write ({})", std::strerror(error)), std::move(where),
                  "check the path and the disk");
  }
}

Result<void> sync_to_disk(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return failed_with(errno, path);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (error != 0) return failed_with(error, path);
  return {};
}

Result<void> write_whole(const std::string& path, std::string_view bytes) {
  const std::string draft = path + ".new";
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return failed_with(errno, draft);
  int error = 0;
  while (error == 0 && !bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0 || errno != EINTR) {
      error = written == 0 ? ENOSPC : errno;
    }
  }
  if (error == 0 && ::fsync(fd) != 0) error = errno;
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(draft.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(draft.c_str());
    return failed_with(error, path);
  }
  return sync_to_disk(fs::path(path).parent_path().string(), O_RDONLY | O_DIRECTORY);
}

Result<std::int64_t> Redo::append(const Database& database, const std::string& changes) const {
  MOMENTUM_TRY(const Row before, row_of(database));
  MOMENTUM_TRY(const std::string uuid, uuid_of(database));
  MOMENTUM_TRY(const std::int64_t format, database.integer("PRAGMA user_version"));
  const std::string bytes = packed({uuid, static_cast<int>(format), before.sequence + 1, before.hash, changes});
  MOMENTUM_TRY_VOID(write_whole(path_of(folder_, before.sequence + 1, kRecord), bytes));
  MOMENTUM_TRY_VOID(set_row(database, {before.sequence + 1, hash_of(bytes)}));
  return before.sequence + 1;
}

void Redo::take_back(std::int64_t number) const noexcept { ::unlink(path_of(folder_, number, kRecord).c_str()); }

Result<void> Redo::write_base(const Database& database) const {
  MOMENTUM_TRY(const Row row, row_of(database));
  MOMENTUM_TRY(const std::string uuid, uuid_of(database));
  MOMENTUM_TRY(const std::int64_t format, database.integer("PRAGMA user_version"));
  MOMENTUM_TRY(std::string body, database.copy());
  std::error_code error;
  const bool made = fs::create_directory(folder_, error);
  if (error) return failed_with(error.value(), folder_);
  if (made) MOMENTUM_TRY_VOID(sync_to_disk(fs::path(folder_).parent_path().string(), O_RDONLY | O_DIRECTORY));
  MOMENTUM_TRY_VOID(write_whole(path_of(folder_, row.sequence, kBase),
                                packed({uuid, static_cast<int>(format), row.sequence, 0, std::move(body)})));
  MOMENTUM_TRY(const Names names, names_in(folder_));
  const auto before = std::ranges::lower_bound(names.bases, row.sequence);
  if (before == names.bases.begin()) return {};
  const std::int64_t oldest = *(before - 1);
  for (const std::int64_t base : names.bases) {
    if (base < oldest) ::unlink(path_of(folder_, base, kBase).c_str());
  }
  for (const std::int64_t record : names.records) {
    if (record <= oldest) ::unlink(path_of(folder_, record, kRecord).c_str());
  }
  return {};
}

Result<std::int64_t> Redo::length() const {
  MOMENTUM_TRY(const Names names, names_in(folder_));
  const std::int64_t base = names.bases.empty() ? -1 : names.bases.back();
  return names.records.end() - std::ranges::upper_bound(names.records, base);
}

Result<void> Redo::fit(const Database& database) const {
  MOMENTUM_TRY(const Row row, row_of(database));
  MOMENTUM_TRY(const Names names, names_in(folder_));
  const std::int64_t base = names.bases.empty() ? -1 : names.bases.back();
  const std::int64_t record = names.records.empty() ? -1 : names.records.back();
  // One record more is a commit that never came; of two, the first did come.
  if (record > row.sequence + 1 || base > row.sequence) {
    return fail(ErrorCode::damaged_store, "the catalog is older than its redo files", database.path(),
                "make it anew with momentum store repair");
  }
  if (record == row.sequence + 1) take_back(record);
  MOMENTUM_TRY(const std::int64_t format, database.integer("PRAGMA user_version"));
  const std::string_view last = base == row.sequence ? kBase : kRecord;
  const std::string path = path_of(folder_, row.sequence, last);
  if (base >= 0 && fs::exists(path)) {
    MOMENTUM_TRY(const std::string bytes, bytes_of(path));
    // The first write after a migration starts anew: records of two formats do not follow each other.
    if (const auto content = unpacked(bytes, path); content && content->format == format) return {};
  }
  return write_base(database);
}

bool Redo::has_records(const std::string& store) {
  const auto names = names_in(store + "/redo");
  return names && (!names->records.empty() || (!names->bases.empty() && names->bases.back() > 0));
}

Result<Redo::Replayed> Redo::replay(const std::string& path) const {
  MOMENTUM_TRY(const Names names, names_in(folder_));
  if (names.bases.empty()) return unusable("there are no redo files", folder_);
  std::optional<Error> first;
  for (auto number = names.bases.rbegin(); number != names.bases.rend(); ++number) {
    const std::string base_path = path_of(folder_, *number, kBase);
    MOMENTUM_TRY(const std::string bytes, bytes_of(base_path));
    const auto base = unpacked(bytes, base_path);
    if (!base || base->sequence != *number) {
      if (!first) first = base ? damaged("a base of another number", base_path).error() : base.error();
      continue;  // the one before it will do, with more records
    }
    MOMENTUM_TRY_VOID(write_whole(path, base->body));
    Replayed out;
    auto repeated = repeat_on(path, folder_, *base, names.records, out);
    if (repeated) return out;
    ::unlink(path.c_str());
    return std::unexpected(std::move(repeated).error());
  }
  return unusable(first->what, first->where);
}

}  // namespace momentum::catalog
