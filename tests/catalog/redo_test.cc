// A catalog that is lost or torn comes back to the last row.

#include "redo_internal.h"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <random>
#include <thread>

#include "failing_disk.h"
#include "store_fixture.h"

namespace momentum::catalog {
namespace {

namespace fs = std::filesystem;

class Rebuild : public testing::Test {
 protected:
  Rebuild() { store_.create(); }

  void with_writer(const std::function<void(Catalog&)>& body) const {
    const WriterLock lock = store_.lock();
    Catalog catalog = open_for_writing(lock);
    body(catalog);
  }
  // Three commits, a pin and a drop.
  void fill() const {
    with_writer([](Catalog& catalog) {
      ASSERT_TRUE(catalog.commit({}, sample_change(), 1));
      ASSERT_TRUE(catalog.pin({}, 1, "first"));
    });
    with_writer([](Catalog& catalog) {
      Change change{.op = "import", .add_files = {sample_file("data/2.parquet", 0, 3, 20)}, .end_files = {1}};
      change.instruments = {sample_instrument(1), sample_instrument(3)};
      change.instruments[0].names.push_back({day(2021, 1, 1), "新名"});
      ASSERT_TRUE(catalog.commit({}, change, 2));
      ASSERT_TRUE(catalog.drop({}, {2}, {1}));
      const DayLimits limits{day(2024, 1, 2), {{0, {11 * Decimal::kOne}, {9 * Decimal::kOne}}}};
      ASSERT_TRUE(catalog.commit({}, {.op = "note", .note = "x", .limits = {limits}}, 3));
    });
  }
  Result<Catalog::Rebuilt> rebuild() const { return Catalog::rebuild({}, store_.lock()); }
  // Everything that can be asked of it.
  std::string content() const {
    const Database raw = Database::open(store_.path("catalog.db"), Access::read, milliseconds(100)).value();
    std::string out;
    for (const char* table : {"store", "snapshot", "instrument", "file", "gc_queue", "market_days", "price_limits",
                              "limits_total", "account", "pin", "dropped", "redo"}) {
      Statement row = raw.prepare(std::string("SELECT * FROM ") + table).value();
      Statement columns = raw.prepare(std::string("SELECT count(*) FROM pragma_table_info('") + table + "')").value();
      EXPECT_TRUE(columns.step().value());
      while (row.step().value()) {
        out += table;
        for (int c = 0; c < columns.integer(0); ++c) out.append("|").append(row.blob(c));
        out += '\n';
      }
    }
    return out;
  }
  std::vector<std::string> redo_names() const {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(store_.path("redo")))
      out.push_back(entry.path().filename().string());
    std::ranges::sort(out);
    return out;
  }
  std::string bytes_of(const std::string& name) const {
    std::ifstream file(store_.path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(store_.path(name), std::ios::binary) << bytes;
  }

  StoreFolder store_;
};

TEST_F(Rebuild, ALostCatalogComesBackToTheLastRow) {
  fill();
  const std::string before = content();
  ASSERT_TRUE(fs::remove(store_.path("catalog.db")));
  EXPECT_TRUE(Catalog::is_lost(store_.path()));
  EXPECT_EQ(
      Catalog::open(store_.path()).error().to_string(),
      "the store has lost its catalog: " + store_.path("catalog.db") + "; make it anew with momentum store repair");
  EXPECT_EQ(Catalog::create({}, store_.path(), {}).error().code, ErrorCode::damaged_store)
      << "a new store there would be the end of the old one";
  const auto rebuilt = rebuild();
  ASSERT_TRUE(rebuilt) << rebuilt.error().to_string();
  EXPECT_EQ(rebuilt->records, 5);
  EXPECT_EQ(rebuilt->aside, "");
  EXPECT_EQ(content(), before);
  with_writer([](Catalog& catalog) { ASSERT_TRUE(catalog.commit({}, {.op = "next"}, 4)); });
}

TEST_F(Rebuild, ATornCatalogIsMovedAsideWithItsJournal) {
  fill();
  const std::string before = content(), torn = store_.bytes().substr(0, 5000);
  store_.write(torn);
  put("catalog.db-journal", "left by whoever tore it");
  const auto rebuilt = rebuild();
  ASSERT_TRUE(rebuilt) << rebuilt.error().to_string();
  EXPECT_EQ(rebuilt->aside, store_.path("catalog.db.broken-1"));
  EXPECT_EQ(bytes_of("catalog.db.broken-1"), torn);
  EXPECT_EQ(bytes_of("catalog.db.broken-1-journal"), "left by whoever tore it");
  EXPECT_EQ(content(), before);
  EXPECT_EQ(rebuild()->aside, store_.path("catalog.db.broken-2")) << "nothing is written over";
  EXPECT_EQ(content(), before);
}

TEST_F(Rebuild, AnOlderCatalogIsNotWrittenTo) {
  with_writer([](Catalog& catalog) { ASSERT_TRUE(catalog.commit({}, sample_change(), 1)); });
  const std::string older = store_.bytes();
  with_writer([](Catalog& catalog) {
    ASSERT_TRUE(catalog.commit({}, {.op = "a"}, 2));
    ASSERT_TRUE(catalog.commit({}, {.op = "b"}, 3));
  });
  store_.write(older);
  {
    const WriterLock lock = store_.lock();
    EXPECT_EQ(Catalog::open(lock).error().what, "the catalog is older than its redo files");
  }
  ASSERT_TRUE(rebuild());
  EXPECT_EQ(open_and_load(store_.path())->snapshot.op, "b");
}

TEST_F(Rebuild, ARecordOfACommitThatNeverCameIsTakenBack) {
  with_writer([](Catalog& catalog) { ASSERT_TRUE(catalog.commit({}, sample_change(), 1)); });
  const std::string before = store_.bytes();
  with_writer([](Catalog& catalog) { ASSERT_TRUE(catalog.commit({}, {.op = "undone"}, 2)); });
  store_.write(before);  // as if its writer had died one step earlier
  EXPECT_EQ(redo_names(), (std::vector<std::string>{"0000000000.base", "0000000001.record", "0000000002.record"}));
  with_writer(
      [&](Catalog&) { EXPECT_EQ(redo_names(), (std::vector<std::string>{"0000000000.base", "0000000001.record"})); });
  with_writer([](Catalog& catalog) { ASSERT_TRUE(catalog.commit({}, {.op = "done"}, 2)); });
  ASSERT_TRUE(rebuild());
  EXPECT_EQ(open_and_load(store_.path())->snapshot.op, "done");
}

TEST_F(Rebuild, MissingAndDamagedFilesAreNamed) {
  fill();
  const std::string catalog = store_.bytes();
  for (const char* name : {"redo/0000000003.record", "redo/0000000000.base"}) {
    const std::string whole = bytes_of(name);
    for (std::size_t at : {std::size_t{0}, whole.size() / 2, whole.size() - 1}) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ 4);
      put(name, flipped);
      const auto refused = rebuild();
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::damaged_store);
      EXPECT_EQ(refused.error().where, store_.path(name)) << refused.error().to_string();
      EXPECT_EQ(store_.bytes(), catalog) << "nothing is changed";
    }
    fs::remove(store_.path(name));
    EXPECT_EQ(rebuild().error().where, std::string(name).ends_with("base") ? store_.path("redo") : store_.path(name));
    put(name, whole);
  }
  // one from the past in another's place
  const std::string third = bytes_of("redo/0000000003.record");
  put("redo/0000000003.record", bytes_of("redo/0000000002.record"));
  EXPECT_NE(rebuild().error().what.find("does not follow"), std::string::npos);
  put("redo/0000000003.record", third);
  EXPECT_TRUE(rebuild());
}

