#pragma once
// A file on the disk as the HDF5 library sees it: one whose writes never fail. The library dies of those that do (of 1.10, in
// H5Dclose and at the end of the program); the first error is kept here instead, and what comes after it is dropped.

#include <string>

#include "hdf5_library_internal.h"

namespace momentum::formats {

class Hdf5Disk {
 public:
  Hdf5Disk() = default;
  ~Hdf5Disk();
  Hdf5Disk(const Hdf5Disk&) = delete;
  Hdf5Disk& operator=(const Hdf5Disk&) = delete;

  // Makes `path`, or empties it. Returns an errno; 0: done.
  int open(const std::string& path);
  // Within a turn: how to access it, for H5Fcreate() under any name. The file that this makes is closed before this goes.
  Hdf5Handle access();
  int error() const { return error_; }  // errno of the first call that failed; 0: none
  // After that file: returns error().
  int close();

  // What the library asks for.
  void write(haddr_t at, std::size_t bytes, const void* data);
  bool read(haddr_t at, std::size_t bytes, void* into);  // zeros behind the end
  void cut(haddr_t bytes);

 private:
  int file_ = -1, error_ = 0;
};

}  // namespace momentum::formats
