#include "momentum/formats/foreign_file.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <string_view>

#include "child_output_internal.h"
#include "foreign_parquet_internal.h"
#include "hdf5/foreign_records_internal.h"

namespace momentum::formats {
namespace {

// The answer is a row of messages: a letter, the length of what follows (u64), and that. `T`: the path of a table, a zero
// byte, and an Arrow IPC stream; `E`: code, what, where and remedy, each ended by a zero byte; `Z`, empty: the end.
constexpr rlim_t kMostSeconds = 600;
constexpr rlim_t kMostAddresses = rlim_t{24} << 30;
constexpr char kTable = 'T', kError = 'E', kEnd = 'Z';

bool put(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool put_message(int fd, char letter, std::string_view body) {
  std::string head(1, letter);
  for (int k = 0; k < 8; ++k) head.push_back(static_cast<char>(static_cast<std::uint64_t>(body.size()) >> (8 * k)));
  return put(fd, head) && put(fd, body);
}

arrow::Result<std::shared_ptr<arrow::Array>> array_of(const ForeignColumn& column) {
  if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&column.values)) {
    const auto n = static_cast<std::int64_t>(whole->size());
    const auto bytes = arrow::Buffer::Wrap(*whole);
    if (column.per_second == 0) return std::make_shared<arrow::Int64Array>(n, bytes);
    const auto unit = column.per_second == 1           ? arrow::TimeUnit::SECOND
                      : column.per_second == 1'000     ? arrow::TimeUnit::MILLI
                      : column.per_second == 1'000'000 ? arrow::TimeUnit::MICRO
                                                       : arrow::TimeUnit::NANO;
    return std::make_shared<arrow::TimestampArray>(arrow::timestamp(unit), n, bytes);
  }
  if (const auto* real = std::get_if<std::vector<double>>(&column.values))
    return std::make_shared<arrow::DoubleArray>(static_cast<std::int64_t>(real->size()), arrow::Buffer::Wrap(*real));
  arrow::StringBuilder builder;
  for (const std::string& text : std::get<std::vector<std::string>>(column.values))
    ARROW_RETURN_NOT_OK(builder.Append(text));
  return builder.Finish();
}

arrow::Result<std::shared_ptr<arrow::Table>> table_of(const ForeignRecords& records) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const ForeignColumn& column : records.columns) {
    ARROW_ASSIGN_OR_RAISE(auto array, array_of(column));
    fields.push_back(arrow::field(column.name, array->type(), false));
    arrays.push_back(std::move(array));
  }
  return arrow::Table::Make(arrow::schema(fields), arrays);
}

arrow::Result<std::string> stream_of(const arrow::Table& table) {
  ARROW_ASSIGN_OR_RAISE(auto out, arrow::io::BufferOutputStream::Create());
  ARROW_ASSIGN_OR_RAISE(auto writer, arrow::ipc::MakeStreamWriter(out, table.schema()));
  ARROW_RETURN_NOT_OK(writer->WriteTable(table));
  ARROW_RETURN_NOT_OK(writer->Close());
  ARROW_ASSIGN_OR_RAISE(const auto buffer, out->Finish());
  return buffer->ToString();
}

bool put_error(int fd, const Error& error) {
  std::string body = fmt::format("{}", error.number());
  for (const std::string* text : {&error.what, &error.where, &error.remedy}) body += '\0' + *text;
  return put_message(fd, kError, body) && put_message(fd, kEnd, "");
}

std::unexpected<Error> died(std::string_view how, const std::string& path) {
  return fail(ErrorCode::unreadable_data, fmt::format("a file that its reader {}", how), path, "check the file");
}

arrow::Result<std::shared_ptr<arrow::Table>> table_of(std::string_view stream) {
  const auto bytes = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::string(stream)));
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
Result<std::vector<ForeignTable>> tables_of(std::string_view answer, const std::string& path) {
  std::vector<ForeignTable> out;
  while (answer.size() >= 9) {
    const char letter = answer[0];
    std::uint64_t size = 0;
    for (std::size_t k = 0; k < 8; ++k)
      size |= static_cast<std::uint64_t>(static_cast<unsigned char>(answer[k + 1])) << (8 * k);
    answer.remove_prefix(9);
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
    const std::size_t zero = body.find('\0');
    if (letter != kTable || zero == std::string_view::npos) break;
    auto table = table_of(body.substr(zero + 1));
    if (!table.ok()) break;
    out.push_back({std::string(body.substr(0, zero)), *std::move(table)});
  }
  return died("could not read to the end", path);
}

// A file may lead its reader in circles, or ask for all memory there is.
void set_limits() {
  const rlimit none{0, 0}, seconds{kMostSeconds, kMostSeconds};
  ::setrlimit(RLIMIT_CORE, &none);
  ::setrlimit(RLIMIT_CPU, &seconds);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they map terabytes
  const rlimit addresses{kMostAddresses, kMostAddresses};
  ::setrlimit(RLIMIT_AS, &addresses);
#endif
}

// All that a file holds, told to the other side as it is found. An exit status.
int answer(const std::string& path, int fd) {
  const auto put_table = [&](const std::string& name, const arrow::Table& table) {
    const auto stream = stream_of(table);
    return stream.ok() && put_message(fd, kTable, name + '\0' + *stream);
  };
  if (is_parquet(path)) {
    const auto table = read_foreign_parquet(path);
    if (!table) return put_error(fd, table.error()) ? 0 : 1;
    return put_table("", **table) && put_message(fd, kEnd, "") ? 0 : 1;
  }
  const auto records = read_foreign_records(path);
  if (!records) return put_error(fd, records.error()) ? 0 : 1;
  for (const ForeignRecords& one : *records) {
    const auto table = table_of(one);
    if (!table.ok() || !put_table(one.path, **table)) return 1;
  }
  return put_message(fd, kEnd, "") ? 0 : 1;
}

Result<std::vector<ForeignTable>> read_by(const ForeignReader& reader, const std::string& path, int standard_input) {
  std::vector<std::string> arguments = reader.arguments;
  arguments.push_back(path);
  try {
    MOMENTUM_TRY(const ChildOutput child, run_child(reader.program, arguments, standard_input));
    if (child.signal != 0) return died(fmt::format("died of ({})", strsignal(child.signal)), path);
    if (child.too_large) return fail(ErrorCode::too_large, "a file of too many values", path, "split the file");
    if (child.status != 0) return died(fmt::format("gave up on (status {})", child.status), path);
    return tables_of(child.bytes, path);
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

int answer_foreign_file(const std::string& path, int fd) {
  set_limits();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return answer(path, fd);
  } catch (const std::bad_alloc&) {
    return 1;
  }
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
  if (file.fd() < 0 || !put(file.fd(), bytes))
    return fail(ErrorCode::io_failed, fmt::format("cannot hand it on ({})", std::strerror(errno)), name,
                "unpack the archive");
  auto tables = read_by(reader, kInput, file.fd());
  if (!tables && tables.error().where.starts_with(kInput)) tables.error().where.replace(0, kInput.size(), name);
  return tables;
}

}  // namespace momentum::formats
