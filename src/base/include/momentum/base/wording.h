#pragma once
// One sentence for people, in both languages. What machines read (CSV, JSON, Parquet) takes the English one, always.

#include <string>

namespace momentum {

struct Wording {
  std::string en = {}, zh = {};

  bool empty() const noexcept { return en.empty(); }
  Wording& operator+=(const Wording& more) {
    en += more.en;
    zh += more.zh;
    return *this;
  }
  bool operator==(const Wording&) const = default;
};

}  // namespace momentum
