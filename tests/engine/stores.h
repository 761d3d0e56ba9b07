#pragma once
// A store in a folder of one test, filled from files of dialect `plain`.

#include <gtest/gtest.h>

#include <string>

#include "momentum/catalog/catalog.h"
#include "momentum/engine/import.h"
#include "plain_files.h"

namespace momentum::engine::testing {

class Store {
 public:
  std::string path() const { return folder_.path() + "/store"; }

  ImportRequest request(const Files& files) const {
    ImportRequest request;
    request.store = path();
    request.files = files.input().files;
    return request;
  }
  // The account of a call that works.
  ImportReport import(const ImportRequest& request) const {
    ImportReport report;
    const auto done = import_files(context(), request, report);
    EXPECT_TRUE(done) << done.error().to_string();
    return report;
  }
  ImportReport import(const Files& files) const { return import(request(files)); }
  // The error of one that does not.
  Error refusal(const ImportRequest& request) const {
    ImportReport report;
    const auto done = import_files(context(), request, report);
    EXPECT_FALSE(done);
    return done ? Error{} : done.error();
  }

  catalog::State state() const {
    const auto catalog = catalog::Catalog::open(path());
    EXPECT_TRUE(catalog) << catalog.error().to_string();
    return catalog ? catalog->load().value() : catalog::State{};
  }
  catalog::InstrumentRecord record(const std::string& code) const {
    for (const auto& record : state().instruments)
      if (to_string(record.code) == code) return record;
    ADD_FAILURE() << "no record of " << code;
    return {};
  }

 private:
  momentum::testing::ScratchFolder folder_;
};

}  // namespace momentum::engine::testing