TEST_F(Rebuild, ABaseMakesEarlierFilesNeedless) {
  fill();
  with_writer([&](Catalog& catalog) {
    ASSERT_TRUE(catalog.shorten_redo(5));
    EXPECT_EQ(redo_names().size(), 6U) << "not more than five records";
    ASSERT_TRUE(catalog.shorten_redo(4));
    EXPECT_EQ(redo_names().back(), "0000000005.record");
    EXPECT_EQ(redo_names().size(), 7U) << "those after the base before are kept, should this one be damaged";
    ASSERT_TRUE(catalog.commit({}, {.op = "more"}, 4));
    ASSERT_TRUE(catalog.shorten_redo(0));
  });
  EXPECT_EQ(redo_names(), (std::vector<std::string>{"0000000005.base", "0000000006.base", "0000000006.record"}));
  with_writer([](Catalog& catalog) { ASSERT_TRUE(catalog.commit({}, {.op = "last"}, 5)); });
  const std::string before = content();
  store_.write("");
  ASSERT_TRUE(rebuild());
  EXPECT_EQ(content(), before);
  put("redo/0000000006.base", "damaged");
  ASSERT_TRUE(rebuild());
  EXPECT_EQ(content(), before) << "from the base before";
}

TEST_F(Rebuild, FilesThatWereRemovedBehindItsBackAreWrittenAgain) {
  fill();
  fs::remove_all(store_.path("redo"));
  with_writer([](Catalog& catalog) { ASSERT_TRUE(catalog.commit({}, {.op = "next"}, 4)); });
  const std::string before = content();
  fs::remove(store_.path("catalog.db"));
  ASSERT_TRUE(rebuild());
  EXPECT_EQ(content(), before);
}

// A disk that fails at each of a commit's writes in turn: the redo files agree with what the catalog says.
TEST_F(Rebuild, AfterCommitsThatFailed) {
  const FailingDisk disk;
  for (const Fate fate : {Fate::full, Fate::broken}) {
    for (int changes = 0;; ++changes) {
      const StoreFolder store;
      store.create();
      bool done = false;
      {
        const WriterLock lock = store.lock();
        Catalog catalog = open_for_writing(lock);
        FailingDisk::fails_after(changes, fate, true);
        done = catalog.commit({}, sample_change(), 1).has_value();
        FailingDisk::works();
      }
      const State state = open_and_load(store.path()).value();
      const WriterLock lock = store.lock();
      ASSERT_TRUE(Catalog::open(lock));
      ASSERT_TRUE(Catalog::rebuild({}, lock));
      EXPECT_EQ(open_and_load(store.path()).value(), state) << changes;
      if (done) break;
    }
  }
}

TEST_F(Rebuild, SurvivesItsOwnDeath) {
  fill();
  const std::string before = content();
  std::mt19937 random(7);
  int kills = 0;
  for (int round = 0; round < 40; ++round) {
    if (round % 2 == 0) {
      fs::remove(store_.path("catalog.db"));
    } else {
      store_.write("torn");
    }
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(rebuild() ? 0 : 1);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20000));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    kills += WIFSIGNALED(status) ? 1 : 0;
    const auto again = rebuild();
    ASSERT_TRUE(again) << again.error().to_string();
    ASSERT_EQ(content(), before);
  }
  RecordProperty("kills", kills);
}

}  // namespace
}  // namespace momentum::catalog
