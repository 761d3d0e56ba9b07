// The process that reads a file of others.

#include "foreign_answer_internal.h"

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/writer.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>
#include <string>

#include "foreign_parquet_internal.h"
#include "hdf5/foreign_records_internal.h"
#include "momentum/formats/foreign_file.h"

namespace momentum::formats {
namespace {

constexpr rlim_t kMostSeconds = 600;
constexpr rlim_t kMostAddresses = rlim_t{12} << 30;  // thrice what a file may hold

// The way of an IPC stream to a descriptor; without one it is only measured.
class StreamTo final : public arrow::io::OutputStream {
 public:
  explicit StreamTo(int fd) : fd_(fd) {}
  arrow::Status Write(const void* data, std::int64_t size) override {
    position_ += size;
    if (fd_ < 0 || put_bytes(fd_, {static_cast<const char*>(data), static_cast<std::size_t>(size)}))
      return arrow::Status::OK();
    return arrow::Status::IOError("write");
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }

 private:
  int fd_;
  std::int64_t position_ = 0;
  bool closed_ = false;
};

arrow::Status write_stream(const arrow::Table& table, StreamTo& to) {
  ARROW_ASSIGN_OR_RAISE(auto writer, arrow::ipc::MakeStreamWriter(&to, table.schema()));
  ARROW_RETURN_NOT_OK(writer->WriteTable(table));
  return writer->Close();
}

// The messages of an answer, one after the other.
class Answer {
 public:
  explicit Answer(int fd) : fd_(fd) {}

  bool error(const Error& error) {
    std::string body = fmt::format("{}", error.number());
    for (const std::string* text : {&error.what, &error.where, &error.remedy}) body += '\0' + *text;
    return head(kError, body.size()) && put_bytes(fd_, body) && end();
  }

  bool table(std::string path, const arrow::Table& table) {
    StreamTo measured(-1), sent(fd_);
    if (!write_stream(table, measured).ok()) return false;
    do path += '\0';
    while ((written_ + kHead + path.size()) % 8 != 0);
    const auto size = static_cast<std::size_t>(measured.Tell().ValueOrDie());
    return head(kTable, path.size() + size) && put_bytes(fd_, path) && write_stream(table, sent).ok();
  }

  bool end() { return head(kEnd, 0); }

 private:
  bool head(char letter, std::size_t size) {
    std::string bytes(1, letter);
    for (int k = 0; k < 8; ++k) bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(size) >> (8 * k)));
    written_ += kHead + size;
    return put_bytes(fd_, bytes);
  }

  int fd_;
  std::size_t written_ = 0;
};

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

// A file may lead its reader in circles, or ask for all memory there is; and nobody may be left to hear the answer.
void set_limits() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
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
  Answer to(fd);
  if (is_parquet(path)) {
    const auto table = read_foreign_parquet(path);
    if (!table) return to.error(table.error()) ? 0 : 1;
    return to.table("", **table) && to.end() ? 0 : 1;
  }
  const auto records = read_foreign_records(path);
  if (!records) return to.error(records.error()) ? 0 : 1;
  for (const ForeignRecords& one : *records) {
    const auto table = table_of(one);
    if (!table.ok() || !to.table(one.path, **table)) return 1;
  }
  return to.end() ? 0 : 1;
}

}  // namespace

bool put_bytes(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
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

}  // namespace momentum::formats
