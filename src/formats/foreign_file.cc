#include "momentum/formats/foreign_file.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <string_view>

#include "child_output_internal.h"
#include "foreign_answer_internal.h"

namespace momentum::formats {
namespace {

std::unexpected<Error> died(std::string_view how, const std::string& path) {
  return fail(ErrorCode::unreadable_data, fmt::format("a file that its reader {}", how), path, "check the file");
}

arrow::Result<std::shared_ptr<arrow::Table>> table_of(std::shared_ptr<arrow::Buffer> stream) {
  const auto bytes = std::make_shared<arrow::io::BufferReader>(std::move(stream));
  ARROW_ASSIGN_OR_RAISE(auto reader, arrow::ipc::RecordBatchStreamReader::Open(bytes));
  ARROW_ASSIGN_OR_RAISE(auto table, reader->ToTable());
  ARROW_RETURN_NOT_OK(table->ValidateFull());
  return table;
}

std::vector<std::string> texts_of(std::string_view body) {
  std::vector<std::string> out(1);
  for (const char c : body) {
    if (c == '\0')
      out.emplace_back();
    else
      out.back().push_back(c);
  }
  return out;
}

// Of an answer that may have been made by a process gone wrong.
Result<std::vector<ForeignTable>> tables_of(std::string bytes, const std::string& path) {
  const std::shared_ptr<arrow::Buffer> whole = arrow::Buffer::FromString(std::move(bytes));
  std::string_view answer(*whole);
  std::vector<ForeignTable> out;
  while (answer.size() >= kHead) {
    const char letter = answer[0];
    std::uint64_t size = 0;
    for (std::size_t k = 0; k < 8; ++k)
      size |= static_cast<std::uint64_t>(static_cast<unsigned char>(answer[k + 1])) << (8 * k);
    answer.remove_prefix(kHead);
    if (size > answer.size()) break;
    const std::string_view body = answer.substr(0, size);
    answer.remove_prefix(size);
    if (letter == kEnd && size == 0 && answer.empty()) return out;
    if (letter == kError) {
      const std::vector<std::string> texts = texts_of(body);
      if (texts.size() != 4) break;
      const bool large = texts[0] == fmt::format("{}", static_cast<int>(ErrorCode::too_large));
      const bool empty = texts[0] == fmt::format("{}", static_cast<int>(ErrorCode::empty_input));
      return fail(large   ? ErrorCode::too_large
                  : empty ? ErrorCode::empty_input
                          : ErrorCode::unreadable_data,
                  texts[1], texts[2], texts[3]);
    }
    const std::size_t zero = body.find('\0'), stream = body.find_first_not_of('\0', zero);
    if (letter != kTable || stream == std::string_view::npos) break;
    auto table = table_of(arrow::SliceBuffer(whole, body.data() + stream - std::string_view(*whole).data(),
                                             static_cast<std::int64_t>(body.size() - stream)));
    if (!table.ok()) break;
    out.push_back({std::string(body.substr(0, zero)), *std::move(table)});
  }
  return died("could not read to the end", path);
}

Result<std::vector<ForeignTable>> read_by(const ForeignReader& reader, const std::string& path, int standard_input) {
  std::vector<std::string> arguments = reader.arguments;
  arguments.push_back(path);
  try {
    MOMENTUM_TRY(ChildOutput child, run_child(reader.program, arguments, standard_input));
    if (child.signal != 0) return died(fmt::format("died of ({})", strsignal(child.signal)), path);
    if (child.too_large) return fail(ErrorCode::too_large, "a file of too many values", path, "split the file");
    if (child.status != 0) return died(fmt::format("gave up on (status {})", child.status), path);
    return tables_of(std::move(child.bytes), path);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "not enough memory to read", path, "close other programs");
  }
}

// A file without a name; closed when it goes.
class NamelessFile {
 public:
  NamelessFile() : fd_(::memfd_create("momentum", MFD_CLOEXEC)) {}
  ~NamelessFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  NamelessFile(const NamelessFile&) = delete;
  NamelessFile& operator=(const NamelessFile&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

bool is_foreign_name(std::string_view name) {
  constexpr std::array<std::string_view, 5> kSuffixes = {".parquet", ".pq", ".h5", ".hdf5", ".hdf"};
  return std::ranges::any_of(kSuffixes, [&](std::string_view suffix) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    return name.size() > suffix.size() && std::ranges::equal(name.substr(name.size() - suffix.size()), suffix, same);
  });
}

Result<std::vector<ForeignTable>> read_foreign_file(const ForeignReader& reader, const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0)
    return errno == EACCES ? fail(ErrorCode::no_permission, "may not read", path, "check the permissions of the file")
                           : fail(ErrorCode::file_not_found, "no such file", path, "check the path");
  return read_by(reader, path, -1);
}

// The reader opens its standard input anew, by name, and so from its beginning.
Result<std::vector<ForeignTable>> read_foreign_bytes(const ForeignReader& reader, std::string_view bytes,
                                                     const std::string& name) {
  static const std::string kInput = "/dev/stdin";
  const NamelessFile file;
  if (file.fd() < 0 || !put_bytes(file.fd(), bytes))
    return fail(ErrorCode::io_failed, fmt::format("cannot hand it on ({})", std::strerror(errno)), name,
                "unpack the archive");
  auto tables = read_by(reader, kInput, file.fd());
  if (!tables && tables.error().where.starts_with(kInput)) tables.error().where.replace(0, kInput.size(), name);
  return tables;
}

}  // namespace momentum::formats
