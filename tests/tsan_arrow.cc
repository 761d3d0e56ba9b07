// What there is one of in Arrow, a type or the memory of the machine, is made by the first who asks, behind a guard that
// ThreadSanitizer cannot see in a library without its hooks. So its programs ask for what we use before they have a second thread:
// whoever counts references to it later on another thread would else seem to race with its maker. (tests/tsan.supp does not
// help where the maker's stack is forgotten.)

#include <arrow/device.h>
#include <arrow/type.h>

#include <memory>
#include <vector>

namespace {

const std::vector<std::shared_ptr<arrow::DataType>> kTypes = {arrow::date32(), arrow::float64(), arrow::int32(),
                                                              arrow::int64(), arrow::utf8()};
const std::shared_ptr<arrow::MemoryManager> kMemory = arrow::default_cpu_memory_manager();

}  // namespace
