#include "hdf5_disk_internal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace momentum::formats {
namespace {

// What H5Pset_driver() copies, and the driver's open() gets.
struct Place {
  Hdf5Disk* disk;
};

struct DriverFile {
  H5FD_t library;  // its own part, and the first
  Hdf5Disk* disk;
  haddr_t eoa, eof;
};

DriverFile& of(H5FD_t* file) { return *reinterpret_cast<DriverFile*>(file); }
const DriverFile& of(const H5FD_t* file) { return *reinterpret_cast<const DriverFile*>(file); }

H5FD_t* open_file(const char*, unsigned, hid_t access, haddr_t) {
  const auto* const place = static_cast<const Place*>(H5Pget_driver_info(access));
  if (place == nullptr) return nullptr;
  return &(new DriverFile{.library = {}, .disk = place->disk, .eoa = 0, .eof = 0})->library;
}

herr_t close_file(H5FD_t* file) {
  delete &of(file);
  return 0;
}

// As of the library's own driver of files.
herr_t query(const H5FD_t*, unsigned long* flags) {
  if (flags != nullptr)
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

haddr_t get_eoa(const H5FD_t* file, H5FD_mem_t) { return of(file).eoa; }
herr_t set_eoa(H5FD_t* file, H5FD_mem_t, haddr_t at) {
  of(file).eoa = at;
  return 0;
}
haddr_t get_eof(const H5FD_t* file, H5FD_mem_t) { return of(file).eof; }

herr_t read_bytes(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, std::size_t bytes, void* into) {
  return of(file).disk->read(at, bytes, into) ? 0 : -1;
}

herr_t write_bytes(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, std::size_t bytes, const void* data) {
  of(file).disk->write(at, bytes, data);
  of(file).eof = std::max(of(file).eof, at + bytes);
  return 0;
}

herr_t truncate_file(H5FD_t* file, hid_t, hbool_t) {
  of(file).disk->cut(of(file).eoa);
  of(file).eof = of(file).eoa;
  return 0;
}

// Once; within a turn.
hid_t driver() {
  static const hid_t registered = [] {
    H5FD_class_t driver{};
    driver.name = "momentum";
    driver.maxaddr = (haddr_t{1} << 62) - 1;
    driver.fc_degree = H5F_CLOSE_STRONG;
    driver.fapl_size = sizeof(Place);
    driver.open = open_file;
    driver.close = close_file;
    driver.query = query;
    driver.get_eoa = get_eoa;
    driver.set_eoa = set_eoa;
    driver.get_eof = get_eof;
    driver.read = read_bytes;
    driver.write = write_bytes;
    driver.truncate = truncate_file;
    constexpr H5FD_mem_t kMap[] = H5FD_FLMAP_DICHOTOMY;
    std::ranges::copy(kMap, driver.fl_map);
    return H5FDregister(&driver);
  }();
  return registered;
}

}  // namespace

Hdf5Disk::~Hdf5Disk() { close(); }

int Hdf5Disk::open(const std::string& path) {
  do {
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  } while (file_ < 0 && errno == EINTR);
  error_ = file_ < 0 ? errno : 0;
  return error_;
}

Hdf5Handle Hdf5Disk::access() {
  Hdf5Handle out(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  const Place place{this};
  if (!out || driver() < 0 || H5Pset_driver(out.get(), driver(), &place) < 0) return {};
  return out;
}

int Hdf5Disk::close() {
  if (file_ >= 0 && ::close(file_) != 0 && error_ == 0) error_ = errno;
  file_ = -1;
  return error_;
}

void Hdf5Disk::write(haddr_t at, std::size_t bytes, const void* data) {
  const char* from = static_cast<const char*>(data);
  while (bytes > 0 && error_ == 0) {
    const ssize_t n = ::pwrite(file_, from, bytes, static_cast<off_t>(at));
    if (n < 0) {
      if (errno != EINTR) error_ = errno;
      continue;
    }
    from += n;
    at += static_cast<haddr_t>(n);
    bytes -= static_cast<std::size_t>(n);
  }
}

bool Hdf5Disk::read(haddr_t at, std::size_t bytes, void* into) {
  char* to = static_cast<char*>(into);
  while (bytes > 0) {
    const ssize_t n = ::pread(file_, to, bytes, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && error_ == 0) error_ = errno;
    if (n < 0) return false;
    if (n == 0) break;
    to += n;
    at += static_cast<haddr_t>(n);
    bytes -= static_cast<std::size_t>(n);
  }
  std::memset(to, 0, bytes);
  return true;
}

void Hdf5Disk::cut(haddr_t bytes) {
  if (error_ == 0 && ::ftruncate(file_, static_cast<off_t>(bytes)) != 0) error_ = errno;
}

}  // namespace momentum::formats
