#include "sqlite_internal.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include "failing_disk.h"
#include "schema_internal.h"
#include "store_fixture.h"

namespace momentum::catalog {
namespace {

namespace fs = std::filesystem;

// A store that this process may read and not write. Root may write anything, so it becomes nobody for that time.
class ReadOnly {
 public:
  explicit ReadOnly(const StoreFolder& store) : store_(store) {
    set(0555, 0444);
    if (::geteuid() == 0) {
      EXPECT_EQ(::seteuid(65534), 0);
    }
  }
  ~ReadOnly() {
    if (::getuid() == 0) {
      EXPECT_EQ(::seteuid(0), 0);
    }
    set(0755, 0644);
  }
  ReadOnly(const ReadOnly&) = delete;
  ReadOnly& operator=(const ReadOnly&) = delete;

 private:
  void set(mode_t folder, mode_t file) const {
    for (const auto& entry : fs::directory_iterator(store_.path())) {
      ::chmod(entry.path().c_str(), entry.is_directory() ? folder : file);
    }
    ::chmod(store_.path().c_str(), folder);
  }
  const StoreFolder& store_;
};

// What a writer leaves that dies in the middle of its writing: the journal of a half-done commit.
void leave_journal(const StoreFolder& store) {
  for (int changes = 0; changes < 500; ++changes) {
    const pid_t child = ::fork();
    if (child == 0) {
      const FailingDisk disk;
      const WriterLock lock = store.lock();
      Catalog writer = open_for_writing(lock);
      disk.fails_after(changes, Fate::killed, true);
      ::_exit(writer.commit({}, {.op = "half"}, 2) ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto raw = Database::open(store.path("catalog.db"), Access::read, milliseconds(0));
    if (!raw->run("SELECT 1 FROM sqlite_schema")) return;  // only who may write can undo it
  }
  FAIL() << "no moment left a journal";
}

using Listing = std::map<std::string, std::tuple<fs::file_time_type, std::uintmax_t>>;
Listing everything_in(const StoreFolder& store) {
  Listing files = {{".", {fs::last_write_time(store.path()), 0}}};
  for (const auto& entry : fs::directory_iterator(store.path())) {
    files[entry.path()] = {entry.last_write_time(), entry.is_directory() ? 0 : entry.file_size()};
  }
  return files;
}

TEST(ReadOnlyOpen, WritesNothing) {
  const StoreFolder store;
  store.create();
  ASSERT_TRUE(open_for_writing(store.lock()).commit({}, sample_change(), 1));
  const Listing before = everything_in(store);
  {
    const Catalog reader = Catalog::open(store.path()).value();
    EXPECT_TRUE(reader.load() && reader.load(1) && reader.log() && reader.garbage());
  }
  EXPECT_EQ(everything_in(store), before);
}

TEST(ReadOnlyFolder, IsReadAndNotWritten) {
  const StoreFolder store;
  store.create();
  ASSERT_TRUE(open_for_writing(store.lock()).commit({}, sample_change(), 1));
  const WriterLock lock = store.lock();
  const ReadOnly now(store);
  EXPECT_EQ(Catalog::open(store.path())->load()->instruments.size(), 3U);
  EXPECT_EQ(Catalog::open(lock).error().code, ErrorCode::no_permission);
  EXPECT_EQ(WriterLock::acquire({}, store.path(), milliseconds(0)).error().code, ErrorCode::no_permission);
  EXPECT_EQ(Catalog::create({}, store.path(), {}).error().code, ErrorCode::no_permission);
  EXPECT_EQ(Catalog::create({}, store.path("below"), {}).error().code, ErrorCode::no_permission);
}

TEST(HalfDoneCommit, IsUndoneByTheNextReaderWhoMayWrite) {
  const StoreFolder store;
  store.create();
  ASSERT_TRUE(open_for_writing(store.lock()).commit({}, sample_change(), 1));
  leave_journal(store);
  {
    const ReadOnly now(store);
    const Error error = Catalog::open(store.path()).error();
    EXPECT_EQ(error.code, ErrorCode::no_permission);
    EXPECT_TRUE(error.what.starts_with("an interrupted write must be undone first")) << error.what;
  }
  const Catalog reader = Catalog::open(store.path()).value();
  EXPECT_EQ(reader.load()->snapshot.op, "import");
  leave_journal(store);
  EXPECT_EQ(reader.load()->snapshot.op, "import") << "a catalog that was open when the writer died";
}

TEST(Busy, IsAnErrorWhenTheTimeIsUp) {
  const StoreFolder store;
  store.create();
  const Database other = Database::open(store.path("catalog.db"), Access::write, milliseconds(0)).value();
  const WriterLock lock = store.lock();
  Catalog writer = Catalog::open(lock, {.busy = milliseconds(30)}).value();

  ASSERT_TRUE(other.run("BEGIN EXCLUSIVE"));
  const Error error = Catalog::open(store.path(), {.busy = milliseconds(30)}).error();
  EXPECT_EQ(error.to_string(), "the catalog is in use by another process: " + store.path("catalog.db") + "; try again");
  EXPECT_EQ(error.code, ErrorCode::locked);
  EXPECT_EQ(writer.load().error().code, ErrorCode::locked);
  EXPECT_EQ(writer.commit({}, sample_change(), 1).error().code, ErrorCode::locked);
  const Database reader = Database::open(store.path("catalog.db"), Access::read, milliseconds(0)).value();
  EXPECT_EQ(reader.copy().error().code, ErrorCode::locked);
  other.rollback();
  EXPECT_TRUE(reader.copy());

  ASSERT_TRUE(other.begin_read());  // a reader that does not go away
  EXPECT_EQ(writer.commit({}, sample_change(), 1).error().code, ErrorCode::locked);
  EXPECT_EQ(writer.load()->snapshot.id, 1);
  other.rollback();
  EXPECT_TRUE(writer.commit({}, sample_change(), 1));
}

TEST(Statement, ValuesOfEveryKind) {
  const StoreFolder store;
  const Database raw = Database::open(store.path("x.db"), Access::create, milliseconds(0)).value();
  ASSERT_TRUE(raw.run("CREATE TABLE t(i INTEGER, r REAL, s TEXT, b BLOB, n TEXT) STRICT"));
  Statement insert = raw.prepare("INSERT INTO t VALUES(?1,?2,?3,?4,?5)").value();
  for (int i = 0; i < 2; ++i) {
    insert.bind(1, std::int64_t{INT64_MIN} + i);
    insert.bind(2, 0.1);
    insert.bind_text(3, i == 0 ? std::string_view("a\0b", 3) : std::string_view());
    insert.bind_blob(4, i == 0 ? std::string_view("\0x", 2) : std::string_view());
    insert.bind_null(5);
    EXPECT_EQ(insert.run(), 1);
  }
  Statement select = raw.prepare("SELECT * FROM t").value();
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(select.step(), true);
    EXPECT_EQ(select.integer(0), INT64_MIN + i);
    EXPECT_EQ(select.real(1), 0.1);
    EXPECT_EQ(select.text(2), i == 0 ? std::string_view("a\0b", 3) : std::string_view());
    EXPECT_EQ(select.blob(3), i == 0 ? std::string_view("\0x", 2) : std::string_view());
    EXPECT_FALSE(select.is_null(3));
    EXPECT_TRUE(select.is_null(4));
  }
  EXPECT_EQ(select.step(), false);
  EXPECT_EQ(select.step(), true);  // begins anew
  EXPECT_EQ(raw.prepare("SELECT none FROM t").error().code, ErrorCode::damaged_store);
  EXPECT_EQ(raw.integer("SELECT i FROM t WHERE i = 5").error().code, ErrorCode::damaged_store);
  EXPECT_EQ(raw.run("CREATE TABLE u(a UNIQUE); INSERT INTO u VALUES(1); INSERT INTO u VALUES(1)").error().code,
            ErrorCode::internal);
  EXPECT_EQ(Database::open(store.path("no/x.db"), Access::create, milliseconds(0)).error().code, ErrorCode::io_failed);
}

}  // namespace
}  // namespace momentum::catalog
