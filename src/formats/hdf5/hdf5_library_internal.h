#pragma once
// The HDF5 library held by the hand: one thread at a time, handles that close, no words on standard error, and Blosc known to
// it. No file outside of src/formats/hdf5 includes this.

#include <hdf5.h>

#include <mutex>
#include <utility>

namespace momentum::formats {

inline constexpr H5Z_filter_t kBloscFilter = 32001;  // registered with The HDF Group

// For as long as the library is used. Not every build of it is thread-safe, and those that are take turns anyhow.
class Hdf5Turn {
 public:
  Hdf5Turn();
  ~Hdf5Turn();
  Hdf5Turn(const Hdf5Turn&) = delete;
  Hdf5Turn& operator=(const Hdf5Turn&) = delete;

 private:
  std::unique_lock<std::mutex> lock_;
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

// An identifier and the function that closes it.
class Hdf5Handle {
 public:
  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }
  hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

// Within a turn: the library can unpack datasets under Blosc. False: it cannot.
bool register_blosc();

}  // namespace momentum::formats
